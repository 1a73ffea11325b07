"""The verbs of a queue: take a case, take the next, pass it over, put it elsewhere, pass it on to who knows better."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, NotAllowed, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import handing
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.life import as_actor
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.weighing import reorder, weigh
from webapp.domain.policy.queries import book
from webapp.domain.queues import interests, queries, rules
from webapp.domain.queues.models import Rerouting, Skip
from webapp.domain.staff.models import Staff

TRIES = 5  # somebody faster only means looking once more, so often


def may_take(case: Case, staff: Staff) -> None:
    """Whether this person may work on the case: a member of its queue, without an interest in it.

    Raises NotAllowed: 'queue_role', 'queue_skill', 'queue_language', 'interest_declared'.
    """
    _member(case.queue, staff)
    impartial(case, staff)


def impartial(case: Case, staff: Staff) -> None:
    """Whether nothing ties this person to the case. Raises NotAllowed('interest_declared')."""
    if interests.in_conflict(case.id, staff.id):
        raise NotAllowed("interest_declared")


def _member(queue: str, staff: Staff) -> None:
    rules.require(book().queues.of(queue), staff.role, staff.skills, staff.reads)


def take(case_id: str, staff: Staff) -> Claim:
    """Take the lease on a case; membership and interests are looked at now, not when the list was drawn.

    Raises NotAllowed as `may_take`; Conflict('claimed_by_other'), Refused('case_not_open').
    """
    require_transaction("queues.take")
    may_take(cases.get(case_id), staff)
    passed = db.session.get(Skip, (case_id, staff.id))
    if passed is not None:  # who takes it after all has changed their mind
        db.session.delete(passed)
    return case_verbs.take(case_id, staff)


def take_next(staff: Staff, queue: str = "", skip: Collection[str] = ()) -> Case | None:
    """Take the next case of one queue, or of all the person may enter; None when nothing waits for them.

    What a colleague handed to them by name comes first.
    """
    require_transaction("queues.take_next")
    seen = set(skip)
    for given in handing.handed_to(staff.id):
        if given.case_id not in seen and _taken(given.case_id, staff):
            return cases.get(given.case_id)
    for _try in range(TRIES):
        case = queries.next_for(staff, queue, seen)
        if case is None or _taken(case.id, staff):
            return case
        seen.add(case.id)
    return None


def _taken(case_id: str, staff: Staff) -> bool:
    """Whether they could take it: somebody may have been faster, or it is not for them."""
    try:
        take(case_id, staff)
    except (Conflict, NotAllowed):
        return False
    return True


def skip(case_id: str, staff: Staff, why: str, note: str = "") -> Skip:
    """Pass a case over: it goes back to the others at once, and to this person after the shift. `why` is a code of the
    book. Raises Refused('skip_why_missing', 'text_too_long').
    """
    require_transaction("queues.skip")
    chapter = book().queues
    if why not in chapter.skip_reasons:
        raise Refused("skip_why_missing")
    note = rules.check_note(note)
    case, moment = cases.get(case_id), now()
    found = db.session.get(Skip, (case_id, staff.id))
    if found is None:
        found = Skip(case_id=case_id, staff_id=staff.id)
        db.session.add(found)
    found.why, found.note, found.skipped_at = why, note, moment
    found.until_at = moment + timedelta(hours=chapter.shift_hours)
    case_verbs.release(case_id, staff)
    record(as_actor(staff), "case.skip", "case", case_id, why=why, queue=case.queue)
    return found


def unskip(case_id: str, staff: Staff) -> None:
    """Take back that one passed it over; what is no longer so changes nothing."""
    require_transaction("queues.unskip")
    found = db.session.get(Skip, (case_id, staff.id))
    if found is not None:
        db.session.delete(found)
        record(as_actor(staff), "case.unskip", "case", case_id)


def move(case_id: str, queue: str, staff: Staff, why: str) -> Rerouting:
    """Put a case into another queue, where it stays whatever the criteria say; '' gives it back to the criteria.

    Only who may work on it, lest a closed queue be emptied into an open one; who may not enter the new queue no longer
    holds it. Raises Refused('no_such_queue', 'same_queue', 'reroute_why_missing', 'text_too_long', 'case_not_open'),
    NotAllowed as `may_take`, Conflict('claimed_by_other').
    """
    require_transaction("queues.move")
    if queue and queue not in book().queues.queue:
        raise Refused("no_such_queue")
    case = _movable(case_id, staff)
    may_take(case, staff)
    if queue == case.queue or (not queue and not case.queue_fixed):
        raise Refused("same_queue")
    return _reroute(case, "move" if queue else "return", queue, staff, rules.check_reason(why))


def escalate(case_id: str, staff: Staff, why: str) -> Rerouting:
    """Pass a case on to the queue for hard ones; its clocks run on. Raises Refused('nowhere_to_escalate'), and as
    `move` does.
    """
    require_transaction("queues.escalate")
    case = _movable(case_id, staff)
    may_take(case, staff)
    goal = book().queues.of(case.queue).escalate_to
    if not goal:
        raise Refused("nowhere_to_escalate")
    return _reroute(case, "escalate", goal, staff, rules.check_reason(why))


def unmove(rerouting_id: str, staff: Staff) -> Case:
    """Put the case back where it was before one's own rerouting, though one may not enter where it is now. Raises
    Conflict('case_changed') when somebody moved it again meanwhile, and as `move` does.
    """
    require_transaction("queues.unmove")
    done = need(Rerouting, rerouting_id, "no_such_case")
    case = _movable(done.case_id, staff)
    if case.queue != done.after or done.staff_id != staff.id:
        raise Conflict("case_changed")
    _member(done.before, staff)
    impartial(case, staff)
    goal = done.before if done.before_fixed else ""
    _reroute(case, "move" if goal else "return", goal, staff, done.why)
    return case


def _movable(case_id: str, staff: Staff) -> Case:
    case = cases.get(case_id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    holder = cases.holder(case_id)
    if holder is not None and holder.id != staff.id:
        raise Conflict("claimed_by_other", name=holder.name)
    return case


def _reroute(case: Case, verb: str, queue: str, staff: Staff, why: str) -> Rerouting:
    before, fixed = case.queue, case.queue_fixed
    case.queue, case.queue_fixed = queue, bool(queue)
    if queue:
        reorder(case)
    else:
        weigh(case)
    done = Rerouting(
        id=new_id(),
        case_id=case.id,
        staff_id=staff.id,
        verb=verb,
        before=before,
        before_fixed=fixed,
        after=case.queue,
        why=why,
        moved_at=now(),
    )
    db.session.add(done)
    said = "case.escalate" if verb == "escalate" else "case.reroute"
    record(as_actor(staff), said, "case", case.id, before=before, after=case.queue)
    if verb == "escalate" or rules.barred(book().queues.of(case.queue), staff.role, staff.skills, staff.reads):
        case_verbs.release(case.id, staff)
    return done
