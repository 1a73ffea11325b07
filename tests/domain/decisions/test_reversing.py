"""After the verdict: an appeal, content put back, a wrong put right; what was restricted is given back, points too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.decisions.story import ACCOUNT, choice, decided, dismissed, kinds, opened
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseTouch
from webapp.domain.clocks import queries as clocks
from webapp.domain.conduct.models import ConductMark
from webapp.domain.decisions import queries, records
from webapp.domain.decisions.models import Decision, Proposal, Strike
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import agree, cured, decide, impose_interim, redecide, restore
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case held by Rui."""
    return opened(cast.rui)


def suspended(case: Case, cast: Cast, days: int = 14) -> Decision:
    """Removed, and the account suspended, agreed to by Mei."""
    with transaction():
        made = decide(case.id, cast.rui, case.version, choice(case, ("remove", None), ("suspend", days)))
        assert isinstance(made, Proposal)
        return agree(made.id, cast.mei)


def appealed(case: Case, staff: Staff, what: Choice, of: Decision) -> Decision:
    """The appeal is decided."""
    with transaction():
        return redecide(case.id, staff, what, of)


def test_overturned_on_appeal_everything_is_given_back(case: Case, cast: Cast) -> None:
    """Inverse actions name what they take back, the strike is removed, the case stays decided."""
    first = suspended(case, cast)
    assert queries.active_points(ACCOUNT) == 2
    second = appealed(case, cast.lan, dismissed(case), first)
    assert kinds(second) == ["restore", "unsuspend"]
    assert [a.undoes_id for a in second.actions] == [a.id for a in first.actions]
    assert (second.stage, second.verdict, second.supersedes_id) == ("appeal", "rejected", first.id)
    assert queries.in_force(case.id) == [] and queries.active_points(ACCOUNT) == 0
    strike = db.session.query(Strike).one()
    assert strike.removed_by_id == second.id and strike.removed_at is not None
    outcome = queries.outcome(second)
    assert [f.kind for f in outcome.undone] == ["remove", "suspend"] and outcome.actions == ()
    assert case.state == "decided" and queries.verdict_of(case.id) is second
    assert cast.lan.id not in {t.staff_id for t in db.session.query(CaseTouch)}
    assert db.session.query(Task).filter_by(topic="decision.made").count() == 2


def test_upheld_with_less_keeps_what_goes_on(app: APIFlask, cast: Cast) -> None:
    """The content stays away without a new order; a shorter suspension ends that long after it began."""
    with time_machine.travel(START, tick=False) as clock:
        case = opened(cast.rui)
        first = suspended(case, cast, 14)
        strike = records.strike_of(case.id)
        clock.shift(timedelta(days=3))
        lighter = choice(case, ("remove", None), ("suspend", 7))
        second = appealed(case, cast.lan, lighter, first)
        assert kinds(second) == ["suspend", "unsuspend"]
        assert second.actions[0].ends_at == START + timedelta(days=7)
        outcome = queries.outcome(second)
        assert [(f.kind, f.days) for f in outcome.actions] == [("remove", None), ("suspend", 7)]
        assert [a.kind for a in queries.in_force(case.id)] == ["remove", "suspend"]
        again = records.strike_of(case.id)
        assert again is not None and strike is not None and again.id != strike.id
        assert (again.points, again.issued_at, again.expires_at) == (2, strike.issued_at, strike.expires_at)
        assert queries.active_points(ACCOUNT) == 2
        text = outcome.statements["en"][0]["text"]
        assert "Suspend the account for 7 days" in text and "Earlier measures are taken back: Suspend" in text


def test_what_was_served_is_not_served_again(app: APIFlask, cast: Cast) -> None:
    """A week's suspension decided on appeal after eight days is over."""
    with time_machine.travel(START, tick=False) as clock:
        case = opened(cast.rui)
        first = suspended(case, cast, 14)
        clock.shift(timedelta(days=8))
        second = appealed(case, cast.lan, choice(case, ("remove", None), ("suspend", 7)), first)
        assert kinds(second) == ["unsuspend"]
        assert [a.kind for a in queries.in_force(case.id)] == ["remove"]


def test_the_same_again_sends_nothing(case: Case, cast: Cast) -> None:
    """An appeal that comes to the same result changes no measure and no points."""
    first = decided(case, cast.rui)
    second = appealed(case, cast.lan, choice(case, reason="Looked at again."), first)
    assert kinds(second) == [] and queries.active_points(ACCOUNT) == 2
    assert [f.kind for f in queries.outcome(second).actions] == ["remove", "warn"]


def test_a_reporter_wins_an_appeal(case: Case, cast: Cast) -> None:
    """What was dismissed is now upheld: measures, points, and the mark on her report is taken back."""
    report = cases.active_reports(case.id)[0]
    first = decided(case, cast.rui, dismissed(case, marks={report.id: "unfounded"}, mark_reason="Nothing alike."))
    second = appealed(case, cast.lan, choice(case), first)
    assert kinds(second) == ["remove", "warn"] and queries.active_points(ACCOUNT) == 2
    assert db.session.get_one(ConductMark, report.id).removed_at is not None


@pytest.mark.parametrize("heavy", [("close", None), ("suspend", 7), ("suspend", 30), ("limit", 7)])
def test_nobody_begins_alone_on_appeal_what_needs_two(case: Case, cast: Cast, heavy: tuple[str, int | None]) -> None:
    """One person decides an appeal; a closure or a week away from the platform needs two (law.md §4.4)."""
    first = decided(case, cast.rui, dismissed(case))
    harder = choice(case, ("remove", None), heavy)
    with pytest.raises(Refused, match="appeal_too_heavy"):
        appealed(case, cast.lan, harder, first)
    assert queries.verdict_of(case.id) is first and queries.in_force(case.id) == []
    second = appealed(case, cast.lan, choice(case, ("remove", None), ("suspend", 3)), first)
    assert kinds(second) == ["remove", "suspend"]


def test_a_suspension_is_not_made_longer_on_appeal(case: Case, cast: Cast) -> None:
    """Two agreed to two weeks, nobody to a month or to a closure; what they agreed to may be repeated."""
    first = suspended(case, cast, 14)
    for heavier in (("suspend", 30), ("close", None)):
        with pytest.raises(Refused, match="appeal_too_heavy"):
            appealed(case, cast.lan, choice(case, ("remove", None), heavier), first)
    second = appealed(case, cast.lan, choice(case, ("remove", None), ("suspend", 14), reason="Again."), first)
    assert [f.kind for f in queries.outcome(second).actions] == ["remove", "suspend"]


def test_a_closure_is_made_lighter_on_appeal(case: Case, cast: Cast) -> None:
    """Two agreed to the closure; a month instead needs nobody else."""
    with transaction():
        made = decide(case.id, cast.rui, case.version, choice(case, ("remove", None), ("close", None)))
        assert isinstance(made, Proposal)
        first = agree(made.id, cast.mei)
    second = appealed(case, cast.lan, choice(case, ("remove", None), ("suspend", 30)), first)
    assert kinds(second) == ["suspend", "reopen"]


def test_the_ladder_closes_no_account_on_appeal_either(app: APIFlask, cast: Cast) -> None:
    """Fraud leads to closure by itself; on appeal that is refused until the ladder is set aside."""
    case = opened(cast.rui, kind="FRAUD")
    with transaction():
        made = decide(case.id, cast.rui, case.version, dismissed(case))
        first = agree(made.id, cast.mei) if isinstance(made, Proposal) else made
    with pytest.raises(Refused, match="appeal_too_heavy"):
        appealed(case, cast.lan, choice(case), first)
    second = appealed(case, cast.lan, choice(case, set_aside="Two people close an account, not one."), first)
    assert kinds(second) == ["remove"]


def test_an_appeal_is_against_the_verdict_in_force(case: Case, cast: Cast) -> None:
    """A verdict that was replaced already cannot be replaced again."""
    first = decided(case, cast.rui)
    appealed(case, cast.lan, dismissed(case), first)
    with pytest.raises(Conflict, match="case_changed"):
        appealed(case, cast.ada, choice(case), first)


def test_restored_after_a_counter_notice(case: Case, cast: Cast) -> None:
    """Time alone decides: nobody's name, everything back, points too; the reason has words in both languages."""
    first = decided(case, cast.rui)
    with transaction():
        made = restore(case.id, first, "elapsed", None)
    assert (made.stage, made.verdict, made.staff_id, made.supersedes_id) == ("restoration", "restored", None, first.id)
    assert kinds(made) == ["restore", "unwarn"] and queries.in_force(case.id) == []
    assert queries.active_points(ACCOUNT) == 0 and case.state == "decided"
    with pytest.raises(Refused, match="restore_reason_unknown"), transaction():
        restore(case.id, first, "whim", None)


def test_cured_by_the_account_itself(app: APIFlask, cast: Cast) -> None:
    """The label is added, the case closes, no strike, and the first time is not used up."""
    case = opened(cast.rui, kind="AI_LABEL_MISSING")
    with transaction():
        made = cured(case.id, "label_ai", cast.rui.id)
    assert (made.stage, made.verdict, made.ground) == ("cure", "cured", "AI_LABEL_MISSING")
    assert kinds(made) == ["label_ai"] and case.state == "closed"
    assert db.session.query(Strike).count() == 0 and cases.holder(case.id) is None
    decision_clock = clocks.get(f"report:{cases.active_reports(case.id)[0].id}", "DECISION")
    assert decision_clock is not None and decision_clock.state == "met"
    again = opened(cast.rui, kind="AI_LABEL_MISSING", content_ref="p2")
    assert queries.outcome(decided(again, cast.rui, choice(again, ("label_ai", None)))).points == 0


def test_a_cure_gives_back_what_was_provisional(app: APIFlask, cast: Cast) -> None:
    """Hidden for the time being, then cured: shown again, with its label."""
    case = opened(cast.rui)
    with transaction():
        impose_interim(case.id, cast.rui, case.version, "disable", "Until it is clear.")
    with transaction():
        made = cured(case.id, "label_ai", None)
    assert kinds(made) == ["label_ai", "restore"]
    assert [a.kind for a in queries.in_force(case.id)] == ["label_ai"]


def test_stages_follow_each_other_and_each_has_its_outcome(case: Case, cast: Cast) -> None:
    """Interim, first, appeal, restoration: all are kept, all can be told, the newest leads."""
    with transaction():
        impose_interim(case.id, cast.rui, case.version, "disable", "Until it is clear.")
    first = decided(case, cast.rui)
    second = appealed(case, cast.lan, choice(case, reason="Looked at again."), first)
    with transaction():
        last = restore(case.id, second, "court", cast.lan)
    found = queries.all_of(case.id)
    assert [d.stage for d in found] == ["interim", "first", "appeal", "restoration"]
    assert queries.latest(case.id) is last and queries.verdict_of(case.id) is second
    assert [queries.outcome(d).stage for d in found] == [d.stage for d in found]
    assert all(d.book_version == book().version for d in found)
