"""A clock and its pauses. Which clocks there are, and how long they run, is said by policy/book/clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db

# The open ones only: what ended, stands still or was told already costs the minute's look nothing.
RUNNING = {
    "sqlite_where": db.text("state = 'running'"),
    "postgresql_where": db.text("state = 'running'"),
}


class Clock(Base):
    """One deadline. `on_id` names what it runs on ('report:<id>', 'case:<id>', 'counter:<id>', 'appeal:<id>')."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("code", "on_id"),
        CheckConstraint("state IN ('running', 'paused', 'met', 'late', 'cancelled')", name="state_known"),
        CheckConstraint("(state IN ('running', 'paused')) = (ended_at IS NULL)", name="ended_has_time"),
        Index("ix_clock_due", "due_at", **RUNNING),
        Index("ix_clock_watch", "watch_at", **RUNNING),
        Index("ix_clock_alert", "alert_at", "code", **RUNNING),
        # What ended, and what was missed, on a day.
        Index("ix_clock_ended", "ended_at", "code", "state"),
        Index(
            "ix_clock_breached",
            "breached_at",
            sqlite_where=db.text("breached_at IS NOT NULL"),
            postgresql_where=db.text("breached_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    on_id: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    regime: Mapped[str]
    # 'met' = ended in time, 'late' = the house ended it after its due time (a party's period runs out, which is no
    # breach: 'met'), 'cancelled' = fell away (withdrawn, lapsed).
    state: Mapped[str] = mapped_column(default="running")
    priority: Mapped[str]
    # How long it was given when it started (a Span of the book): a later book does not change a running clock.
    span: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # Not before (DMCA: restore in [10, 14] business days).
    earliest_at: Mapped[datetime | None]
    # When a lead is told (75 %), when she was, and when the breach was noted.
    alert_at: Mapped[datetime]
    alerted_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    # When the minute's look has something to say next: the alert, then the due time, then nothing. A party's clock
    # has nothing to say to a lead.
    watch_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    book_version: Mapped[str]
    pauses: Mapped[list[ClockPause]] = relationship(back_populates="clock", order_by="ClockPause.from_at")


class ClockPause(Base):
    """A time in which a clock stood still, and why ('returned': waits for missing items)."""

    __tablename__ = "clock_pause"

    id: Mapped[str] = mapped_column(primary_key=True)
    clock_id: Mapped[str] = mapped_column(ForeignKey("clock.id"), index=True)
    reason: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    clock: Mapped[Clock] = relationship(back_populates="pauses")
