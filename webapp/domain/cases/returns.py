"""Looking at notices that were sent back for completion."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.cases.models import Case, CaseReport, NoticeReturn
from webapp.domain.cases.rules import LIVE


def open_return(report_id: str) -> NoticeReturn | None:
    """The return this report waits to be completed for, if it does."""
    return db.session.scalar(
        select(NoticeReturn).where(
            NoticeReturn.report_id == report_id,
            NoticeReturn.completed_at.is_(None),
            NoticeReturn.lapsed_at.is_(None),
        )
    )


def last_return(report_id: str) -> NoticeReturn | None:
    """The latest return of this report, whatever became of it."""
    return db.session.scalar(
        select(NoticeReturn)
        .where(NoticeReturn.report_id == report_id)
        .order_by(NoticeReturn.returned_at.desc(), NoticeReturn.id.desc())
        .limit(1)
    )


def returns_of(case_id: str) -> list[NoticeReturn]:
    """Every return of the case's notices, oldest first."""
    return list(
        db.session.scalars(
            select(NoticeReturn)
            .join(CaseReport, CaseReport.report_id == NoticeReturn.report_id)
            .where(CaseReport.case_id == case_id)
            .order_by(NoticeReturn.returned_at, NoticeReturn.id)
        )
    )


def open_returns(due_by: datetime | None = None) -> list[NoticeReturn]:
    """Returns that still wait in a live case, oldest first; with `due_by` only those whose time is over by then."""
    statement = (
        select(NoticeReturn)
        .join(CaseReport, CaseReport.report_id == NoticeReturn.report_id)
        .join(Case, Case.id == CaseReport.case_id)
        .where(
            NoticeReturn.completed_at.is_(None),
            NoticeReturn.lapsed_at.is_(None),
            CaseReport.withdrawn_at.is_(None),
            Case.state.in_(LIVE),
        )
        .order_by(NoticeReturn.returned_at, NoticeReturn.id)
    )
    if due_by is not None:
        statement = statement.where(NoticeReturn.due_at <= due_by)
    return list(db.session.scalars(statement))
