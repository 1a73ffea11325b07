"""Cases made one and taken apart: no report, clock, message or answer is lost, and either can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from tests.domain.cases.test_cases import NOON
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.domain.cases import families, queries, service
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import Merge
from webapp.domain.clocks import queries as clocks
from webapp.domain.reports.models import Report, Respondent
from webapp.domain.staff.models import Staff

ELSEWHERE = {"platform": "", "content_ref": "", "address": "https://mirror.example/p1"}


def case_of(report: Report) -> Case:
    """The report's case as it is now."""
    return queries.case_of(report.id)


def merge(kept: Case, gone: Case, staff: Staff, **rest: bool) -> Merge:
    """Take the case and merge the other into it."""
    with transaction():
        service.take(kept.id, staff)
        return service.merge(kept, gone, staff, "The same picture.", **{"anchored": False, "across": True} | rest)


def split(case: Case, reports: list[Report], staff: Staff) -> Case:
    """Take the case and let these reports have one of their own."""
    with transaction():
        service.take(case.id, staff)
        return service.split(case, [r.id for r in reports], staff)


def running(case: Case) -> set[tuple[str, str]]:
    """The live clocks of a case, as (code, on)."""
    return {(c.code, c.on_id) for c in clocks.of_case(case.id) if c.state in ("running", "paused")}


def all_clocks() -> list[tuple[object, ...]]:
    """Every clock there is, by what must never change through a merge."""
    return sorted((c.id, c.code, c.on_id, c.started_at, c.due_at, c.state) for c in db.session.query(clocks.Clock))


@pytest.fixture
def two(app: APIFlask) -> tuple[Report, Report]:
    """Reports about one picture under two addresses: the older one six hours before the other."""
    with time_machine.travel(NOON, tick=False):
        first = send(**ELSEWHERE)  # type: ignore[arg-type]  # keywords of the notice
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        second = send(email="li.na@example.org")
    return first, second


def test_one_case_has_the_reports_messages_and_clocks_of_both(two: tuple[Report, Report], cast: Cast) -> None:
    """Each keeps its own; the older report's time leads."""
    first, second = two
    gone, kept = case_of(first), case_of(second)
    with transaction():
        service.answer(first, "I can send the layered file.", REPORTER)
        service.answer_respondent(gone, "It is mine.", REPORTER)
    before = all_clocks()
    with time_machine.travel(NOON + timedelta(hours=7), tick=False):
        merge(kept, gone, cast.rui)
    triaged = {"TRIAGE"}  # taking the case is its first look
    assert [c for c in all_clocks() if c[1] not in triaged] == [c for c in before if c[1] not in triaged]
    assert {r.id for r in queries.active_reports(kept.id)} == {first.id, second.id}
    assert (kept.report_count, kept.state) == (2, "open")
    assert kept.due_at == min(c.due_at for c in clocks.of_case(kept.id) if c.state == "running")
    assert {on for _code, on in running(kept)} >= {f"report:{first.id}", f"report:{second.id}"}
    assert [m.text for m in queries.messages(kept.id, report_id=first.id)] == ["I can send the layered file."]
    assert [m.text for m in queries.messages(kept.id, side="respondent")] == ["It is mine."]
    assert (gone.state, gone.merged_into_id, families.kept(gone).id) == ("closed", kept.id, kept.id)
    assert running(gone) == set() and queries.messages(gone.id) == []
    assert families.family(kept.id) == [kept.id, gone.id]


def test_what_is_reported_later_about_either_content_joins_the_kept_case(
    two: tuple[Report, Report], cast: Cast
) -> None:
    """Nobody has to merge a second time."""
    gone, kept = (case_of(r) for r in two)
    merge(kept, gone, cast.rui)
    later = send(email="third@example.org", **ELSEWHERE)  # type: ignore[arg-type]  # keywords of the notice
    assert case_of(later).id == kept.id and kept.report_count == 3


def test_who_worked_on_the_case_that_went_may_not_decide_the_appeal_either(
    two: tuple[Report, Report], cast: Cast
) -> None:
    gone, kept = (case_of(r) for r in two)
    with transaction():
        service.take(gone.id, cast.mei)
        service.release(gone.id, cast.mei)
    merge(kept, gone, cast.rui)
    assert queries.touched(kept.id) == {cast.mei.id, cast.rui.id}


def test_taking_it_apart_gives_each_case_what_was_its_own(two: tuple[Report, Report], cast: Cast) -> None:
    """Also what came meanwhile: a message of its reporter, a report about its content. The audit log tells both."""
    first, second = two
    gone, kept = (case_of(r) for r in two)
    with transaction():
        service.answer_respondent(gone, "It is mine.", REPORTER)
    clocks_before = {r.id: {c for c in running(case_of(r)) if c[0] != "TRIAGE"} for r in two}
    made = merge(kept, gone, cast.rui)
    later = send(email="third@example.org", **ELSEWHERE)  # type: ignore[arg-type]  # keywords of the notice
    with transaction():
        service.answer(first, "One thing more.", REPORTER)
        service.answer_respondent(queries.get(kept.id), "And another.", REPORTER)
    with transaction():
        back = service.unmerge(made.id, cast.rui)
    assert back.id == gone.id and (back.state, back.merged_into_id, back.closed_at) == ("open", None, None)
    assert {r.id for r in queries.active_reports(gone.id)} == {first.id, later.id}
    assert {r.id for r in queries.active_reports(kept.id)} == {second.id}
    assert [m.text for m in queries.messages(gone.id)] == ["One thing more."]
    assert [m.text for m in queries.messages(gone.id, side="respondent")] == ["It is mine."]
    assert [m.text for m in queries.messages(kept.id, side="respondent")] == ["And another."]
    assert clocks_before[first.id] <= running(gone) and clocks_before[second.id] == running(kept)
    assert (gone.report_count, kept.report_count) == (2, 1)
    verbs = [e.verb for e in db.session.query(AuditEntry).filter_by(object_id=kept.id)]
    assert [v for v in verbs if v in ("case.take_in", "case.let_out")] == ["case.take_in", "case.let_out"]
    with pytest.raises(Refused, match="merge_undone"), transaction():
        service.unmerge(made.id, cast.rui)


def test_merges_in_a_row_come_apart_in_the_other_order(app: APIFlask, cast: Cast) -> None:
    a, b, c = (send(content_ref=ref, address=f"https://demo.example/{ref}") for ref in ("p1", "p2", "p3"))
    one, two, three = case_of(a), case_of(b), case_of(c)
    inner = merge(two, one, cast.rui)
    outer = merge(three, two, cast.rui)
    assert {r.id for r in queries.active_reports(three.id)} == {a.id, b.id, c.id}
    assert families.kept(one).id == three.id and set(families.family(three.id)) == {one.id, two.id, three.id}
    with pytest.raises(Refused, match="unmerge_too_late"), transaction():
        service.unmerge(inner.id, cast.rui)
    with transaction():
        service.unmerge(outer.id, cast.rui)
        service.take(two.id, cast.rui)
        service.unmerge(inner.id, cast.rui)
    assert [case_of(r).id for r in (a, b, c)] == [one.id, two.id, three.id]


def test_a_question_waits_on_in_the_case_its_report_is_in(two: tuple[Report, Report], cast: Cast) -> None:
    """Merged, split and taken apart: wherever the asked report is, that case waits, and the other does not."""
    first, _second = two
    gone, kept = (case_of(r) for r in two)
    with transaction():
        service.take(gone.id, cast.rui)
        service.ask(gone, first, cast.rui, "When did you paint it?")
    made = merge(kept, gone, cast.rui)
    assert kept.state == "asked"
    with transaction():
        service.unmerge(made.id, cast.rui)
    assert (gone.state, kept.state) == ("asked", "open")
    merge(kept, gone, cast.rui)
    part = split(kept, [first], cast.rui)
    assert (part.state, kept.state) == ("asked", "open")
    with transaction():
        service.answer(first, "In spring.", REPORTER)
    assert part.state == "open" and clocks.get(f"report:{first.id}", "DECISION").state == "running"  # type: ignore[union-attr]  # it runs


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("merge_same", lambda kept, gone: (kept, kept)),
        ("merge_other_way", lambda kept, gone: (known(gone, "acc") and kept, gone)),
        ("merge_other_account", lambda kept, gone: (known(gone, "acc") and known(kept, "other"), gone)),
        ("merge_not_open", lambda kept, gone: (kept, withdrawn(gone))),
    ],
)
def test_what_cannot_be_one_case_stays_two(two: tuple[Report, Report], cast: Cast, code: str, spoil: object) -> None:
    kept, gone = spoil(case_of(two[1]), case_of(two[0]))  # type: ignore[operator]  # a function of two cases
    with pytest.raises(Refused, match=code):
        merge(kept, gone, cast.rui)


def known(case: Case, account: str) -> Case:
    """The platform said whose content it is."""
    with transaction():
        case.subject.respondent = Respondent(
            id=account, platform="demo", account_ref=account, handle=f"@{account}", name=account, email=None
        )
    return case


def withdrawn(case: Case) -> Case:
    """Its reporter took the only report back."""
    with transaction():
        service.withdraw(queries.active_reports(case.id)[0], REPORTER)
    return case


def test_two_contents_are_merged_only_by_who_saw_that_they_are_two(two: tuple[Report, Report], cast: Cast) -> None:
    """And nothing that hangs on the other case may be left behind; nor is it taken out of a colleague's hands."""
    gone, kept = (case_of(r) for r in two)
    with pytest.raises(Refused, match="merge_other_content"):
        merge(kept, gone, cast.rui, across=False)
    with pytest.raises(Refused, match="merge_anchored"):
        merge(kept, gone, cast.rui, anchored=True)
    with transaction():
        service.take(gone.id, cast.mei)
    with pytest.raises(Conflict, match="claimed_by_other"):
        merge(kept, gone, cast.rui)
    assert case_of(two[0]).id == gone.id and gone.state == "open"


def test_a_part_has_its_reports_with_their_clocks_and_messages_and_takes_in_no_others(
    app: APIFlask, cast: Cast
) -> None:
    """The account's messages stay where they were; later reports join the first case; merging takes it back."""
    first, second = send(), send(email="li.na@example.org", kind="FRAUD")
    case = case_of(first)
    with transaction():
        service.answer(second, "He asked my mother for money.", REPORTER)
        service.answer_respondent(case, "It is mine.", REPORTER)
    before = running(case)
    part = split(case, [second], cast.rui)
    assert (part.subject_id, part.part, part.kind, part.priority) == (case.subject_id, 1, "FRAUD", "P0")
    assert (case.kind, case.rank, part.rank, part.opened_at) == ("COPY_IMAGE", 1, 0, case.opened_at)
    assert running(case) | running(part) == {c for c in before if c[0] != "TRIAGE"}
    assert {on for _code, on in running(part)} == {f"report:{second.id}"}
    assert [m.text for m in queries.messages(part.id)] == ["He asked my mother for money."]
    assert [m.text for m in queries.messages(case.id, side="respondent")] == ["It is mine."]
    assert case_of(send(email="third@example.org")).id == case.id
    assert [c.id for c in families.beside(part)] == [case.id]
    merge(case, part, cast.rui)
    assert case.report_count == 3 and case_of(second).id == case.id


def test_neither_case_of_a_split_is_left_empty(app: APIFlask, cast: Cast) -> None:
    first, second = send(), send(email="li.na@example.org")
    case = case_of(first)
    for chosen, code in (([], "split_takes_nothing"), ([first, second], "split_leaves_nothing")):
        with pytest.raises(Refused, match=code):
            split(case, chosen, cast.rui)
    assert case.report_count == 2


def test_reports_about_another_content_leave_for_a_case_about_it(two: tuple[Report, Report], cast: Cast) -> None:
    """Split instead of taken apart: the part is about what its reports are about, and new ones join it there."""
    first, _second = two
    gone, kept = (case_of(r) for r in two)
    merge(kept, gone, cast.rui)
    part = split(kept, [first], cast.rui)
    assert (part.subject_id, part.part) == (first.subject_id, 0)
    later = send(email="third@example.org", **ELSEWHERE)  # type: ignore[arg-type]  # keywords of the notice
    assert case_of(later).id == part.id
