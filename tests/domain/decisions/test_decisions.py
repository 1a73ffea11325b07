"""Decisions: whole or refused, made once, never edited, and counted on the account's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy.exc import DBAPIError

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.decisions.story import ACCOUNT, choice, decided, dismissed, kinds, opened
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseTouch
from webapp.domain.cases.service import take
from webapp.domain.clocks.models import Clock
from webapp.domain.conduct.models import ConductMark
from webapp.domain.decisions import queries, records
from webapp.domain.decisions.models import Decision, Strike
from webapp.domain.decisions.rules import Choice, check
from webapp.domain.decisions.service import decide, foresee
from webapp.domain.evidence.models import Evidence
from webapp.domain.policy.queries import book

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ONE = {"a": "supported"}
NONE = {"a": "not_supported"}
REMOVE: list[tuple[str, int | None]] = [("remove", None)]


@pytest.mark.parametrize(
    ("findings", "ground", "actions", "reason", "more", "refused"),
    [
        (ONE, "COPY_IMAGE", REMOVE, "Same brush strokes.", {}, ""),
        (ONE, "COPY_IMAGE", [*REMOVE, ("no_posting", 3)], "On the ladder, not of the kind.", {}, ""),
        (NONE, "", [("no_violation", None)], "Different pictures.", {}, ""),
        ({"a": "cannot_tell"}, "", [], "No original was sent.", {}, ""),
        (NONE, "", [], "Made up.", {"marks": {"a": "bad_faith"}, "mark_reason": "The same text ten times."}, ""),
        ({}, "COPY_IMAGE", REMOVE, "x", {}, "finding_missing"),
        ({"a": "maybe"}, "COPY_IMAGE", REMOVE, "x", {}, "finding_missing"),
        (ONE, "COPY_IMAGE", REMOVE, "  ", {}, "reason_missing"),
        (ONE, "COPY_IMAGE", REMOVE, "x" * 4001, {}, "reason_too_long"),
        (ONE, "COPY_IMAGE", REMOVE, "x", {"set_aside": "x" * 4001}, "reason_too_long"),
        (ONE, "", REMOVE, "x", {}, "ground_missing"),
        (ONE, "COPY_IMAGE", [], "x", {}, "measure_missing"),
        (ONE, "COPY_IMAGE", [("no_violation", None)], "x", {}, "measure_missing"),
        (ONE, "COPY_IMAGE", [*REMOVE, ("no_violation", None)], "x", {}, "measures_contradict"),
        (ONE, "AI_LABEL_MISSING", [("stream_cut", None)], "x", {}, "measure_not_in_book"),
        (ONE, "COPY_IMAGE", [("restore", None)], "x", {}, "measure_not_in_book"),  # an inverse is nobody's choice
        (ONE, "FRAUD", [("suspend", None)], "x", {}, "days_missing"),
        (ONE, "FRAUD", [("suspend", 4000)], "x", {}, "days_missing"),
        (NONE, "", REMOVE, "x", {}, "measure_without_finding"),
        (ONE, "COPY_IMAGE", REMOVE, "x", {"modifiers": ("repeat",)}, "modifier_unknown"),  # found by the software
        (ONE, "COPY_IMAGE", REMOVE, "x", {"modifiers": ("full_moon",)}, "modifier_unknown"),
        (ONE, "COPY_IMAGE", REMOVE, "x", {"defence": "FULL_MOON"}, "defence_unknown"),
        (ONE, "COPY_IMAGE", REMOVE, "x", {"marks": {"a": "bad_faith"}, "mark_reason": "x"}, "mark_without_dismissal"),
        (NONE, "", [], "x", {"marks": {"b": "bad_faith"}, "mark_reason": "x"}, "mark_without_dismissal"),
        (NONE, "", [], "x", {"marks": {"a": "annoying"}, "mark_reason": "x"}, "mark_unknown"),
        (NONE, "", [], "x", {"marks": {"a": "bad_faith"}}, "mark_reason_missing"),
    ],
)
def test_a_choice_is_whole_or_refused(
    findings: Mapping[str, str],
    ground: str,
    actions: Sequence[tuple[str, int | None]],
    reason: str,
    more: dict[str, object],
    refused: str,
) -> None:
    """No measure without a supported allegation, none outside the book, none without a reason."""
    chosen = Choice(findings, ground, actions, reason, **more)  # type: ignore[arg-type]  # by keyword
    if not refused:
        check(chosen, {"a": "COPY_IMAGE"}, book())
        return
    with pytest.raises(Refused) as error:
        check(chosen, {"a": "COPY_IMAGE"}, book())
    assert error.value.code == refused


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case with one report and a known account behind it, held by Rui."""
    return opened(cast.rui)


def test_the_preview_is_what_is_decided(case: Case, cast: Cast) -> None:
    """What the reviewer saw before is word for word what is kept after; evidence is frozen, the strike counted."""
    with time_machine.travel(now(), tick=False):
        before = foresee(case, choice(case))
        after = queries.outcome(decided(case, cast.rui))
    assert after.statements == before.statements and set(after.statements) == {"zh", "en"}
    assert [(a.kind, a.days) for a in after.actions] == [("remove", None), ("warn", None)]  # the ladder's joined
    assert after.forecast == before.forecast and after.stage == "first"
    assert after.points == before.points == 2 and queries.active_points(ACCOUNT) == 2
    assert after.points_expire_at == before.points_expire_at
    assert case.state == "decided" and case.decided_at is not None
    assert all(e.frozen_at for e in db.session.query(Evidence))
    assert db.session.query(Task).filter_by(topic="decision.made").count() == 1


def test_deciding_meets_the_clocks_and_opens_the_windows(case: Case, cast: Cast) -> None:
    """The desk's clocks end; the reporter's letter is now owed, an appeal and a counter-notice are possible."""
    decided(case, cast.rui)
    states = {c.code: c.state for c in db.session.query(Clock).filter_by(case_id=case.id)}
    assert states["DECISION"] == states["TAKE_MEASURE_RTCI"] == "met"
    assert states["REPORTER_DECISION"] == states["APPEAL_OPEN_HOUSE"] == "running"
    assert [t.staff_id for t in db.session.query(CaseTouch).filter_by(case_id=case.id)] == [cast.rui.id]


def test_of_two_who_decide_at_once_one_wins(case: Case, cast: Cast) -> None:
    """The other is told, and nothing of theirs is kept."""
    version = case.version
    decided(case, cast.rui)
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.mei, version, choice(case, reason="Mine!"))
    assert error.value.code == "decided_already"
    assert db.session.query(Decision).count() == db.session.query(Strike).count() == 1


def test_who_does_not_hold_the_case_or_saw_another_one_cannot_decide(case: Case, cast: Cast) -> None:
    """A lost claim, and a case that changed under the reviewer's eyes, are conflicts, not decisions."""
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.mei, case.version, choice(case))
    assert error.value.code == "claimed_by_other"
    old_choice, old_version = choice(case), case.version
    file_report()
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.rui, old_version, old_choice)
    assert error.value.code == "case_changed"


def test_the_database_refuses_to_edit_a_decision(case: Case, cast: Cast) -> None:
    """Not even by hand."""
    decision = decided(case, cast.rui)
    with pytest.raises(DBAPIError), transaction():
        decision.reason = "Something else."
    with pytest.raises(DBAPIError), transaction():
        db.session.delete(db.session.get_one(Decision, decision.id).actions[0])


def test_a_rejection_has_no_statement_no_strike_and_no_measure(case: Case, cast: Cast) -> None:
    """No restriction, hence nothing to state reasons for."""
    decision = decided(case, cast.rui, dismissed(case))
    assert decision.verdict == "rejected" and not decision.statements and not decision.actions
    assert db.session.query(Strike).count() == 0


def test_a_report_marked_as_misuse_is_kept_with_its_reason(case: Case, cast: Cast) -> None:
    """The mark is a person's, with a reason; the conduct room takes it from there."""
    report = cases.active_reports(case.id)[0]
    decided(case, cast.rui, dismissed(case, marks={report.id: "unfounded"}, mark_reason="Nothing alike at all."))
    mark = db.session.get_one(ConductMark, report.id)
    assert (mark.grade, mark.staff_id, mark.removed_at) == ("unfounded", cast.rui.id, None)


def test_good_faith_in_urgent_kinds_is_never_marked(app: APIFlask, cast: Cast) -> None:
    """Refused before anything is proposed or decided."""
    case = opened(cast.rui, kind="FRAUD")
    report = cases.active_reports(case.id)[0]
    marked = dismissed(case, marks={report.id: "unfounded"}, mark_reason="Not a scam.")
    with pytest.raises(Refused, match="mark_exempt"):
        foresee(case, marked)


def test_no_account_no_points(app: APIFlask, cast: Cast) -> None:
    """Content whose account the platform has not named costs nobody points, and the statement says so."""
    receipt = file_report()
    with transaction():
        case = cases.case_of(receipt.report.id)
        take(case.id, cast.rui)
    decision = decided(case, cast.rui)
    assert kinds(decision) == ["remove"] and db.session.query(Strike).count() == 0
    assert queries.outcome(decision).points == 0


def test_the_first_missing_label_is_forgiven_and_the_second_is_not(app: APIFlask, cast: Cast) -> None:
    """Kinds that forgive the first time remember it, with or without points."""
    with time_machine.travel(START, tick=False) as clock:
        first = opened(cast.rui, kind="AI_LABEL_MISSING", content_ref="p1")
        one = decided(first, cast.rui, choice(first, ("label_ai", None)))
        clock.shift(timedelta(days=2))
        second = opened(cast.rui, kind="AI_LABEL_MISSING", content_ref="p2")
        two = decided(second, cast.rui, choice(second, ("label_ai", None)))
    assert [queries.outcome(d).points for d in (one, two)] == [0, 1]
    assert kinds(one) == ["label_ai"] and kinds(two) == ["label_ai", "warn"]


def test_several_items_of_one_batch_are_one_violation(app: APIFlask, cast: Cast) -> None:
    """Reported before, decided on one day, on one ground: the points of one. What comes after the decision is new."""
    with time_machine.travel(START, tick=False) as clock:
        batch = [opened(kind="COPY_IMAGE", content_ref=f"p{n}") for n in (1, 2)]
        clock.shift(timedelta(hours=1))
        for case in batch:
            with transaction():
                take(case.id, cast.rui)
            decided(case, cast.rui)
        assert [s.points for s in records.active_strikes(ACCOUNT)] == [2]
        clock.shift(timedelta(hours=1))
        later = opened(cast.rui, content_ref="p3")
        decided(later, cast.rui)
        assert [s.points for s in records.active_strikes(ACCOUNT)] == [2, 3]  # and it is a repeat


def test_up_the_ladder_and_down_again_as_points_end(app: APIFlask, cast: Cast) -> None:
    """Warning, no posting for a day, then for three; each strike ends on its own day."""
    with time_machine.travel(START, tick=False) as clock:
        found = []
        for number, ground in enumerate(("COPY_IMAGE", "OTHER_IP", "LOW_QUALITY_MASS")):
            case = opened(cast.rui, content_ref=f"p{number}")
            measure = book().kinds[ground].default_actions[0]
            found.append(decided(case, cast.rui, choice(case, (measure, None), ground=ground)))
            clock.shift(timedelta(days=10))
        ladders = [[(a.kind, a.days) for a in d.actions][1:] for d in found]
        assert ladders == [[("warn", None)], [("no_posting", 1)], [("no_posting", 3)]]
        assert [s.rung for s in records.active_strikes(ACCOUNT)] == ["L1", "L2", "L2"]
        assert queries.active_points(ACCOUNT) == 5
        clock.move_to(START + timedelta(days=91))
        assert queries.active_points(ACCOUNT) == 3
        clock.move_to(START + timedelta(days=120))
        assert queries.active_points(ACCOUNT) == 0
