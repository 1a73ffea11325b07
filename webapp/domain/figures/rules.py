"""What is counted of a day, where its bounds lie, and how a period is cut. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# what: the meaning of its two keys. Everything is dated by when it happened, so a day that is over never changes.
WHAT = {
    "opened": ("queue", "kind"),
    "ended": ("queue", "decided, closed without a decision, or merged into a case that goes on"),
    "decided": ("kind", "verdict of the first decision"),
    "reviewer": ("staff id", "verdict of the first decision"),
    "speed": ("age of the case at its first decision: a code of SPEEDS", ""),
    "second": ("what became of a proposal to a second person", ""),
    "appeal": ("kind", "outcome"),
    "appeal_of": ("staff id of who decided first", "outcome"),
    "clock": ("code of the clock", "met or late"),
    "breach": ("code of the clock", "regime"),
}
# As things stood when the day was last counted: only the present day's are renewed.
STANDING = {
    "waiting": ("queue", "age of the case: a code of AGES"),
    "oldest": ("queue", "hours since its oldest case was opened, as the number"),
    "risk": ("code of the clock", "late, or at risk"),
}
# Up to how many hours: an hour, a working day, a day, three days, a week, a month; the windows of the clocks lie here.
SPEEDS = (("h1", 1), ("h8", 8), ("h24", 24), ("d3", 72), ("d7", 168), ("d30", 720), ("more", 0))
AGES = (("h24", 24), ("d3", 72), ("d7", 168), ("d14", 336), ("d30", 720), ("more", 0))
PERIODS = (7, 30, 90, 365)  # days offered by the page
LONGEST = 731  # days: two years and a day, so that a year can be laid beside the one before
EARLIEST = date(2000, 1, 1)  # nothing here is older, and before the first year there is no day at all
BY_WEEK = 92  # a period longer than a quarter is drawn by weeks


@dataclass(frozen=True)
class Period:
    """Whole days, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days just before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def days(self) -> Iterator[date]:
        """Every day, the first one first."""
        return (self.first + timedelta(days=n) for n in range(self.length))

    @property
    def by_week(self) -> bool:
        """Whether its days are too many to draw one by one."""
        return self.length > BY_WEEK

    def step(self, day: date) -> date:
        """The day under which `day` is drawn: itself, or the Monday of its week (the period's first day at least)."""
        return max(self.first, day - timedelta(days=day.weekday())) if self.by_week else day

    def steps(self) -> list[date]:
        """The days that are drawn, in order."""
        return list(dict.fromkeys(self.step(day) for day in self.days()))


def period(today: date, days: int, first: date | None = None, last: date | None = None) -> Period:
    """The period asked for: `days` up to today, or from `first` to `last`. What makes no sense is brought into order:
    the future is cut off, the ends are exchanged, and at most LONGEST days are looked at."""
    if first is None and last is None:
        days = min(max(days, 1), LONGEST)
        return Period(today - timedelta(days=days - 1), today)
    last = min(last or today, today)
    first = min(first or last, today)
    first, last = (max(day, EARLIEST) for day in (min(first, last), max(first, last)))
    return Period(max(first, last - timedelta(days=LONGEST - 1)), last)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day of the legal time zone begins, and when the next one does, in UTC."""
    here = ZoneInfo(zone)
    begins = datetime.combine(day, time(), here).astimezone(UTC)
    return begins, datetime.combine(day + timedelta(days=1), time(), here).astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """The day of the legal time zone an instant lies in."""
    return moment.astimezone(ZoneInfo(zone)).date()


def bucket(length: timedelta, buckets: tuple[tuple[str, int], ...]) -> str:
    """The first of `buckets` (code, up to so many hours) a length of time fits in; the last takes the rest."""
    hours = length.total_seconds() / 3600
    return next((code for code, most in buckets if most and hours <= most), buckets[-1][0])
