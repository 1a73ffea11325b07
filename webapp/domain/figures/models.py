"""What happened on each day, already counted: a page reads a few thousand rows, however many cases there are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class DayFigure(Base):
    """One number of one day of the legal time zone. What `one` and `two` are for each `what`: figures.rules.WHAT."""

    __tablename__ = "day_figure"

    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    one: Mapped[str] = mapped_column(primary_key=True)
    two: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class CountedDay(Base):
    """Until when a day was counted: a day is whole once it was counted after its end, and is not counted again."""

    __tablename__ = "counted_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
