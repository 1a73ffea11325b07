"""Looking at letters: those of a case, and those that did not arrive."""

from __future__ import annotations

from sqlalchemy import or_, select

from webapp.core.db import db, need
from webapp.domain.cases.families import family
from webapp.domain.cases.models import CaseReport
from webapp.domain.notifications.models import Letter
from webapp.domain.staff.models import Staff


def get(letter_id: str) -> Letter:
    """The letter. Raises NotFound."""
    return need(Letter, letter_id, "no_such_letter")


def letters_of(case_id: str) -> list[Letter]:
    """All letters of a case and of those merged into it, oldest first."""
    ours = select(Letter).where(Letter.case_id.in_(family(case_id)))
    return list(db.session.scalars(ours.order_by(Letter.created_at)))


def letters_about(case_id: str) -> list[Letter]:
    """All letters of a case, and those to its reporters while their reports were in another; oldest first."""
    reports = db.session.scalars(select(CaseReport.report_id).where(CaseReport.case_id == case_id))
    to = [f"reporter:{report_id}" for report_id in reports]
    ours = select(Letter).where(or_(Letter.case_id.in_(family(case_id)), Letter.recipient.in_(to)))
    return list(db.session.scalars(ours.order_by(Letter.created_at)))


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
