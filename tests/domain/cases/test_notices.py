"""A notice's life by a moving clock: whole or sent back, reminded, completed, lapsed, opened again, forwarded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from webapp.core.audit import SYSTEM, AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries, returns, service
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import reminder
from webapp.domain.clocks import queries as clocks
from webapp.domain.clocks.service import pause, resume
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries as queues
from webapp.domain.reports.models import Report

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday, noon in Shanghai


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Time stands still at Monday noon and moves when a test says so."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def live(report: Report) -> dict[str, str]:
    """The report's live clocks and whether they run."""
    found = clocks.of_case(queries.case_of(report.id).id)
    return {c.code: c.state for c in found if c.on_id == f"report:{report.id}" and c.ended_at is None}


def posted(topic: str) -> list[Task]:
    return list(db.session.query(Task).filter_by(topic=topic).order_by(Task.created_at))


def by_the_clock() -> tuple[int, int]:
    """One round of the timer: reminders posted, notices lapsed."""
    with transaction():
        return service.remind_returns(), service.lapse_returns()


def case_of(report: Report) -> Case:
    return queries.get(queries.case_of(report.id).id)


def test_a_whole_notice_starts_all_its_clocks_and_a_tip_those_of_the_house(clock: time_machine.Traveller) -> None:
    notice = send(regimes=("CN_RTCI",))
    assert {"ACK", "TRIAGE", "DECISION", "INTERIM", "TAKE_MEASURE_RTCI"} <= set(live(notice))
    tip = send(content_ref="p2", mode="tip", regimes=("CN_RTCI",))
    assert set(live(tip)) == {"ACK", "TRIAGE", "DECISION"}
    with transaction():
        service.acknowledge(notice)
    assert "ACK" not in live(notice) and "ACK" in live(tip)


def test_what_is_incomplete_waits_without_the_clock_and_without_the_desk(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    """Three days for the missing items are three days more for the desk; the law's clocks start when it is whole."""
    report = send(regimes=("CN_RTCI",), missing=("ID", "WORK"))
    found = returns.open_return(report.id)
    assert found is not None and found.missing == ["ID", "WORK"]
    assert len(posted("notice.returned")) == 1
    assert live(report) == {"ACK": "running", "TRIAGE": "paused", "DECISION": "paused", "CURE_NOTICE": "running"}
    case = case_of(report)
    assert case.due_code == "" and queues.next_for(cast.rui) is None
    assert [c.id for c in queues.page(cast.rui)] == [case.id]  # it is listed all the same
    before = clocks.get(f"report:{report.id}", "DECISION")
    assert before is not None
    due, version = before.due_at, case.version
    clock.move_to(NOON + timedelta(days=3))
    with transaction():
        service.complete(report, REPORTER)
    case = case_of(report)
    assert case.version > version and case.due_code and queues.next_for(cast.rui) is not None
    after = clocks.get(f"report:{report.id}", "DECISION")
    assert after is not None and after.due_at == due + timedelta(days=3)
    started = clocks.get(f"report:{report.id}", "TAKE_MEASURE_RTCI")
    assert started is not None and started.started_at == NOON + timedelta(days=3)
    assert len(posted("notice.completed")) == 1
    with pytest.raises(Refused, match="cannot_complete"), transaction():
        service.complete(report, REPORTER)


def test_a_case_that_stands_still_for_the_account_is_not_handed_out(clock: time_machine.Traveller, cast: Cast) -> None:
    """A cure was offered: the notice is whole, and still there is nothing to do until the account answers."""
    report = send()
    case = case_of(report)
    with transaction():
        service.take(case.id, cast.rui)
        service.release(case.id, cast.rui)
        pause(f"report:{report.id}", "cure")
        service.weigh(case_of(report))
    assert case_of(report).due_code == "" and queues.next_for(cast.rui) is None
    with transaction():
        resume(f"report:{report.id}")
        service.weigh(case_of(report))
    assert queues.next_for(cast.rui) is not None


def test_urgent_kinds_wait_for_no_paper(clock: time_machine.Traveller, cast: Cast) -> None:
    """The desk is handed the case, its clocks run on, and it never lapses."""
    report = send("FRAUD", missing=("ID",))
    assert live(report)["DECISION"] == "running"
    case = case_of(report)
    found = queues.next_for(cast.rui)
    assert found is not None and found.id == case.id and case.due_code == "TRIAGE"
    clock.move_to(NOON + timedelta(days=30))
    assert by_the_clock()[1] == 0
    assert case_of(report).state == "open"


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (2.9, 0), (3, 1), (6.9, 1), (7, 2), (9, 2)])
def test_reminders_come_on_their_days(days: float, expected: int) -> None:
    """Days after the return → the number of the last reminder that is due (law.md §3: day 3 and day 7)."""
    assert reminder((3, 7), NOON, NOON + timedelta(days=days)) == expected


def test_reminded_twice_then_lapsed_then_opened_again_and_completed(clock: time_machine.Traveller, cast: Cast) -> None:
    """Day 3, day 7, day 10 at midnight; ninety days to come back; then a full time anew, and a full clock."""
    report = send(missing=("WORK",))
    assert by_the_clock() == (0, 0)
    for day in (3, 7):
        clock.move_to(NOON + timedelta(days=day))
        assert by_the_clock() == (1, 0) and by_the_clock() == (0, 0)
    assert [t.payload["number"] for t in posted("notice.reminder")] == [1, 2]
    clock.move_to(datetime(2026, 12, 3, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai on the tenth day
    assert by_the_clock() == (0, 0)
    clock.move_to(datetime(2026, 12, 3, 16, 0, tzinfo=UTC))
    assert by_the_clock() == (0, 1) and by_the_clock() == (0, 0)
    case = case_of(report)
    assert (case.state, case.report_count) == ("closed", 0) and case.closed_at and not case.decided_at
    assert live(report) == {} and len(posted("notice.lapsed")) == len(posted("case.ended")) == 1
    clock.move_to(NOON + timedelta(days=60))
    with transaction():
        again = service.reopen(report, REPORTER)
    case = case_of(report)
    assert case.state == "open" and case.closed_at is None
    assert again.missing == ["WORK"] and again.due_at > NOON + timedelta(days=70)
    assert live(report)["DECISION"] == "paused"
    with transaction():
        service.complete(report, REPORTER)
    decision = clocks.get(f"report:{report.id}", "DECISION")
    assert decision is not None and decision.due_at == NOON + timedelta(days=60, hours=72)
    found = queues.next_for(cast.rui)
    assert found is not None and found.id == case.id


def test_after_ninety_days_it_cannot_be_opened_again(clock: time_machine.Traveller) -> None:
    report = send(missing=("WORK",))
    with pytest.raises(Refused, match="cannot_reopen"), transaction():
        service.reopen(report, REPORTER)
    clock.move_to(NOON + timedelta(days=11))
    by_the_clock()
    clock.shift(timedelta(days=book().numbers.reopen_days))
    with pytest.raises(Refused, match="reopen_too_late"), transaction():
        service.reopen(report, REPORTER)


def test_one_lapses_and_the_others_go_on(clock: time_machine.Traveller) -> None:
    """The decision need not answer it; opened again it is back in the same case."""
    stays, lapses = send(email="a@example.org"), send(email="b@example.org", missing=("WORK",))
    clock.move_to(NOON + timedelta(days=11))
    by_the_clock()
    case = case_of(stays)
    assert case.state == "open" and case.report_count == 1
    assert [r.id for r in queries.active_reports(case.id)] == [stays.id]
    with transaction():
        service.reopen(lapses, REPORTER)
    assert case_of(stays).report_count == 2


def test_opened_again_when_the_content_has_another_case(clock: time_machine.Traveller) -> None:
    """The report goes where the content is being looked at now; its old case stays closed."""
    first = send(missing=("WORK",))
    clock.move_to(NOON + timedelta(days=11))
    by_the_clock()
    old = case_of(first).id
    second = send(email="b@example.org")
    with transaction():
        service.reopen(first, REPORTER)
        service.complete(first, REPORTER)
    assert case_of(first).id == case_of(second).id != old
    assert case_of(second).report_count == 2 and queries.get(old).state == "closed"
    decision = clocks.get(f"report:{first.id}", "DECISION")
    assert decision is not None and decision.case_id == case_of(second).id


def test_opened_again_after_the_others_were_answered(clock: time_machine.Traveller, cast: Cast) -> None:
    """A decided case is not opened for it: it gets one of its own."""
    others, late = send(email="a@example.org"), send(email="b@example.org", missing=("WORK",))
    clock.move_to(NOON + timedelta(days=11))
    by_the_clock()
    with transaction():
        service.move(case_of(others), "decide", REPORTER)
        service.reopen(late, REPORTER)
    assert case_of(late).id != case_of(others).id
    assert (case_of(others).state, case_of(late).state) == ("decided", "open")


def test_a_reviewer_sends_it_back_and_back_again(clock: time_machine.Traveller, cast: Cast) -> None:
    """Only who holds the case; clocks that ran stand still; the second return gives its own full ten days."""
    report = send(regimes=("CN_RTCI",))
    with pytest.raises(Conflict, match="claim_lost"), transaction():
        service.return_for_completion(report, ["WORK"], "Which painting?", cast.rui)
    with transaction():
        service.take(case_of(report).id, cast.rui)
        service.return_for_completion(report, ["WORK"], "Which painting?", cast.rui)
    assert live(report)["TAKE_MEASURE_RTCI"] == live(report)["DECISION"] == "paused"
    assert queries.touched(case_of(report).id) == {cast.rui.id}
    with pytest.raises(Refused, match="already_returned"), transaction():
        service.return_for_completion(report, ["ID"], "", None)
    clock.move_to(NOON + timedelta(hours=2))
    with transaction():
        service.complete(report, REPORTER)
    measure = clocks.get(f"report:{report.id}", "TAKE_MEASURE_RTCI")
    assert measure is not None and measure.due_at == NOON + timedelta(hours=26)
    clock.move_to(NOON + timedelta(hours=3))
    with transaction():
        second = service.return_for_completion(report, ["ID"], "", None)
    cure = clocks.get(f"report:{report.id}", "CURE_NOTICE")
    assert cure is not None and cure.state == "running" and cure.due_at == second.due_at
    verbs = [e.verb for e in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert verbs.count("notice.return") == 2 and verbs.count("notice.complete") == 1


@pytest.mark.parametrize(
    ("mode", "missing", "code"),
    [("tip", ["ID"], "tip_needs_nothing"), ("notice", [], "missing_nothing"), ("notice", ["NO"], "missing_unknown")],
)
def test_nothing_can_be_missing_from_a_tip(
    clock: time_machine.Traveller, mode: str, missing: list[str], code: str
) -> None:
    report = send(mode=mode)
    with pytest.raises(Refused, match=code), transaction():
        service.return_for_completion(report, missing, "", None)


def test_a_withdrawn_notice_is_neither_reminded_nor_lapsed(clock: time_machine.Traveller) -> None:
    report = send(missing=("WORK",))
    with transaction():
        service.withdraw(report, REPORTER)
    clock.move_to(NOON + timedelta(days=11))
    assert by_the_clock() == (0, 0)
    with pytest.raises(Refused, match="case_not_open"), transaction():
        service.complete(report, REPORTER)


def test_a_whole_notice_is_forwarded_once_and_a_tip_never(clock: time_machine.Traveller, cast: Cast) -> None:
    report, tip = send(regimes=("CN_CIVIL",)), send(email="b@example.org", mode="tip")
    incomplete = send(email="c@example.org", missing=("ID",))
    case = case_of(report)
    with transaction():
        service.forward(case, report, cast.rui)
    assert "FORWARD_UPLOADER" not in live(report)
    entry = clocks.get(f"report:{report.id}", "FORWARD_UPLOADER")
    assert entry is not None and entry.state == "met"
    assert queries.touched(case.id) == {cast.rui.id} and len(posted("notice.forwarded")) == 1
    for other, code in ((report, "already_forwarded"), (tip, "tip_not_forwarded"), (incomplete, "notice_not_complete")):
        with pytest.raises(Refused, match=code), transaction():
            service.forward(case, other, cast.rui)


def test_what_was_proposed_falls_when_the_case_changes(clock: time_machine.Traveller, cast: Cast) -> None:
    """A second person agrees to what the first one saw, not to what came since."""
    report = send()
    changes = (
        lambda: service.answer(report, "One more thing.", REPORTER),
        lambda: service.return_for_completion(report, ["WORK"], "", None),
        lambda: service.complete(report, REPORTER),
    )
    for change in changes:
        with transaction():
            service.move(case_of(report), "propose", REPORTER)
        assert queues.next_for(cast.rui) is None  # it waits for a second person, not for a reviewer
        version = case_of(report).version
        with transaction():
            change()
        assert case_of(report).state == "open" and case_of(report).version > version
    with transaction():
        service.move(case_of(report), "propose", REPORTER)
    other = send(email="b@example.org")
    assert case_of(other).state == "open"


def test_nothing_lapses_while_a_second_person_is_asked(clock: time_machine.Traveller, cast: Cast) -> None:
    """The desk had enough without the missing paper; what waits is its own answer. Refused, the notice lapses."""
    report = send(missing=["TITLE"])
    case = queries.case_of(report.id)
    with transaction():
        service.move(case, "propose", SYSTEM)
    clock.shift(timedelta(days=11))
    assert by_the_clock() == (0, 0) and queries.get(case.id).state == "proposed"
    with transaction():
        service.move(queries.get(case.id), "refuse", SYSTEM)
    assert by_the_clock() == (0, 1) and queries.get(case.id).state == "closed"
