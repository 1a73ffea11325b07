"""What looking costs the people at the desk: sums of a shift, never which picture, never when each was seen.

These rows are about people at work. Nobody but the person reads them; leads get averages over groups
(queries.aggregates). They are not in the audit log, and they go after the days that desk.toml names.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Exposure(Base):
    """What one person uncovered of one class of harm in one shift: how many items, and for how many seconds in all."""

    __tablename__ = "exposure"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    shift: Mapped[date] = mapped_column(primary_key=True, index=True)
    # A class of desk.toml.
    harm: Mapped[str] = mapped_column(primary_key=True)
    items: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    # How far both had come when the person last chose to go on: the budget counts from there.
    settled_items: Mapped[int] = mapped_column(default=0)
    settled_seconds: Mapped[int] = mapped_column(default=0)


class Shift(Base):
    """How somebody's present shift goes: what they chose at the last pause, and how many heavy items came in a row."""

    __tablename__ = "shift"
    __table_args__ = (CheckConstraint("choice IN ('', 'pause', 'light', 'on')", name="choice_known"),)

    # One row a person: yesterday's is written over.
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    shift: Mapped[date]
    choice: Mapped[str] = mapped_column(default="")
    heavy_run: Mapped[int] = mapped_column(default=0)
    heavy_at: Mapped[datetime | None]
