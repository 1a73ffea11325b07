"""A case goes from one pair of hands to another: asked for by a colleague, or given by name with a note."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries
from webapp.domain.cases.claims import end_handover, lease, require_claim
from webapp.domain.cases.life import as_actor
from webapp.domain.cases.models import Case, Claim, Handover
from webapp.domain.cases.rules import LIVE
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import can

LONGEST_NOTE = 500  # characters of a reason or a note between colleagues: one sentence or two


def want(case_id: str, staff: Staff, why: str) -> Claim:
    """Ask whoever holds the case to hand it over. They see it at once and stay free to keep it.

    Raises Conflict: 'nobody_holds' (take it instead), 'wanted_already' (another colleague asked first),
    Refused: 'yours_already', 'note_too_long'.
    """
    require_transaction("cases.want")
    claim, moment = _live_claim(case_id), now()
    if claim.staff_id == staff.id:
        raise Refused("yours_already")
    lately = claim.wanted_at is not None and claim.wanted_at > moment - lease()
    if claim.wanted_by is not None and claim.wanted_by_id != staff.id and lately:
        raise Conflict("wanted_already", name=claim.wanted_by.name)
    claim.wanted_by_id, claim.wanted_at, claim.wanted_why = staff.id, moment, _note(why)
    record(as_actor(staff), "case.want", "case", case_id, holder=claim.staff_id)
    db.session.flush()
    return claim


def decline(case_id: str, staff: Staff) -> None:
    """Keep the case although a colleague asked for it. Raises Conflict as `require_claim` does."""
    require_transaction("cases.decline")
    claim = require_claim(case_id, staff)
    if claim.wanted_by_id is not None:
        record(as_actor(staff), "case.keep", "case", case_id, asked_by=claim.wanted_by_id)
    _forget_wish(claim)


def hand_over(case_id: str, staff: Staff, to: Staff, note: str = "") -> Handover:
    """Give the case one holds to a colleague: it is theirs for as long as a claim lasts, and comes first in their next
    cases after that, too. Raises Refused: 'hand_to_another', 'cannot_review', 'note_too_long'; Conflict as
    `require_claim` does.
    """
    require_transaction("cases.hand_over")
    claim, moment = require_claim(case_id, staff), now()
    if to.id == staff.id:
        raise Refused("hand_to_another")
    if not to.active or not can(to.role, "review"):
        raise Refused("cannot_review", name=to.name)
    end_handover(case_id, staff)
    given = Handover(id=new_id(), case_id=case_id, from_id=staff.id, to_id=to.id, note=_note(note), at=moment)
    db.session.add(given)
    _forget_wish(claim)
    claim.staff_id, claim.taken_at, claim.expires_at = to.id, moment, moment + lease()
    record(as_actor(staff), "case.hand_over", "case", case_id, to=to.id)
    db.session.flush()
    return given


def take_back_handover(handover_id: str, staff: Staff) -> Case:
    """The giver thinks better of it before the colleague began. Raises Conflict('handed_taken') once they did."""
    require_transaction("cases.take_back_handover")
    given = need(Handover, handover_id, "no_such_handover")
    case = queries.get(given.case_id)
    claim, moment = db.session.get(Claim, given.case_id, populate_existing=True), now()
    others = claim is not None and claim.expires_at >= moment and claim.staff_id not in (given.to_id, staff.id)
    if given.from_id != staff.id or given.ended_at is not None or case.state not in LIVE or others:
        raise Conflict("handed_taken", reference=case.reference)
    given.ended, given.ended_at = "undone", moment
    if claim is None:
        claim = Claim(case_id=case.id, taken_at=moment)
        db.session.add(claim)
    claim.staff_id, claim.expires_at = staff.id, moment + lease()
    _forget_wish(claim)
    record(as_actor(staff), "case.take_back", "case", case.id, handed_to=given.to_id)
    db.session.flush()
    return case


def of(case_id: str) -> Handover | None:
    """To whom the case was handed and waits for, if it does."""
    return db.session.scalar(
        select(Handover)
        .where(Handover.case_id == case_id, Handover.ended_at.is_(None))
        .options(joinedload(Handover.giver))
    )


def handed_to(staff_id: str, limit: int = 20) -> list[Handover]:
    """What waits for this person by name and nobody else works on, the oldest first, with case and giver."""
    moment = now()
    return list(
        db.session.scalars(
            select(Handover)
            .join(Case, Case.id == Handover.case_id)
            .outerjoin(Claim, Claim.case_id == Handover.case_id)
            .where(
                Handover.to_id == staff_id,
                Handover.ended_at.is_(None),
                Case.state.in_(LIVE),
                or_(Claim.case_id.is_(None), Claim.expires_at < moment, Claim.staff_id == staff_id),
            )
            .options(joinedload(Handover.case).joinedload(Case.subject), joinedload(Handover.giver))
            .order_by(Handover.at, Handover.id)
            .limit(limit)
        )
    )


def wishes(staff_id: str) -> list[Claim]:
    """Cases this person holds that a colleague asks for, with case and colleague."""
    return list(
        db.session.scalars(
            select(Claim)
            .where(Claim.staff_id == staff_id, Claim.wanted_by_id.is_not(None), Claim.expires_at >= now())
            .options(joinedload(Claim.case), joinedload(Claim.wanted_by))
            .order_by(Claim.wanted_at)
        )
    )


def _live_claim(case_id: str) -> Claim:
    claim = db.session.get(Claim, case_id, populate_existing=True)
    if claim is None or claim.expires_at < now():
        raise Conflict("nobody_holds")
    return claim


def _forget_wish(claim: Claim) -> None:
    claim.wanted_by_id, claim.wanted_at, claim.wanted_why = None, None, None


def _note(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Refused("note_too_long", longest=LONGEST_NOTE)
    return text
