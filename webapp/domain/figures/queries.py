"""Looking at the daily figures: sums over a period, day by day, and how things stood at the last count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.cases.models import Case
from webapp.domain.figures import rules
from webapp.domain.figures.counting import Key
from webapp.domain.figures.models import CountedDay, DayFigure
from webapp.domain.figures.rules import Period


@dataclass(frozen=True)
class Figures:
    """A period in numbers. `sums` adds up what happened; `standing` is how things stood when last counted."""

    period: Period
    sums: Counter[Key]
    standing: Counter[Key]
    counted_at: datetime | None

    def total(self, what: str, one: str | None = None, two: str | None = None) -> int:
        """The sum of one figure, over all keys not named."""
        found = self.standing if what in rules.STANDING else self.sums
        return sum(n for (w, a, b), n in found.items() if w == what and one in (None, a) and two in (None, b))

    @property
    def finished(self) -> int:
        """How many cases ended; not those merged into another, which goes on."""
        return self.total("ended") - self.total("ended", two="merged")

    def by_first(self, what: str) -> dict[str, Counter[str]]:
        """One figure by its first key: {one: {two: number}}."""
        found = self.standing if what in rules.STANDING else self.sums
        table: dict[str, Counter[str]] = {}
        for (w, one, two), n in found.items():
            if w == what:
                table.setdefault(one, Counter())[two] += n
        return table


def today() -> date:
    """The day it is in the legal time zone."""
    return rules.day_of(now(), settings().timezone)


def figures(period: Period) -> Figures:
    """A period in numbers: two indexed queries, however many cases there are."""
    rows = db.session.execute(
        select(DayFigure.what, DayFigure.one, DayFigure.two, func.sum(DayFigure.n))
        .where(DayFigure.day >= period.first, DayFigure.day <= period.last, DayFigure.what.in_(rules.WHAT))
        .group_by(DayFigure.what, DayFigure.one, DayFigure.two)
    )
    sums: Counter[Key] = Counter({(what, one, two): n for what, one, two, n in rows})
    latest = _latest()
    standing: Counter[Key] = Counter()
    if latest is not None:
        last = select(DayFigure).where(DayFigure.day == latest.day, DayFigure.what.in_(rules.STANDING))
        standing.update({(row.what, row.one, row.two): row.n for row in db.session.scalars(last)})
    return Figures(period, sums, standing, latest.counted_at if latest else None)


def by_step(period: Period, what: str) -> dict[date, Counter[str]]:
    """One figure day by day (or week by week in a long period), by its second key; a step without any is empty."""
    rows = db.session.execute(
        select(DayFigure.day, DayFigure.two, func.sum(DayFigure.n))
        .where(DayFigure.day >= period.first, DayFigure.day <= period.last, DayFigure.what == what)
        .group_by(DayFigure.day, DayFigure.two)
    )
    steps: dict[date, Counter[str]] = {step: Counter() for step in period.steps()}
    for day, two, n in rows:
        steps[period.step(day)][two] += n
    return steps


def trail(period: Period, what: str) -> dict[str, dict[date, int]]:
    """How a standing figure went, by its first key: {one: {day: number}}. Days that were not counted are missing."""
    rows = db.session.execute(
        select(DayFigure.one, DayFigure.day, func.sum(DayFigure.n))
        .where(DayFigure.day >= period.first, DayFigure.day <= period.last, DayFigure.what == what)
        .group_by(DayFigure.one, DayFigure.day)
        .order_by(DayFigure.day)
    )
    found: dict[str, dict[date, int]] = {}
    for one, day, n in rows:
        found.setdefault(one, {})[day] = n
    return found


def missing(period: Period) -> int:
    """How many days of the period were never counted although there were cases."""
    first = first_day()
    if first is None or first > period.last:
        return 0
    counted = counted_days()
    return sum(1 for day in period.days() if day >= first and day not in counted)


def first_day() -> date | None:
    """The day the first case was opened; None while there is none."""
    first = db.session.scalar(select(func.min(Case.opened_at)))
    return rules.day_of(first, settings().timezone) if first else None


def counted_days() -> dict[date, datetime]:
    """When each day was last counted."""
    return {row.day: row.counted_at for row in db.session.scalars(select(CountedDay))}


def _latest() -> CountedDay | None:
    return db.session.scalar(select(CountedDay).order_by(CountedDay.day.desc()).limit(1))
