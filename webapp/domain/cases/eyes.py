"""A second pair of eyes: a colleague is asked to look and says what they find. Whoever asked keeps the case."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.cases.claims import require_claim
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import SecondEyes
from webapp.domain.cases.rules import LIVE
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import can

FINDINGS = ("supported", "not_supported", "cannot_tell")
PAGE = 25


def ask_eyes(case: Case, staff: Staff, question: str, of: Staff | None = None) -> SecondEyes:
    """Ask a colleague, or anybody (None), what they see. The case stays with whoever asks, and in its state.

    Raises Refused: 'question_missing', 'cannot_ask_them' (oneself, or nobody who reviews), 'case_not_open'.
    """
    require_transaction("cases.ask_eyes")
    require_claim(case.id, staff)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    if not question.strip():
        raise Refused("question_missing")
    if of is not None and (of.id == staff.id or not of.active or not can(of.role, "review")):
        raise Refused("cannot_ask_them")
    asked = SecondEyes(
        id=new_id(),
        case_id=case.id,
        asked_by_id=staff.id,
        asked_of_id=of.id if of else None,
        question=question.strip(),
        asked_at=now(),
    )
    db.session.add(asked)
    record(as_actor(staff), "eyes.ask", "case", case.id, eyes=asked.id, of=of.name if of else "")
    return asked


def answer_eyes(eyes_id: str, staff: Staff, finding: str, note: str) -> SecondEyes:
    """Say what one sees; the first answer counts. Whoever looked has worked on the case and decides no appeal of it.

    Raises Refused: 'not_asked_of_you', 'eyes_finding_missing', 'eyes_withdrawn', 'case_not_open';
    Conflict('eyes_answered').
    """
    require_transaction("cases.answer_eyes")
    asked = get(eyes_id, hold=True)
    if asked.asked_by_id == staff.id or asked.asked_of_id not in (None, staff.id):
        raise Refused("not_asked_of_you")
    if asked.answered_at is not None:
        raise Conflict("eyes_answered")
    if asked.withdrawn_at is not None:
        raise Refused("eyes_withdrawn")
    if asked.case.state not in LIVE:
        raise Refused("case_not_open", state=asked.case.state)
    if finding not in FINDINGS:
        raise Refused("eyes_finding_missing")
    asked.answered_by_id, asked.answered_at = staff.id, now()
    asked.finding, asked.note = finding, note.strip()
    touch(asked.case_id, staff.id)
    record(as_actor(staff), "eyes.answer", "case", asked.case_id, eyes=asked.id, finding=finding)
    return asked


def withdraw_eyes(eyes_id: str, staff: Staff) -> SecondEyes:
    """Whoever asked no longer needs it. Raises Refused('eyes_not_yours'), Conflict('eyes_answered')."""
    require_transaction("cases.withdraw_eyes")
    asked = get(eyes_id, hold=True)
    if asked.asked_by_id != staff.id:
        raise Refused("eyes_not_yours")
    if asked.answered_at is not None:
        raise Conflict("eyes_answered")
    if asked.withdrawn_at is None:
        asked.withdrawn_at = now()
        record(as_actor(staff), "eyes.withdraw", "case", asked.case_id, eyes=asked.id)
    return asked


def read_eyes(eyes_id: str, staff: Staff) -> SecondEyes:
    """Whoever asked has read the answer; it leaves their list, not the case. Raises Refused('eyes_not_yours')."""
    require_transaction("cases.read_eyes")
    asked = get(eyes_id, hold=True)
    if asked.asked_by_id != staff.id:
        raise Refused("eyes_not_yours")
    asked.read_at = asked.read_at or now()
    return asked


def get(eyes_id: str, *, hold: bool = False) -> SecondEyes:
    """What was asked; `hold`: until the transaction ends, so that of two answers one comes first. Raises NotFound."""
    if hold:
        db.session.execute(select(SecondEyes.id).where(SecondEyes.id == eyes_id).with_for_update())
    return need(SecondEyes, eyes_id, "no_such_eyes")


def of_cases(case_ids: Collection[str]) -> list[SecondEyes]:
    """Everything asked and answered in these cases, newest first; what was withdrawn is left out."""
    ours = SecondEyes.case_id.in_(case_ids), SecondEyes.withdrawn_at.is_(None)
    return list(db.session.scalars(select(SecondEyes).where(*ours).order_by(SecondEyes.asked_at.desc())))


def asked_of(staff: Staff, limit: int = PAGE) -> Sequence[SecondEyes]:
    """What waits for this person's eyes, by name first, then what anybody may answer; the oldest first."""
    mine = SecondEyes.asked_of_id == staff.id
    anybody = SecondEyes.asked_of_id.is_(None) & (SecondEyes.asked_by_id != staff.id)
    return [*_open(mine, limit), *_open(anybody, limit)][:limit]


def answered_for(staff: Staff, limit: int = PAGE) -> Sequence[SecondEyes]:
    """What this person asked and has not read the answer of yet, answered ones first, in cases that wait."""
    mine = select(SecondEyes).where(
        SecondEyes.asked_by_id == staff.id, SecondEyes.withdrawn_at.is_(None), SecondEyes.read_at.is_(None)
    )
    return _cases(mine.order_by(SecondEyes.answered_at.is_(None), SecondEyes.asked_at), limit)


def waiting_rows(staff: Staff) -> tuple[Select[str], Select[str]]:
    """What to count for this person: questions to them or to anybody, and answers to their own they have not read."""
    live = select(SecondEyes.id).join(SecondEyes.case).where(Case.state.in_(LIVE), SecondEyes.withdrawn_at.is_(None))
    return (
        live.where(
            or_(SecondEyes.asked_of_id == staff.id, SecondEyes.asked_of_id.is_(None)),
            SecondEyes.asked_by_id != staff.id,
            SecondEyes.answered_at.is_(None),
        ),
        live.where(
            SecondEyes.asked_by_id == staff.id, SecondEyes.read_at.is_(None), SecondEyes.answered_at.is_not(None)
        ),
    )


def _open(whose: ColumnElement[bool], limit: int) -> Sequence[SecondEyes]:
    still = SecondEyes.answered_at.is_(None), SecondEyes.withdrawn_at.is_(None)
    return _cases(select(SecondEyes).where(whose, *still).order_by(SecondEyes.asked_at, SecondEyes.id), limit)


def _cases(statement: Select[SecondEyes], limit: int) -> Sequence[SecondEyes]:
    return db.session.scalars(
        statement.join(SecondEyes.case)
        .where(Case.state.in_(LIVE))
        .options(contains_eager(SecondEyes.case).joinedload(Case.subject), joinedload(SecondEyes.asked_by))
        .limit(limit)
    ).all()
