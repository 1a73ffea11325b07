"""A minute to think better of it: nothing goes out before, nothing is lost, and what no longer fits is not decided."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, opened
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.service import ask, take
from webapp.domain.decisions import drafts, held
from webapp.domain.decisions.models import Decision, HeldChoice, Proposal
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import agree, decide, take_back, undo
from webapp.domain.staff.models import Staff
from workers.run import run_task


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """A clock that runs only when told to, and an installation where decisions wait a minute."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"undo_seconds": 60})
    with time_machine.travel(now(), tick=False) as travel:
        yield travel
    app.config["SETTINGS"] = before


class Desk:
    """The people of the cast, read anew each time: a worker's turn in this process ends the session they came from."""

    def __init__(self, cast: Cast) -> None:
        self.ids = {name: getattr(cast, name).id for name in ("rui", "mei", "lan")}

    @property
    def rui(self) -> Staff:
        return db.session.get_one(Staff, self.ids["rui"])

    @property
    def mei(self) -> Staff:
        return db.session.get_one(Staff, self.ids["mei"])

    @property
    def lan(self) -> Staff:
        return db.session.get_one(Staff, self.ids["lan"])


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def case(clock: time_machine.Traveller, desk: Desk) -> Case:
    """A case held by Rui."""
    return opened(desk.rui)


def submitted(case: Case, staff: Staff, what: Choice | None = None) -> HeldChoice:
    with transaction():
        made = decide(case.id, staff, case.version, what or choice(case))
    assert isinstance(made, HeldChoice)
    return made


def posted(topic: str) -> int:
    return db.session.query(Task).filter_by(topic=topic).count()


def later(clock: time_machine.Traveller, case: Case) -> Case:
    """After the window, as a worker left the case."""
    case_id = case.id
    clock.shift(timedelta(seconds=61))
    go_out()
    return cases.get(case_id)


def go_out() -> list[str]:
    """Let the worker run whatever choice is due now; gives what became of each task."""
    waiting = select(Task.id).where(Task.topic == "choice.due", Task.due_at <= now(), Task.state == "todo")
    return [run_task(task_id) for task_id in db.session.scalars(waiting).all()]


def decisions_of(case: Case) -> list[Decision]:
    return db.session.query(Decision).filter_by(case_id=case.id).all()


def test_nothing_happens_for_a_minute_and_then_it_is_decided_as_of_then(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    waiting = submitted(case, desk.rui)
    assert (case.state, posted("decision.made"), waiting.due_at) == ("proposed", 0, now() + timedelta(seconds=60))
    clock.shift(timedelta(seconds=59))
    assert go_out() == []
    case = later(clock, case)
    (decision,) = decisions_of(case)
    assert (case.state, decision.staff_id, decision.decided_at) == ("decided", desk.rui.id, now())
    assert db.session.query(Claim).count() == 0
    kept = db.session.query(HeldChoice).one()
    assert (kept.state, kept.choice) == ("made", "{}")  # the decision keeps it; a second copy is for nobody


def test_meanwhile_it_stays_in_the_hands_of_whoever_submitted_it(case: Case, desk: Desk) -> None:
    submitted(case, desk.rui)
    with pytest.raises(Conflict, match="claimed_by_other"), transaction():
        take(case.id, desk.mei)
    with pytest.raises(Conflict, match="choice_waits"), transaction():
        decide(case.id, desk.rui, case.version, choice(case))


def test_undo_gives_back_case_and_text_and_nothing_ever_goes_out(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    waiting = submitted(case, desk.rui, choice(case, note="Ask Lan about the series."))
    with transaction():
        undo(waiting.id, desk.rui)
    assert case.state == "open"
    draft = drafts.of(case.id, desk.rui.id)
    assert draft is not None
    kept = drafts.read(draft)[1]
    assert kept is not None and (kept.reason, kept.note) == (
        "The same painting, mirrored.",
        "Ask Lan about the series.",
    )
    case = later(clock, case)
    assert (case.state, decisions_of(case)) == ("open", [])
    assert decided_again(case, desk.rui).state == "held"


def decided_again(case: Case, staff: Staff) -> HeldChoice:
    with transaction():
        take(case.id, staff)
    return submitted(case, staff)


def test_undoing_twice_too_late_or_for_somebody_else_is_refused(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    waiting = submitted(case, desk.rui)
    with pytest.raises(Refused, match="not_your_choice"), transaction():
        undo(waiting.id, desk.mei)
    with transaction():
        undo(waiting.id, desk.rui)
    with pytest.raises(Conflict, match="undone_already"), transaction():
        undo(waiting.id, desk.rui)
    again = submitted(case, desk.rui).id
    later(clock, case)
    with pytest.raises(Conflict, match="went_out"), transaction():
        undo(again, desk.rui)


def test_a_case_that_changed_is_not_decided_but_lies_before_its_reviewer_again(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    submitted(case, desk.rui)
    file_report()  # another report joins: it was never looked at
    case = later(clock, case)
    assert (case.state, decisions_of(case)) == ("open", [])
    ((draft, found),) = drafts.returned(desk.rui.id)
    assert (found.id, draft.came_back) == (case.id, "case_changed")
    claim = db.session.get_one(Claim, case.id)
    assert claim.staff_id == desk.rui.id and claim.expires_at > now()


def test_undoing_a_choice_that_no_longer_fits_gives_it_back_at_once(case: Case, desk: Desk) -> None:
    waiting = submitted(case, desk.rui)
    file_report()
    with transaction():
        undo(waiting.id, desk.rui)
    assert (waiting.state, case.state) == ("returned", "open")
    assert drafts.of(case.id, desk.rui.id) is not None


def test_consequences_that_grew_meanwhile_are_looked_at_again(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    """Two cases of one account within a minute: the second would climb a rung its reviewer never saw."""
    graver = opened(desk.rui, content_ref="p2", address="http://127.0.0.1:8001/posts/p2", kind="LIKENESS")
    case_id = case.id
    submitted(graver, desk.rui)
    clock.shift(timedelta(seconds=20))
    assert submitted(case, desk.rui).foreseen == [["remove", None], ["warn", None]]
    clock.shift(timedelta(seconds=41))
    assert go_out() == ["done"]
    case = later(clock, cases.get(case_id))
    assert (case.state, decisions_of(case)) == ("open", [])
    ((draft, found),) = drafts.returned(desk.rui.id)
    assert (found.id, draft.came_back) == (case.id, "outcome_changed")


def test_the_workers_were_late_and_a_colleague_decided_otherwise(
    case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    submitted(case, desk.rui)
    clock.shift(timedelta(minutes=7))
    with transaction():
        take(case.id, desk.mei)
    submitted(case, desk.mei)
    draft = drafts.of(case.id, desk.rui.id)
    assert draft is not None and draft.came_back == "decided_otherwise"
    case = later(clock, case)
    assert [d.staff_id for d in decisions_of(case)] == [desk.mei.id]


def test_urgent_cases_and_those_whose_clock_runs_out_are_not_held(case: Case, desk: Desk) -> None:
    urgent = opened(desk.rui, kind="FRAUD", content_ref="p9", address="http://127.0.0.1:8001/posts/p9")
    assert held.window(urgent) == timedelta(0)
    assert held.window(case) == timedelta(seconds=60)
    with transaction():
        case.due_at = now() + timedelta(seconds=30)
    assert decided(case, desk.rui).case_id == case.id


def test_a_question_or_a_proposal_waits_on_when_a_decision_is_undone(case: Case, desk: Desk) -> None:
    with transaction():
        ask(case, cases.active_reports(case.id)[0], desk.rui, "Which of the two is yours?")
    waiting = submitted(case, desk.rui)
    with transaction():
        undo(waiting.id, desk.rui)
    assert case.state == "asked"
    with transaction():
        proposal = decide(case.id, desk.rui, case.version, choice(case, ("remove", None), ("suspend", 14)))
        take(case.id, desk.mei)
    assert isinstance(proposal, Proposal)
    lighter = submitted(case, desk.mei)
    with pytest.raises(Conflict, match="case_changed"), transaction():
        agree(proposal.id, desk.lan)
    with transaction():
        undo(lighter.id, desk.mei)
    with transaction():
        assert agree(proposal.id, desk.lan).second_id == desk.lan.id


def test_a_proposal_can_be_taken_back_while_nobody_answered(case: Case, desk: Desk) -> None:
    with transaction():
        proposal = decide(case.id, desk.rui, case.version, choice(case, ("remove", None), ("suspend", 14)))
    assert isinstance(proposal, Proposal)
    with pytest.raises(Refused, match="not_your_choice"), transaction():
        take_back(proposal.id, desk.mei)
    with transaction():
        take_back(proposal.id, desk.rui)
    assert (case.state, db.session.get_one(Claim, case.id).staff_id) == ("open", desk.rui.id)
    with pytest.raises(Conflict, match="case_changed"), transaction():
        agree(proposal.id, desk.mei)


def test_undo_and_the_due_time_at_once_have_one_winner(
    app: APIFlask, case: Case, desk: Desk, clock: time_machine.Traveller
) -> None:
    """Two real connections, also on PostgreSQL: either it went out whole, or it is back whole."""
    waiting_id, case_id = submitted(case, desk.rui).id, case.id
    rui_id, results = desk.rui.id, list[str]()
    clock.shift(timedelta(seconds=60))
    db.session.rollback()
    gate = threading.Barrier(2)

    def due() -> None:
        with app.app_context():
            gate.wait()
            with transaction():
                held.come_due(waiting_id)

    def think_again() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    undo(waiting_id, db.session.get_one(Staff, rui_id))
                results.append("undone")
            except Conflict as error:
                results.append(error.code)

    both = [threading.Thread(target=due), threading.Thread(target=think_again)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    found = cases.get(case_id)
    assert (results, found.state, len(decisions_of(found))) in (
        (["undone"], "open", 0),
        (["went_out"], "decided", 1),
    )


def test_forgotten_drafts_are_erased(case: Case, desk: Desk, clock: time_machine.Traveller) -> None:
    with transaction():
        drafts.keep(case, desk.rui.id, form=[("reason", "Half a sentence")])
    when: datetime = now() + drafts.LIFE + timedelta(hours=1)
    clock.move_to(when)
    with transaction():
        drafts.forget_stale()
    assert drafts.of(case.id, desk.rui.id) is None
