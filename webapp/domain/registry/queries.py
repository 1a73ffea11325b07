"""Looking at the registry: one registration, the list paged by key, whose reference a file is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from webapp.core.db import db, need
from webapp.domain.evidence.models import Evidence
from webapp.domain.registry.models import Registration, RegistrationItem

PAGE = 25


def get(registration_id: str) -> Registration:
    """The registration. Raises NotFound."""
    return need(Registration, registration_id, "no_such_registration")


def page(after: tuple[datetime, str] | None = None, search: str = "", limit: int = PAGE) -> list[Registration]:
    """Newest first with items and previews; `search` is part of a number or title. Up to `limit` + 1 rows."""
    statement = (
        select(Registration)
        .options(selectinload(Registration.items).joinedload(RegistrationItem.evidence).selectinload(Evidence.previews))
        .order_by(Registration.added_at.desc(), Registration.id.desc())
        .limit(limit + 1)
    )
    if search:
        part = f"%{search.translate({ord(ch): chr(92) + ch for ch in chr(92) + '%_'})}%"
        statement = statement.where(
            or_(Registration.number.ilike(part, escape="\\"), Registration.title.ilike(part, escape="\\"))
        )
    if after is not None:
        moment, row_id = after
        earlier = and_(Registration.added_at == moment, Registration.id < row_id)
        statement = statement.where(or_(Registration.added_at < moment, earlier))
    return list(db.session.scalars(statement))


def counts() -> dict[str, int]:
    """How many registrations are in each state."""
    rows = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
    return {state: number for state, number in rows}


def holders_of(evidence_ids: Collection[str]) -> dict[str, Registration]:
    """Whose reference each file is, by evidence id; files of no registration are missing."""
    rows = db.session.execute(
        select(RegistrationItem.evidence_id, Registration)
        .join(Registration, Registration.id == RegistrationItem.registration_id)
        .where(RegistrationItem.evidence_id.in_(evidence_ids))
        .order_by(Registration.added_at.desc())
    )
    return {evidence_id: registration for evidence_id, registration in rows}
