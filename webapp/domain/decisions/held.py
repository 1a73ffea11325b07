"""Time to think better of it: a submitted choice waits a minute before it becomes the decision, and is never lost.

The row and its task are written in one transaction, so a process that dies in the window changes nothing: the sweeper
finds the task when it is due. Whatever no longer fits then (the case or the consequences changed) is not decided, but
lies as a draft in the hands of whoever submitted it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction, settings
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.service import move, take, touch
from webapp.domain.decisions import drafts
from webapp.domain.decisions.foreseeing import foresee, second_needed
from webapp.domain.decisions.models import HeldChoice, Proposal
from webapp.domain.decisions.proposals import first_decision, outdate, propose
from webapp.domain.decisions.rules import Choice, Outcome
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff

# Why a choice came back: the case changed, its consequences changed, the rules refuse it now, somebody else decided.
RETURNS = ("case_changed", "outcome_changed", "refused", "decided_otherwise")
# The reviewer keeps the case this long past the due time, should the workers be late; then it is free for others.
GRACE = timedelta(minutes=5)


def window(case: Case) -> timedelta:
    """How long a choice on this case can be taken back. None at all where waiting harms: urgent kinds, and cases whose
    clock would run out meanwhile or has."""
    time = timedelta(seconds=settings().undo_seconds)
    hurried = book().urgent(case.priority) or (case.due_code != "" and case.due_at <= now() + time)
    return timedelta(0) if hurried else time


def hold(case: Case, staff: Staff, choice: Choice, outcome: Outcome) -> HeldChoice:
    """Keep the choice until its window is over; the case stays in the reviewer's hands. Posts `choice.due` for then."""
    require_transaction("decisions.hold")
    before, moment = case.state, now()
    due = moment + window(case)
    held = HeldChoice(
        id=new_id(),
        case_id=case.id,
        before=before,
        staff_id=staff.id,
        choice=json.dumps(choice.to_json(), ensure_ascii=False),
        foreseen=_measures(outcome),
        held_at=moment,
        due_at=due,
    )
    move(case, "hold", _actor(staff), held=held.id, until=due.isoformat())
    held.case_version = case.version
    db.session.add(held)
    touch(case.id, staff.id)
    db.session.execute(update(Claim).where(Claim.case_id == case.id).values(expires_at=due + GRACE))
    outbox.post("choice.due", due_at=due, held_id=held.id)
    db.session.flush()  # only one may wait (partial unique index)
    return held


def undo(held_id: str, staff: Staff) -> Case:
    """Take the choice back into the hands of whoever submitted it, with everything typed. Where a colleague holds the
    case by now (it was handed over, or the workers were late), it stays theirs: nothing goes out all the same.

    Raises Refused('not_your_choice'), Conflict('undone_already' | 'went_out' | 'came_back_already').
    """
    require_transaction("decisions.undo")
    held = _locked(held_id)
    if held.staff_id != staff.id:
        raise Refused("not_your_choice")
    case = cases.get(held.case_id)
    if held.state != "held":
        code = {"undone": "undone_already", "made": "went_out"}.get(held.state, "came_back_already")
        raise Conflict(code, reference=case.reference)
    if not fits(held, case):
        _return(held, case, "case_changed")
        return case
    _end(held, "undone")
    _step_back(held, case, _actor(staff))
    _keep_typed(held, case, "")
    with suppress(Conflict):
        take(case.id, staff)
    return case


def come_due(held_id: str, may: Callable[[Case, Staff], None] = lambda _case, _staff: None) -> None:
    """The window is over: the choice is the decision of its reviewer, or a proposal where it now needs a second person.

    What does not fit any more lies again before its reviewer, as does what they must not decide by now: `may` raises
    Refused then (the room of queues knows of interests and of who may enter). A repeat finds nothing left to do.
    """
    require_transaction("decisions.come_due")
    held = _locked(held_id)
    if held.state != "held" or held.due_at > now():
        return
    case, staff = cases.get(held.case_id), db.session.get_one(Staff, held.staff_id)
    if not fits(held, case):
        return _return(held, case, "case_changed")
    choice = choice_of(held)
    try:
        may(case, staff)
        outcome = foresee(case, choice)
    except Refused:
        return _return(held, case, "refused")
    if _measures(outcome) != held.foreseen:
        return _return(held, case, "outcome_changed")
    _end(held, "made")
    held.choice = "{}"
    drafts.forget(case.id, staff.id)
    if why := second_needed(case, outcome):
        propose(case, staff, choice, why)
    else:
        outdate(case, _actor(staff))
        first_decision(case, staff, choice)


def overtake(case: Case, staff: Staff) -> None:
    """The case is decided anew: what still waited lies as a draft before whoever submitted it.

    Raises Conflict('choice_waits') while it is one's own and still fits: that is undone first.
    """
    require_transaction("decisions.overtake")
    waiting = of(case.id)
    if waiting is None:
        return
    own = waiting.staff_id == staff.id
    if own and fits(waiting, case):
        raise Conflict("choice_waits")
    _return(waiting, case, "case_changed" if own else "decided_otherwise")


def of(case_id: str) -> HeldChoice | None:
    """The choice that waits to become this case's decision."""
    return db.session.scalar(select(HeldChoice).where(HeldChoice.case_id == case_id, HeldChoice.state == "held"))


def mine(staff_id: str, limit: int = 5) -> list[HeldChoice]:
    """Choices of this person that wait, with their cases, the last submitted first.

    No more than `limit`: a frame has room for a few, and an act on many cases is undone on its own page.
    """
    return list(
        db.session.scalars(
            select(HeldChoice)
            .where(HeldChoice.staff_id == staff_id, HeldChoice.state == "held")
            .options(joinedload(HeldChoice.case))
            .order_by(HeldChoice.due_at.desc(), HeldChoice.id)
            .limit(limit)
        )
    )


def choice_of(held: HeldChoice) -> Choice:
    """What was submitted."""
    return Choice.from_json(json.loads(held.choice))


def _locked(held_id: str) -> HeldChoice:
    """The row, with its writer's turn: undo and the due time never meet. Raises NotFound."""
    need(HeldChoice, held_id, "no_such_choice")
    return db.session.get_one(HeldChoice, held_id, with_for_update=True, populate_existing=True)


def fits(held: HeldChoice, case: Case) -> bool:
    """Whether the case is as it was when the choice was submitted; anything else is for a person to look at again."""
    return case.state == "proposed" and case.version == held.case_version


def _step_back(held: HeldChoice, case: Case, actor: Actor, **facts: str) -> None:
    """The case waits again for what it waited for before; so does a colleague's proposal nobody has answered."""
    verb = {"asked": "undo_asked", "proposed": "undo_proposed"}.get(held.before, "undo")
    move(case, verb, actor, held=held.id, **facts)
    waiting = update(Proposal).where(Proposal.case_id == case.id, Proposal.state == "waiting")
    db.session.execute(waiting.values(case_version=case.version))


def _return(held: HeldChoice, case: Case, why: str) -> None:
    """Do not decide; put the choice before its reviewer again and the case back into the queue."""
    staff = db.session.get_one(Staff, held.staff_id)
    _end(held, "returned")
    if fits(held, case):
        _step_back(held, case, SYSTEM, why=why)
    _keep_typed(held, case, why)
    record(_actor(staff), "choice.return", "case", case.id, held=held.id, why=why)


def _keep_typed(held: HeldChoice, case: Case, came_back: str) -> None:
    """The form as it was typed, if the desk kept it, else the choice itself."""
    typed = drafts.of(held.case_id, held.staff_id)
    if typed is None:
        drafts.keep(case, held.staff_id, choice=choice_of(held), came_back=came_back)
    else:
        typed.came_back = came_back
        if not came_back:  # that it was submitted and taken back is no change anybody has to be told of
            typed.case_version = case.version


def _end(held: HeldChoice, state: str) -> None:
    held.state, held.ended_at = state, now()
    db.session.flush()


def _measures(outcome: Outcome) -> list[list[object]]:
    return [[fact.kind, fact.days] for fact in outcome.actions]


def _actor(staff: Staff) -> Actor:
    return Actor("staff", staff.id, staff.name)
