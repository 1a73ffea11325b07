"""Looking at questions of the desk: which wait for an answer, and until when they are waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from webapp.core.clock import now
from webapp.core.db import db
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.clocks.models import Clock
from webapp.domain.clocks.queries import latest_due
from webapp.domain.policy.queries import book


def active() -> ColumnElement[bool]:
    """A report the case is about: neither withdrawn nor lapsed."""
    return and_(CaseReport.withdrawn_at.is_(None), CaseReport.notice != "lapsed")


def answer_by(asked_at: datetime) -> datetime:
    """Until when a question waits for its answer; then the case is decided on what is here."""
    return asked_at + timedelta(days=book().numbers.answer_days)


def due_at_latest(clock: Clock) -> datetime:
    """When a clock is due even if nobody answers what it stands still for; else its due time."""
    asked = [p.from_at for p in clock.pauses if p.until_at is None and p.reason.startswith("asked_")]
    return latest_due(clock, answer_by(max(asked))) if asked else clock.due_at


def waiting(case_id: str) -> list[Message]:
    """The questions of the case that wait: to a report that still stands or to the account, nothing was written since,
    and their time is not over. Oldest first."""
    return list(db.session.scalars(_unanswered().where(Message.case_id == case_id, ~_overdue())))


def waits_for_answer(case_id: str) -> bool:
    """Whether any question of the case waits."""
    return db.session.scalar(_unanswered().where(Message.case_id == case_id, ~_overdue()).limit(1)) is not None


def overdue(limit: int) -> Sequence[Case]:
    """Cases that wait for an answer although the time of every question is over (an index lists those that wait)."""
    still = _unanswered().with_only_columns(Message.id).where(Message.case_id == Case.id, ~_overdue()).exists()
    return db.session.scalars(
        select(Case).where(Case.state == "asked", ~still).order_by(Case.queue, Case.rank, Case.order_at).limit(limit)
    ).all()


def _overdue() -> ColumnElement[bool]:
    return Message.sent_at <= now() - timedelta(days=book().numbers.answer_days)


def _unanswered() -> Select[Message]:
    reply = aliased(Message)
    same = or_(
        reply.report_id == Message.report_id,
        and_(Message.side == "respondent", reply.side == "respondent", reply.case_id == Message.case_id),
    )
    answered = select(reply.id).where(same, reply.sent_by == "party", reply.sent_at >= Message.sent_at)
    return (
        select(Message)
        .outerjoin(CaseReport, CaseReport.report_id == Message.report_id)
        .where(Message.asks, or_(Message.side == "respondent", active()), ~answered.exists())
        .order_by(Message.sent_at, Message.id)
    )
