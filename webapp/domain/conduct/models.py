"""Marks on reports that misused the form, and the steps taken with their reporter (found by a blind index)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, db


class ConductMark(Base):
    """A person found this report manifestly unfounded or in bad faith. A rejected report alone is no mark."""

    __tablename__ = "conduct_mark"
    __table_args__ = (CheckConstraint("grade IN ('unfounded', 'bad_faith')", name="grade_known"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    reporter_index: Mapped[str] = mapped_column(index=True)
    grade: Mapped[str]
    reason: Mapped[str]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    marked_at: Mapped[datetime]
    # Taken back by an appeal.
    removed_at: Mapped[datetime | None]


class ConductStep(Base):
    """Education, warning, slower queue, suspension: one after the other, each with its reason and its end."""

    __tablename__ = "conduct_step"
    __table_args__ = (
        CheckConstraint("step IN ('education', 'warning', 'slower', 'suspended')", name="step_known"),
        # One step a report; a step that was lifted makes room, should the report be marked again.
        Index(
            "uq_conduct_step_report",
            "report_id",
            unique=True,
            sqlite_where=db.text("lifted_at IS NULL"),
            postgresql_where=db.text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reporter_index: Mapped[str] = mapped_column(index=True)
    # The report whose mark led to it; the letter goes to its reporter.
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    step: Mapped[str]
    # What the letter tells of it (DSA art 23(3)): marked and all reports within the window, as they stood.
    marks: Mapped[int]
    reports: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
