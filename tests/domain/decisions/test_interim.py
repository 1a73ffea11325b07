"""Provisional measures: at once, by one person, with reasons and an end, without points."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, kinds, opened
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import lapse_returns, reopen, take, tell_case, withdraw
from webapp.domain.clocks import queries as clocks
from webapp.domain.decisions import queries
from webapp.domain.decisions.models import Decision, Strike
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import impose_interim, let_go
from webapp.domain.staff.models import Staff

# A Monday, 09:00 in Shanghai: seven days run to the end of the next Monday there (Civil Code art 203(2)).
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
END = datetime(2026, 3, 9, 15, 59, 59, 999999, tzinfo=UTC)


def hidden(case: Case, staff: Staff, action: str = "disable", reason: str = "The face is hers.") -> Decision:
    """The content is hidden for the time being."""
    with transaction():
        return impose_interim(case.id, staff, case.version, action, reason)


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case held by Rui."""
    return opened(cast.rui)


def test_it_ends_by_itself_and_costs_nothing(app: APIFlask, cast: Cast) -> None:
    """The end is the clock's own, the account is told why, the case goes on with the same reviewer."""
    with time_machine.travel(START, tick=False) as clock:
        case = opened(cast.rui)
        version = case.version
        decision = hidden(case, cast.rui)
        outcome = queries.outcome(decision)
        assert (outcome.stage, outcome.verdict, outcome.points) == ("interim", "provisional", 0)
        assert outcome.actions[0].ends_at == END
        running = clocks.get(f"case:{case.id}", "INTERIM_MAX")
        assert running is not None and running.due_at == END
        assert (case.state, case.version) == ("open", version + 1) and cases.holder(case.id) is not None
        assert db.session.query(Strike).count() == 0
        assert db.session.query(Task).filter_by(topic="decision.made").count() == 1
        assert [a.kind for a in queries.in_force(case.id)] == ["disable"]
        clock.move_to(END + timedelta(seconds=1))
        assert queries.in_force(case.id) == []


def test_its_reasons_say_that_nothing_is_found_yet(case: Case, cast: Cast) -> None:
    """No finding, no points, an answer is possible now."""
    texts = {s.language: "\n".join(p["text"] for p in s.parts) for s in hidden(case, cast.rui).statements}
    assert "This is provisional: no points, and no finding against you." in texts["en"]
    assert "nothing has been found yet" in texts["en"] and "You can answer on this page now" in texts["en"]
    assert "临时措施" in texts["zh"] and "match" not in texts["en"]


@pytest.mark.parametrize(
    ("action", "reason", "refused"),
    [
        ("remove", "x", "interim_not_in_book"),  # final measures are no provisional ones
        ("disable", " ", "reason_missing"),
        ("disable", "x" * 4001, "reason_too_long"),
    ],
)
def test_what_the_book_does_not_provide_is_refused(
    case: Case, cast: Cast, action: str, reason: str, refused: str
) -> None:
    """Only the kind's own provisional measures, with a reason."""
    with pytest.raises(Refused, match=refused):
        hidden(case, cast.rui, action, reason)


def test_it_is_taken_once_by_who_holds_the_case(case: Case, cast: Cast) -> None:
    """A claim and the version seen are needed, as for a decision."""
    with pytest.raises(Conflict, match="claimed_by_other"):
        hidden(case, cast.mei)
    hidden(case, cast.rui)
    with pytest.raises(Refused, match="interim_already"):
        hidden(case, cast.rui)
    with pytest.raises(Conflict, match="case_changed"), transaction():
        impose_interim(case.id, cast.rui, case.version - 1, "disable", "x")
    decided(case, cast.rui)
    with pytest.raises(Conflict, match="decided_already"):
        hidden(case, cast.rui)


def labelled(case: Case) -> Choice:
    """A label is enough."""
    return choice(case, ("label_ai", None), ground="AI_LABEL_MISSING")


def test_the_final_measure_covers_it_or_it_is_given_back(app: APIFlask, cast: Cast) -> None:
    """Removed: it stays away. A label only, or nothing found: it is shown again."""
    for number, (what, expected) in enumerate(
        [
            (choice, ["remove", "warn"]),
            (labelled, ["label_ai", "restore"]),
            (dismissed, ["restore"]),
        ]
    ):
        case = opened(cast.rui, content_ref=f"p{number}")
        interim = hidden(case, cast.rui)
        decision = decided(case, cast.rui, what(case))
        assert kinds(decision) == expected
        undone = [a.undoes_id for a in decision.actions if a.undoes_id]
        assert undone == ([interim.actions[0].id] if "restore" in expected else [])
        assert "disable" not in [a.kind for a in queries.in_force(case.id)]
        assert ["disable"] * len(undone) == [f.kind for f in queries.outcome(decision).undone]


def test_a_withdrawn_case_lets_it_go(case: Case, cast: Cast) -> None:
    """The last report is taken back: what was hidden is shown again, and nobody is at fault."""
    interim = hidden(case, cast.rui)
    with transaction():
        withdraw(cases.active_reports(case.id)[0], Actor("reporter", "r"))
    with transaction():
        decision = let_go(case.id)
    assert decision is not None and (decision.stage, decision.reason) == ("restoration", "case_ended")
    assert [(a.kind, a.undoes_id) for a in decision.actions] == [("restore", interim.actions[0].id)]
    assert case.state == "closed" and queries.in_force(case.id) == []
    with transaction():
        assert let_go(case.id) is None  # once


def test_a_case_taken_up_again_holds_and_gives_back_as_before(app: APIFlask, cast: Cast) -> None:
    """Hidden, lapsed, given back; reopened and hidden again: that counts, and is given back when it lapses again."""
    with time_machine.travel(START, tick=False) as clock:
        case = opened(proofs={})
        (report,) = cases.active_reports(case.id)
        for _ in range(2):
            clock.shift(timedelta(days=8))
            with transaction():
                take(case.id, cast.rui)
            interim = hidden(case, cast.rui)
            assert [a.id for a in queries.in_force(case.id)] == [interim.actions[0].id]
            with pytest.raises(Refused, match="interim_already"):
                hidden(case, cast.rui)
            clock.shift(timedelta(days=3))
            with transaction():
                assert lapse_returns() == 1
            with transaction():
                given_back = let_go(case.id)
            assert given_back is not None and [a.undoes_id for a in given_back.actions] == [interim.actions[0].id]
            assert queries.in_force(case.id) == []
            with transaction():
                reopen(report, Actor("reporter", "r"))


def test_a_second_one_has_its_own_time(app: APIFlask, cast: Cast) -> None:
    """The first ran out undecided; the clock of the second warns the leads as that of the first did."""
    with time_machine.travel(START, tick=False) as clock:
        case = opened(cast.rui)
        hidden(case, cast.rui)
        clock.move_to(END + timedelta(minutes=1))
        with transaction():
            tell_case(case, "interim_over", END)
            take(case.id, cast.rui)
        second = hidden(case, cast.rui)
        running = clocks.get(f"case:{case.id}", "INTERIM_MAX")
        assert running is not None and (running.state, running.due_at) == ("running", second.actions[0].ends_at)
