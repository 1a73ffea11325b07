"""Says of any day whether it is a working day, in China and in the United States; never fails, however far the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from webapp.domain.policy.shape import Calendar


@dataclass(frozen=True)
class Year:
    """The working days of one year. `known` is False where they rest on less than the published table."""

    working: frozenset[date]
    known: bool


def works(day: date, calendar: Calendar) -> bool:
    """Whether `day` counts in this calendar. In CAL every day does."""
    return calendar == "CAL" or day in _year(calendar, day.year).working


def known(year: int, calendar: Calendar) -> bool:
    """Whether the year's holidays are published; what was reckoned without must be shown as an assumption."""
    return calendar == "CAL" or _year(calendar, year).known


# Ten years of each calendar; a table is 365 days and takes about 1 ms.
@lru_cache(maxsize=20)
def _year(calendar: Calendar, year: int) -> Year:
    return _china(year) if calendar == "CN_WORKDAYS" else _united_states(year)


def _china(year: int) -> Year:
    """Holidays and make-up workdays as the State Council announces them for one year, each November for the next.

    Until the table of a year is out (and the library of the same name brought up to date): Monday to Friday without
    the holidays that 国务院令第795号 itself fixes; bridges and make-up workdays are not foreseen.
    """
    import chinese_calendar  # only who reckons in working days pays for the tables: this one 10 ms, the other 150 ms

    try:
        return Year(frozenset(day for day in _days(year) if chinese_calendar.is_workday(day)), known=True)
    except NotImplementedError:
        return Year(_weekdays(year) - _public_holidays("CN", year)[0], known=False)


def _united_states(year: int) -> Year:
    """Monday to Friday without the federal holidays (5 USC 6103) or the days they are observed on."""
    holidays, listed = _public_holidays("US", year)
    return Year(_weekdays(year) - holidays, known=listed)


def _public_holidays(country: str, year: int) -> tuple[frozenset[date], bool]:
    """The country's public holidays, and whether the table reaches this year (1950–2100 for China)."""
    import holidays  # see above

    table = holidays.country_holidays(country, years=year)
    return frozenset(table), table.start_year <= year <= table.end_year


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range(366) if (first + timedelta(days=n)).year == year]


def _weekdays(year: int) -> frozenset[date]:
    return frozenset(day for day in _days(year) if day.weekday() < 5)
