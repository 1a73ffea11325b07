"""Which shift an instant belongs to, when a budget is spent, when something light comes first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.domain.policy.shape.desk import Alternation, Budget

CHOICES = ("pause", "light", "on")


def shift_of(moment: datetime, zone: str, starts: int) -> date:
    """The day a shift is counted under. `starts`: the hour (0–23, in `zone`) at which one day's shifts end."""
    return (moment.astimezone(ZoneInfo(zone)) - timedelta(hours=starts)).date()


def spent(items: int, seconds: int, budget: Budget | None) -> bool:
    """Whether so much, since one last chose to go on, is all that the budget holds."""
    return budget is not None and (items >= budget.items or seconds >= budget.minutes * 60)


def in_a_row(run: int, last: datetime | None, moment: datetime, alternation: Alternation) -> int:
    """How many heavy items in a row there are now; after `minutes` without one the row is over."""
    return run if last and moment - last < timedelta(minutes=alternation.minutes) else 0
