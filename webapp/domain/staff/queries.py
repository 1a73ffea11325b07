"""Looking at staff: by address, by session, all of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.core.ids import digest
from webapp.domain.staff.models import Staff, StaffSession
from webapp.domain.staff.rules import IDLE, session_holds


def get(staff_id: str) -> Staff:
    """The person. Raises NotFound."""
    return need(Staff, staff_id, "no_such_staff")


def by_email(email: str) -> Staff | None:
    """The person behind a sign-in address in its kept form (see rules.normal_email)."""
    return db.session.scalar(select(Staff).where(Staff.email == email))


def everyone() -> list[Staff]:
    """All staff, the active ones first, by name."""
    return list(db.session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.name)))


def names(staff_ids: Iterable[str]) -> dict[str, str]:
    """Names by id, for pages that show who acted."""
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(set(staff_ids))))
    return {staff_id: name for staff_id, name in rows}


def live_session(token: str) -> StaffSession | None:
    """The sign-in this token opens, with its person, or None: unknown, revoked, idle, over, or made inactive."""
    session = db.session.scalar(
        select(StaffSession).where(StaffSession.token_digest == digest(token)).options(joinedload(StaffSession.staff))
    )
    if session is None or not session.staff.active:
        return None
    return session if session_holds(session.seen_at, session.expires_at, session.revoked_at, now()) else None


def open_sessions() -> dict[str, int]:
    """How many sign-ins of each person are live now, by staff id."""
    moment = now()
    rows = db.session.execute(
        select(StaffSession.staff_id, func.count())
        .where(
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > moment,
            StaffSession.seen_at > moment - IDLE,
        )
        .group_by(StaffSession.staff_id)
    )
    return {staff_id: number for staff_id, number in rows}
