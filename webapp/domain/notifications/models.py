"""Letters: one templated message to one person in one language, frozen when written, sent once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.core.sealed import Sealed


class Letter(Base):
    """`cause` + recipient + name is unique, so a letter exists once; `message_id` is derived from it."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("cause", "recipient", "name"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'no_address')", name="state_known"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("ix_letter_case_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    # What it follows from: 'report:<id>', 'decision:<id>', 'counter:<id>' and the like.
    cause: Mapped[str]
    # 'reporter:<report id>', 'respondent:<id>' or 'staff:<id>'.
    recipient: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    language: Mapped[str]
    case_id: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(Sealed("letter.address"))
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed("letter.text"))
    html: Mapped[str] = mapped_column(Sealed("letter.html"))
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class LetterStop(Base):
    """This person does not want letters of this name (the follow-up has a link for it; law.md §8 N28)."""

    __tablename__ = "letter_stop"

    recipient: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
