"""Deadlines with the dates of real calendars: holidays, make-up workdays, changing clocks, leap days, pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from webapp.domain.clocks import calendars, rules
from webapp.domain.policy.shape import Span

SHANGHAI, NEW_YORK, ROME, KOLKATA = "Asia/Shanghai", "America/New_York", "Europe/Rome", "Asia/Kolkata"
FIFTEEN = Span(days=15, rolls="CN_WORKDAYS")
TWENTY = Span(days=20, calendar="CN_WORKDAYS")
DMCA_EARLIEST = Span(days=10, calendar="US_BUSINESS_DAYS")
DMCA_LATEST = Span(days=14, calendar="US_BUSINESS_DAYS")


def at(zone: str, text: str) -> datetime:
    """A wall clock's time, as '2026-02-13 10:00', in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def wall(moment: datetime, zone: str) -> str:
    """What the wall clock shows, to the minute."""
    assert moment.tzinfo is UTC
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        # Spring Festival 2026: 15–23 February off, Saturdays 14 and 28 February worked instead.
        ("2026-02-13", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        # Mid-Autumn 25–27 September, National Day 1–7 October; worked instead: 20 September, 10 October.
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-09-28", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        # New Year's Day 2026 was bridged to three days, with Sunday 4 January worked.
        ("2026-01-02", False),
        ("2026-01-04", True),
    ],
)
def test_chinas_working_days_of_2026(day: str, works: bool) -> None:
    """As the State Council announced them (国办发明电〔2025〕7号)."""
    assert calendars.works(date.fromisoformat(day), "CN_WORKDAYS") is works


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-07-03", False),  # Independence Day falls on a Saturday: Friday is taken
        ("2026-10-12", False),
        ("2026-11-11", False),
        ("2026-11-26", False),
        ("2026-11-27", True),  # many stay at home; the law does not
        ("2026-11-28", False),
        ("2026-12-25", False),
        ("2021-12-31", False),  # New Year's Day 2022 is a Saturday: the holiday is in the year before
    ],
)
def test_federal_working_days(day: str, works: bool) -> None:
    """5 USC 6103, with the days holidays are observed on."""
    assert calendars.works(date.fromisoformat(day), "US_BUSINESS_DAYS") is works


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # From Friday before the festival: Saturday 14th (worked), then Tuesday 24th, …
        ("2026-02-13 10:00", 1, "2026-02-14 23:59"),
        ("2026-02-13 10:00", 2, "2026-02-24 23:59"),
        # 20 working days across the holiday and both make-up Saturdays.
        ("2026-02-13 10:00", 20, "2026-03-19 23:59"),
        # Across Mid-Autumn and National Day: the make-up Sunday and Saturday count.
        ("2026-09-18 09:00", 1, "2026-09-20 23:59"),
        ("2026-09-18 09:00", 20, "2026-10-22 23:59"),
        # A day off is where it starts: the day is not counted either way.
        ("2026-10-03 09:00", 1, "2026-10-08 23:59"),
        # One minute past midnight in Shanghai, still the day before in UTC.
        ("2026-10-08 00:01", 1, "2026-10-09 23:59"),
    ],
)
def test_working_days_in_china(start: str, days: int, last: str) -> None:
    """The day of the event is not counted; the last one counts to its end."""
    span = Span(days=days, calendar="CN_WORKDAYS")
    assert wall(rules.due(at(SHANGHAI, start), span, SHANGHAI), SHANGHAI) == last


@pytest.mark.parametrize(
    ("arrival", "last"),
    [
        ("2026-11-02 08:00", "2026-11-17 23:59"),  # nothing in the way
        ("2026-11-02 23:59", "2026-11-17 23:59"),  # the hour of arrival does not matter
        ("2026-09-16 12:00", "2026-10-08 23:59"),  # ends on 1 October: first day after the National Day rest
        ("2026-09-10 12:00", "2026-09-28 23:59"),  # ends on Mid-Autumn: the Monday after
        ("2026-02-01 12:00", "2026-02-24 23:59"),  # ends on 16 February, the eve of the new year
        ("2026-01-30 12:00", "2026-02-14 23:59"),  # ends on a Saturday that is worked: no move
        ("2026-11-06 12:00", "2026-11-23 23:59"),  # ends on a Saturday: Monday
        ("2028-02-14 12:00", "2028-02-29 23:59"),  # a leap day is a day like others
    ],
)
def test_fifteen_days_of_chinese_civil_law(arrival: str, last: str) -> None:
    """Civil Code 201, 203: from the day after arrival; not ending on a day of rest."""
    assert wall(rules.due(at(SHANGHAI, arrival), FIFTEEN, SHANGHAI), SHANGHAI) == last


def test_only_what_the_book_says_moves_off_a_holiday() -> None:
    """The same fifteen days without the flag end on National Day."""
    due = rules.due(at(SHANGHAI, "2026-09-16 12:00"), Span(days=15), SHANGHAI)
    assert wall(due, SHANGHAI) == "2026-10-01 23:59"


@pytest.mark.parametrize(
    ("receipt", "earliest", "latest"),
    [
        # Across Thanksgiving (26 November).
        ("2026-11-16 09:00", "2026-12-01 23:59", "2026-12-07 23:59"),
        # Across Christmas and New Year's Day.
        ("2026-12-14 16:00", "2026-12-29 23:59", "2027-01-05 23:59"),
        # Received on a Saturday: Monday is the first day.
        ("2026-10-31 16:00", "2026-11-16 23:59", "2026-11-20 23:59"),
        # Across Independence Day observed on Friday 3 July.
        ("2026-06-26 16:00", "2026-07-13 23:59", "2026-07-17 23:59"),
    ],
)
def test_ten_to_fourteen_business_days(receipt: str, earliest: str, latest: str) -> None:
    """17 USC 512(g)(2)(C): not before ten business days following receipt are over, not after fourteen are."""
    start = at(NEW_YORK, receipt)
    assert wall(rules.due(start, DMCA_EARLIEST, NEW_YORK), NEW_YORK) == earliest
    assert wall(rules.due(start, DMCA_LATEST, NEW_YORK), NEW_YORK) == latest


def test_dmca_days_are_those_of_the_operators_zone() -> None:
    """Monday evening in New York is Tuesday in Shanghai; Shanghai's operator starts counting on Wednesday."""
    start = at(NEW_YORK, "2026-11-16 20:00")
    assert wall(rules.due(start, DMCA_EARLIEST, SHANGHAI), SHANGHAI) == "2026-12-02 23:59"


@pytest.mark.parametrize(
    ("start", "zone", "due"),
    [
        ("2026-11-22 12:00", SHANGHAI, "2026-11-24 12:00"),
        ("2026-10-31 12:00", NEW_YORK, "2026-11-02 11:00"),  # clocks go back on 1 November
        ("2026-03-07 12:00", NEW_YORK, "2026-03-09 13:00"),  # and forward on 8 March
        ("2026-10-24 12:00", ROME, "2026-10-26 11:00"),
        ("2028-02-28 12:00", KOLKATA, "2028-03-01 12:00"),
        ("2027-02-27 12:00", KOLKATA, "2027-03-01 12:00"),
    ],
)
def test_forty_eight_hours_are_forty_eight_hours(start: str, zone: str, due: str) -> None:
    """Elapsed time, whatever the wall clock does meanwhile."""
    begun = at(zone, start)
    ends = rules.due(begun, Span(hours=48), zone)
    assert ends - begun.astimezone(UTC) == timedelta(hours=48)
    assert wall(ends, zone) == due


@pytest.mark.parametrize(
    ("start", "zone", "due", "offset"),
    [
        ("2026-10-30 12:00", NEW_YORK, "2026-11-01 23:59", -5),  # a day of 25 hours ends in winter time
        ("2026-03-06 12:00", NEW_YORK, "2026-03-08 23:59", -4),  # one of 23 hours in summer time
        ("2026-10-29 12:00", "America/Havana", "2026-10-31 23:59", -4),  # clocks go back an hour after this end
        ("2026-03-05 12:00", "America/Havana", "2026-03-07 23:59", -5),  # the next day has no midnight
        ("2026-10-22 12:00", "Asia/Beirut", "2026-10-24 23:59", 2),  # the last hour of the day comes twice
    ],
)
def test_days_end_at_midnight_of_the_legal_zone(start: str, zone: str, due: str, offset: int) -> None:
    """Also where the clocks change on that very night."""
    ends = rules.due(at(zone, start), Span(days=2), zone)
    assert wall(ends, zone) == due
    assert ends.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=offset)
    assert wall(ends + timedelta(microseconds=1), zone)[:10] > due[:10]


def test_minutes_run_from_the_very_moment() -> None:
    """Five minutes for a live challenge, over midnight."""
    assert wall(rules.due(at(SHANGHAI, "2026-12-31 23:58"), Span(minutes=5), SHANGHAI), SHANGHAI) == "2027-01-01 00:03"


@pytest.mark.parametrize(
    ("span", "since", "until", "due"),
    [
        # Hours: by the time itself, weekend or not.
        (Span(hours=72), "2026-11-20 18:00", "2026-11-23 09:00", "2026-11-24 23:00"),
        # Working days: Friday evening to Monday morning costs one day that began meanwhile, Monday.
        (Span(days=5, calendar="CN_WORKDAYS"), "2026-11-20 18:00", "2026-11-23 09:00", "2026-11-27 23:59"),
        # … to Sunday evening none.
        (Span(days=5, calendar="CN_WORKDAYS"), "2026-11-20 18:00", "2026-11-22 21:00", "2026-11-26 23:59"),
        # Days: three began.
        (Span(days=5), "2026-11-20 18:00", "2026-11-23 09:00", "2026-11-27 23:59"),
        # Asked and answered the same day: nothing is lost.
        (Span(days=5), "2026-11-20 09:00", "2026-11-20 18:00", "2026-11-24 23:59"),
    ],
)
def test_a_pause_moves_the_end_in_the_clocks_own_calendar(span: Span, since: str, until: str, due: str) -> None:
    """A clock started on Thursday 19 November 2026 at 08:00."""
    stood = [(at(SHANGHAI, since), at(SHANGHAI, until))]
    assert wall(rules.due(at(SHANGHAI, "2026-11-19 08:00"), span, SHANGHAI, stood), SHANGHAI) == due


def test_pauses_add_up_and_the_last_day_is_moved_once() -> None:
    """Two pauses of a day each; the sixteenth and seventeenth day are a weekend, the end is Monday, not Tuesday."""
    start = at(SHANGHAI, "2026-11-05 08:00")
    stood = [
        (at(SHANGHAI, f"2026-11-{day} 08:00"), at(SHANGHAI, f"2026-11-{day + 1} 08:00"))
        for day in (10, 12)
    ]  # fmt: skip
    assert wall(rules.due(start, FIFTEEN, SHANGHAI, stood[:1]), SHANGHAI) == "2026-11-23 23:59"
    assert wall(rules.due(start, FIFTEEN, SHANGHAI, stood), SHANGHAI) == "2026-11-23 23:59"


def test_alert_and_share() -> None:
    """Three quarters of 48 h are 36; a pause does not count as used; nothing is more than all."""
    start = at(SHANGHAI, "2026-11-22 12:00")
    due = rules.due(start, Span(hours=48), SHANGHAI)
    assert rules.alert(start, due, 75) == start + timedelta(hours=36)
    assert rules.share(start, due, start + timedelta(hours=12)) == 0.25
    stood = [(start + timedelta(hours=12), start + timedelta(hours=36))]
    due = rules.due(start, Span(hours=48), SHANGHAI, stood)
    assert rules.share(start, due, start + timedelta(hours=48), stood) == 0.5
    assert rules.share(start, due, due + timedelta(days=3), stood) == 1.0
    assert rules.share(start, due, start - timedelta(hours=1)) == 0.0


@pytest.mark.parametrize(
    ("start", "span", "assumed"),
    [
        ("2026-11-02 08:00", FIFTEEN, False),
        ("2026-12-20 08:00", Span(days=15), False),  # calendar days know no holidays
        ("2040-12-20 08:00", FIFTEEN, True),
        ("2040-12-01 08:00", TWENTY, True),
        ("2040-12-20 08:00", DMCA_LATEST, False),  # fixed by statute, so known far ahead
        ("2110-12-20 08:00", DMCA_LATEST, True),
        ("1999-12-20 08:00", TWENTY, True),
    ],
)
def test_it_says_when_holidays_are_not_known_yet(start: str, span: Span, assumed: bool) -> None:
    """China publishes each year's table the November before; what is reckoned without it is marked."""
    begun = at(SHANGHAI, start)
    assert rules.assumed(begun, rules.due(begun, span, SHANGHAI), span, SHANGHAI) is assumed


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2040-10-01", False),  # fixed by the State Council's regulation itself
        ("2040-02-13", False),  # second day of the lunar year
        ("2040-09-03", True),
        ("2040-09-01", False),  # make-up Saturdays are not foreseen
        ("2300-01-01", True),  # beyond every table: Monday to Friday
        ("2300-01-06", False),
    ],
)
def test_years_without_a_table_fall_back(day: str, works: bool) -> None:
    """To the holidays the regulation fixes, and beyond those to weekdays; it never fails."""
    assert calendars.works(date.fromisoformat(day), "CN_WORKDAYS") is works


def test_two_libraries_agree_on_what_the_state_council_announced() -> None:
    """One table may be mistyped; two by different people hardly in the same place."""
    import holidays

    off = holidays.country_holidays("CN", years=2026)
    differing = [
        day
        for n in range(365)
        if (day := date(2026, 1, 1) + timedelta(days=n)).weekday() < 5
        if calendars.works(day, "CN_WORKDAYS") is (day in off)
    ]
    assert differing == []
