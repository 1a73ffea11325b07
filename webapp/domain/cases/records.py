"""What is kept of people working on a case together: cases made one, a colleague asked to look, what one heard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.core.sealed import Sealed
from webapp.domain.cases.models import Case
from webapp.domain.staff.models import Staff

OPEN_SQL = "answered_at IS NULL AND withdrawn_at IS NULL"
UNREAD_SQL = "read_at IS NULL AND withdrawn_at IS NULL"


class Merge(Base):
    """One case taken into another, with what came along, so that it can be taken apart again. The case that went is
    closed and names the kept one (`Case.merged_into_id`) for as long as this holds."""

    __tablename__ = "case_merge"
    __table_args__ = (
        CheckConstraint("kept_id != gone_id", name="two_cases"),
        Index(
            "uq_case_merge_holds",
            "gone_id",
            unique=True,
            sqlite_where=db.text("undone_at IS NULL"),
            postgresql_where=db.text("undone_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kept_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    gone_id: Mapped[str] = mapped_column(ForeignKey("case.id"))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    merged_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Sealed("case_merge.why"), default="")
    # Ids of what came along: its reports, and its messages with the account. A reporter's messages follow her report.
    reports: Mapped[list[Any]]
    messages: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    kept: Mapped[Case] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Case] = relationship(foreign_keys=[gone_id])


class SecondEyes(Base):
    """A colleague, or anybody, is asked to look at a case; they answer with a finding and a word, no decision."""

    __tablename__ = "second_eyes"
    __table_args__ = (
        CheckConstraint("answered_by_id IS NULL OR answered_by_id != asked_by_id", name="another_answers"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_has_person"),
        CheckConstraint("finding IN ('', 'supported', 'not_supported', 'cannot_tell')", name="finding_known"),
        Index(
            "ix_second_eyes_open",
            "asked_of_id",
            "asked_at",
            sqlite_where=db.text(OPEN_SQL),
            postgresql_where=db.text(OPEN_SQL),
        ),
        Index(
            "ix_second_eyes_unread",
            "asked_by_id",
            "asked_at",
            sqlite_where=db.text(UNREAD_SQL),
            postgresql_where=db.text(UNREAD_SQL),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    # None: whoever of the desk has a moment.
    asked_of_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    question: Mapped[str] = mapped_column(Sealed("second_eyes.question"))
    asked_at: Mapped[datetime]
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    finding: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Sealed("second_eyes.note"), default="")
    answered_at: Mapped[datetime | None]
    # Whoever asked no longer needs it; or has read the answer.
    withdrawn_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    asked_of: Mapped[Staff | None] = relationship(foreign_keys=[asked_of_id])
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=[answered_by_id])


class ListeningNote(Base):
    """What somebody heard, so that the next one can read it. Append-only but for being taken back.

    `about`: "file" (what is in a recording, in words), "test" (the answers to the test of a voice, by question) or
    "right" (a right an AI cover may touch, which no report is about: `answers` holds its code).
    """

    __tablename__ = "listening_note"
    __table_args__ = (
        CheckConstraint("about IN ('file', 'test', 'right')", name="about_known"),
        CheckConstraint("(about = 'file') = (evidence_id IS NOT NULL)", name="file_is_named"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    about: Mapped[str]
    evidence_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    text: Mapped[str] = mapped_column(Sealed("listening_note.text"), default="")
    answers: Mapped[dict[str, Any]]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship()
