"""Which cases are one: what was merged into a case belongs to it; whoever asks for what went finds what was kept."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import Merge


def family(case_id: str) -> list[str]:
    """The case's id and those of all cases merged into it, also through others. One indexed query for most cases."""
    found, around = [case_id], [case_id]
    while around:
        around = list(db.session.scalars(select(Case.id).where(Case.merged_into_id.in_(around)).order_by(Case.id)))
        found += around
    return found


def kept(case: Case) -> Case:
    """The case this one is part of now: itself, unless it was merged into another."""
    while case.merged_into_id is not None:
        case = db.session.get_one(Case, case.merged_into_id)
    return case


def kept_about(subject_id: str) -> Case | None:
    """The case into which the newest merged case about this content went; None when none was merged."""
    gone = db.session.scalar(
        select(Case)
        .where(Case.subject_id == subject_id, Case.merged_into_id.is_not(None))
        .order_by(Case.closed_at.desc(), Case.id)
        .limit(1)
    )
    return kept(gone) if gone is not None else None


def merges_into(case_id: str) -> list[Merge]:
    """What was merged into the case and is still part of it, newest first."""
    statement = select(Merge).where(Merge.kept_id == case_id, Merge.undone_at.is_(None))
    return list(db.session.scalars(statement.order_by(Merge.merged_at.desc(), Merge.id)))


def beside(case: Case, limit: int = 5) -> list[Case]:
    """Other cases about the same content that wait for the desk: parts split off, or what they were split off from."""
    statement = select(Case).where(
        Case.subject_id == case.subject_id, Case.id != case.id, Case.state.in_(("open", "asked"))
    )
    return list(db.session.scalars(statement.order_by(Case.part).limit(limit)))
