"""The arithmetic of deadlines: when a clock is due, how a pause moves it, and how much of it is used.

Minutes and hours run from the very moment and count elapsed time (Civil Code art 201(2)): 48 hours stay 48 hours when
the clocks go back. Days do not count the day something happened (art 201(1), Regulation 1182/71 art 3(1), FRCP 6(a))
and run to the end of the last one, 24:00 in the operator's legal time zone (art 203(2): 24:00 where there are no
business hours, and a site has none). That end is stored as its last microsecond, so that every page that shows the
instant shows the right date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from webapp.domain.clocks import calendars
from webapp.domain.policy.shape import Calendar, Span

LIVE = ("running", "paused")  # states in which a clock has not ended
Stretch = tuple[datetime, datetime]


def due(start: datetime, span: Span, zone: str, stood: Iterable[Stretch] = ()) -> datetime:
    """The instant (UTC) at which `span` is over. `zone` is the legal one; `stood` = (from, until) it stood still.

    A time of hours moves by the time stood still, one of days by the days of its own calendar that began meanwhile:
    a clock of working days that stood still over a weekend loses nothing, nor does one of days within one day.
    """
    if span.days is None:
        lost = sum((until - since for since, until in stood), timedelta())
        return start.astimezone(UTC) + timedelta(hours=span.hours or 0, minutes=span.minutes or 0) + lost
    days = span.days + sum(days_between(_day(a, zone), _day(b, zone), span.calendar) for a, b in stood)
    return end_of(last_day(_day(start, zone), days, span), zone)


def last_day(first: date, days: int, span: Span) -> date:
    """The day on which `days` after `first` end, moved off a day off where the book says so (Civil Code art 203(1):
    a last day that is a statutory day of rest gives way to the day after the rest)."""
    last = add_days(first, days, span.calendar)
    return last if not span.rolls or calendars.works(last, span.rolls) else add_days(last, 1, span.rolls)


def add_days(day: date, days: int, calendar: Calendar = "CAL") -> date:
    """The day `days` days of the calendar after `day`, which itself is not counted."""
    if calendar == "CAL":
        return day + timedelta(days=days)
    while days > 0:
        day += timedelta(days=1)
        days -= calendars.works(day, calendar)
    return day


def days_between(first: date, last: date, calendar: Calendar = "CAL") -> int:
    """How many days of the calendar began after `first`, up to and with `last`."""
    return sum(calendars.works(first + timedelta(days=n), calendar) for n in range(1, (last - first).days + 1))


def end_of(day: date, zone: str) -> datetime:
    """The last microsecond of a legal day, in UTC; right also where the clocks change at midnight."""
    following = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return following.astimezone(UTC) - timedelta(microseconds=1)


def apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches that do not overlap, in order: a clock that stood still for two reasons at once lost
    that time once."""
    found: list[Stretch] = []
    for since, until in sorted(stretches):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return found


def alert(start: datetime, due_at: datetime, percent: int) -> datetime:
    """When `percent` of the time from `start` to `due_at` is used."""
    return start + (due_at - start) * percent / 100


def share(start: datetime, due_at: datetime, moment: datetime, stood: Iterable[Stretch] = ()) -> float:
    """How much of the clock is used at `moment`, 0 to 1, leaving out the time it stood still."""
    still = sum((until - since for since, until in stood), timedelta())
    length, used = due_at - start - still, moment - start - still
    return min(max(used / length, 0.0), 1.0) if length > timedelta() else 1.0


def assumed(start: datetime, due_at: datetime, span: Span, zone: str) -> bool:
    """Whether the due time rests on holidays not yet published for one of its years."""
    years = range(_day(start, zone).year, _day(due_at, zone).year + 1)
    return any(not calendars.known(year, used) for used in (span.calendar, span.rolls or "CAL") for year in years)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
