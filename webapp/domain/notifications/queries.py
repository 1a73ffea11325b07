"""Looking at letters: those of a case, and those that did not arrive."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db, need
from webapp.domain.notifications.models import Letter
from webapp.domain.staff.models import Staff


def get(letter_id: str) -> Letter:
    """The letter. Raises NotFound."""
    return need(Letter, letter_id, "no_such_letter")


def letters_of(case_id: str) -> list[Letter]:
    """All letters of a case, oldest first."""
    return list(db.session.scalars(select(Letter).where(Letter.case_id == case_id).order_by(Letter.created_at)))


def letters_to(recipient: str) -> list[Letter]:
    """All letters to one recipient ('reporter:<report id>', 'respondent:<id>'), oldest first."""
    return list(db.session.scalars(select(Letter).where(Letter.recipient == recipient).order_by(Letter.created_at)))


def leads() -> list[Staff]:
    """Who is told when a clock runs out or something urgent comes in: the active leads, else the administrators."""
    for role in ("lead", "admin"):
        people = list(db.session.scalars(select(Staff).where(Staff.role == role, Staff.active).order_by(Staff.name)))
        if people:
            return people
    return []
