"""Four eyes: a choice that needs a second person waits as a proposal until somebody else agrees or refuses."""

from __future__ import annotations

from sqlalchemy import delete, select

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.service import move, take, touch
from webapp.domain.decisions import drafts
from webapp.domain.decisions.foreseeing import plan
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.decisions.rules import LONGEST, Choice
from webapp.domain.decisions.writing import Step, mark_reports, write
from webapp.domain.policy.shape import Event
from webapp.domain.staff.models import Staff


def propose(case: Case, staff: Staff, choice: Choice, why: list[str]) -> Proposal:
    """Leave the choice for a second person; the case is given back and waits as 'proposed'."""
    require_transaction("decisions.propose")
    actor = Actor("staff", staff.id, staff.name)
    outdate(case, actor)
    move(case, "propose", actor, why=why)
    db.session.execute(delete(Claim).where(Claim.case_id == case.id))
    proposal = Proposal(
        id=new_id(),
        case_id=case.id,
        case_version=case.version,
        staff_id=staff.id,
        choice=choice.to_json(),
        why=why,
        proposed_at=now(),
    )
    db.session.add(proposal)
    touch(case.id, staff.id)
    record(actor, "proposal.make", "case", case.id, proposal=proposal.id, why=why)
    db.session.flush()
    return proposal


def outdate(case: Case, actor: Actor) -> None:
    """A proposal that still waits no longer fits: the case changed, or somebody decides it anew."""
    require_transaction("decisions.outdate")
    waiting = list(db.session.scalars(select(Proposal).where(Proposal.case_id == case.id, Proposal.state == "waiting")))
    for proposal in waiting:
        proposal.state = "outdated"
        record(actor, "proposal.outdate", "case", case.id, proposal=proposal.id)
    if waiting and case.state == "proposed":
        move(case, "outdate", actor)
    db.session.flush()  # only one may wait (partial unique index)


def take_back(proposal_id: str, staff: Staff) -> Case:
    """Whoever proposed it thinks better of it while nobody has answered; the case is in their hands again.

    Raises Refused('not_your_choice') and Conflict('proposal_answered' | 'case_changed').
    """
    require_transaction("decisions.take_back")
    proposal = need(Proposal, proposal_id, "no_such_proposal")
    if proposal.staff_id != staff.id:
        raise Refused("not_your_choice")
    case = _still_waiting(proposal)
    actor = Actor("staff", staff.id, staff.name)
    proposal.state = "outdated"
    move(case, "undo", actor, proposal=proposal.id)
    drafts.keep(case, staff.id, choice=Choice.from_json(proposal.choice))
    take(case.id, staff)
    return case


def _answering(proposal_id: str, staff: Staff) -> Proposal:
    """The proposal if `staff` may answer it now. Raises Conflict('proposal_answered' | 'case_changed'),
    Refused('second_must_be_another')."""
    proposal = need(Proposal, proposal_id, "no_such_proposal")
    if proposal.staff_id == staff.id:
        raise Refused("second_must_be_another")
    _still_waiting(proposal)
    return proposal


def _still_waiting(proposal: Proposal) -> Case:
    if proposal.state != "waiting":
        raise Conflict("case_changed" if proposal.state == "outdated" else "proposal_answered")
    case = cases.get(proposal.case_id)
    if case.state != "proposed" or case.version != proposal.case_version:
        raise Conflict("case_changed")
    return case


def agree(proposal_id: str, staff: Staff) -> Decision:
    """A second person agrees, and the choice is the decision, counted from now. Both have touched the case."""
    require_transaction("decisions.agree")
    proposal = _answering(proposal_id, staff)
    case, first = cases.get(proposal.case_id), db.session.get_one(Staff, proposal.staff_id)
    proposal.state, proposal.second_id, proposal.answered_at = "agreed", staff.id, now()
    record(Actor("staff", staff.id, staff.name), "proposal.agree", "case", case.id, proposal=proposal.id)
    return first_decision(case, first, Choice.from_json(proposal.choice), second=staff)


def refuse_proposal(proposal_id: str, staff: Staff, note: str) -> Proposal:
    """A second person does not agree and says why; the case is open again. Raises Refused('note_missing')."""
    require_transaction("decisions.refuse_proposal")
    proposal = _answering(proposal_id, staff)
    if not note.strip():
        raise Refused("note_missing")
    if len(note) > LONGEST:
        raise Refused("reason_too_long", limit=LONGEST)
    actor = Actor("staff", staff.id, staff.name)
    proposal.state, proposal.second_id, proposal.answered_at = "refused", staff.id, now()
    proposal.note = note.strip()
    touch(proposal.case_id, staff.id)
    move(proposal.case, "refuse", actor, proposal=proposal.id)
    record(actor, "proposal.refuse", "case", proposal.case_id, proposal=proposal.id)
    return proposal


def first_decision(case: Case, staff: Staff, choice: Choice, second: Staff | None = None) -> Decision:
    """Write the first verdict of the case, with the second person's name where one agreed."""
    made = plan(case, choice)
    restricts: tuple[Event, ...] = ("measured", "restricted") if made.new else ()
    step = Step(
        actor=Actor("staff", staff.id, staff.name),
        verb="decide",
        events=(*restricts, "decided"),
        staff_id=staff.id,
        second_id=second.id if second else None,
        ends_review=True,
    )
    for person in filter(None, (staff, second)):
        touch(case.id, person.id)
    decision = write(case, made.outcome, step, made.new, made.undo, choice)
    mark_reports(case, choice, staff.id, take_back=False)
    return decision
