"""Four eyes: what one person may not decide alone waits for another, and falls away when the case changes."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy.exc import IntegrityError

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, kinds, opened
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.outbox import Task
from webapp.domain.cases.models import Case, CaseTouch, Claim
from webapp.domain.cases.service import take
from webapp.domain.decisions import queries
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import agree, decide, impose_interim, refuse_proposal
from webapp.domain.staff.models import Staff


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case held by Rui."""
    return opened(cast.rui)


def proposed(case: Case, staff: Staff, what: Choice | None = None) -> Proposal:
    """A suspension of two weeks, which needs a second person."""
    with transaction():
        made = decide(case.id, staff, case.version, what or choice(case, ("remove", None), ("suspend", 14)))
    assert isinstance(made, Proposal)
    return made


def test_a_second_person_agrees_and_it_is_decided(case: Case, cast: Cast) -> None:
    """Nothing happens until then; then both names stand on the decision and both have touched the case."""
    proposal = proposed(case, cast.rui)
    assert (case.state, proposal.why, db.session.query(Claim).count()) == ("proposed", ["suspend"], 0)
    assert db.session.query(Task).filter_by(topic="decision.made").count() == 0
    assert queries.waiting(case.id) is proposal
    with transaction():
        decision = agree(proposal.id, cast.mei)
    assert (decision.staff_id, decision.second_id) == (cast.rui.id, cast.mei.id)
    assert kinds(decision) == ["remove", "suspend"] and case.state == "decided"
    assert {t.staff_id for t in db.session.query(CaseTouch)} == {cast.rui.id, cast.mei.id}
    assert db.session.query(Task).filter_by(topic="decision.made").count() == 1
    with pytest.raises(Conflict, match="proposal_answered"), transaction():
        agree(proposal.id, cast.lan)


def test_nobody_agrees_with_themselves(case: Case, cast: Cast) -> None:
    """Neither by the verb nor in the database."""
    proposal = proposed(case, cast.rui)
    with pytest.raises(Refused, match="second_must_be_another"), transaction():
        agree(proposal.id, cast.rui)
    with pytest.raises(IntegrityError), transaction():
        db.session.get_one(Proposal, proposal.id).second_id = cast.rui.id


def test_a_refusal_says_why_and_opens_the_case_again(case: Case, cast: Cast) -> None:
    """The proposer reads the note; somebody decides anew."""
    proposal = proposed(case, cast.rui)
    with pytest.raises(Refused, match="note_missing"), transaction():
        refuse_proposal(proposal.id, cast.mei, " ")
    with transaction():
        refuse_proposal(proposal.id, cast.mei, "A warning is enough here.")
    assert (case.state, proposal.state, proposal.note) == ("open", "refused", "A warning is enough here.")
    with transaction():
        take(case.id, cast.rui)
    assert decided(case, cast.rui).second_id is None


def test_a_new_report_makes_the_proposal_outdated(case: Case, cast: Cast) -> None:
    """The second person is told, and a new proposal takes its place."""
    proposal = proposed(case, cast.rui)
    file_report()
    assert case.state == "open" and queries.waiting(case.id) is None
    with pytest.raises(Conflict, match="case_changed"), transaction():
        agree(proposal.id, cast.mei)
    with transaction():
        take(case.id, cast.mei)
    again = proposed(case, cast.mei)
    assert (proposal.state, again.state) == ("outdated", "waiting")


def test_somebody_else_may_decide_something_lighter_meanwhile(case: Case, cast: Cast) -> None:
    """Whoever takes a proposed case decides it; the proposal no longer fits."""
    proposal = proposed(case, cast.rui)
    with transaction():
        take(case.id, cast.mei)
    decided(case, cast.mei)
    assert (case.state, proposal.state) == ("decided", "outdated")
    with pytest.raises(Conflict, match="case_changed"), transaction():
        agree(proposal.id, cast.lan)


def test_urgent_kinds_always_need_two(app: APIFlask, cast: Cast) -> None:
    """Also where nothing is found; a provisional measure meanwhile needs one, and lets the proposal wait on."""
    case = opened(cast.rui, kind="FRAUD")
    proposal = proposed(case, cast.rui, choice(case, ("remove", None)))
    assert proposal.why == ["close", "urgent"]  # zero tolerance: twelve points close the account
    with transaction():
        take(case.id, cast.mei)
        impose_interim(case.id, cast.mei, case.version, "disable", "It is asking for money right now.")
    assert queries.waiting(case.id) is proposal
    with transaction():
        decision = agree(proposal.id, cast.mei)
    assert kinds(decision) == ["remove", "close"]  # what was hidden stays away: nothing to give back
    assert [d.stage for d in db.session.query(Decision).order_by(Decision.case_version)] == ["interim", "first"]
