"""Looking at exposure: one's own sums, whether a pause is due, what to avoid now, and averages that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.desk import Harm
from webapp.domain.wellbeing.models import Exposure, Shift
from webapp.domain.wellbeing.rules import in_a_row, shift_of, spent


@dataclass(frozen=True)
class Seen:
    """What one person looked at in their present shift, of one class of harm. `spent`: the budget is."""

    harm: str
    items: int
    seconds: int
    spent: bool


@dataclass(frozen=True)
class Average:
    """What one class of harm meant in one whole week, for people on average; nobody in particular.

    `items` and `seconds` are per person and shift in which they looked at any. All three are None where fewer people
    than `desk.smallest_group` looked."""

    week: date  # its Monday
    harm: str
    people: int | None
    items: float | None
    seconds: float | None


def present_shift() -> date:
    """The shift that runs now, by the operator's clock."""
    return shift_of(now(), settings().timezone, book().desk.shift_starts)


def avoid_heavy(staff_id: str) -> bool:
    """Whether this person gets light cases first: they asked for them, or saw many heavy items in a row. One lookup."""
    found = db.session.get(Shift, staff_id)
    if found is None or found.shift != present_shift():
        return False
    alternation = book().desk.alternation
    return found.choice == "light" or (
        in_a_row(found.heavy_run, found.heavy_at, now(), alternation) >= alternation.items
    )


def choice(staff_id: str) -> str:
    """What the person chose at their last pause in this shift: 'pause', 'light', 'on', or '' for nothing yet."""
    found = db.session.get(Shift, staff_id)
    return found.choice if found and found.shift == present_shift() else ""


def mine(staff_id: str) -> list[Seen]:
    """One's own present shift, the heaviest class first. For nobody else's page."""
    rows = db.session.scalars(select(Exposure).where(Exposure.staff_id == staff_id, Exposure.shift == present_shift()))
    harms = book().desk.harms
    found = {row.harm: _seen(row, harms) for row in rows}
    return [found[code] for code in reversed(harms) if code in found]


def pause_due(staff_id: str) -> Seen | None:
    """The heaviest class whose budget this shift has spent, since the person last chose; None while there is none."""
    return next((seen for seen in mine(staff_id) if seen.spent), None)


def aggregates(weeks: int = 8) -> list[Average]:
    """Averages of the last whole weeks, oldest first, class by class; groups that are too small say nothing.

    Only whole weeks: two periods that differ by one day could be subtracted from each other.
    """
    today = present_shift()
    end = today - timedelta(days=today.weekday())
    found = []
    for number in range(weeks, 0, -1):
        monday = end - timedelta(weeks=number)
        sums = _sums(monday)
        found += [_average(monday, code, *sums.get(code, (0, 0, 0, 0))) for code in book().desk.harms]
    return found


def _seen(row: Exposure, harms: Mapping[str, Harm]) -> Seen:
    budget = harms[row.harm].budget if row.harm in harms else None
    since = (row.items - row.settled_items, row.seconds - row.settled_seconds)
    return Seen(row.harm, row.items, row.seconds, spent(*since, budget))


def _sums(monday: date) -> dict[str, tuple[int, int, int, int]]:
    """People, shifts, items and seconds of one week by class: the index on `shift` bounds what is read."""
    rows = db.session.execute(
        select(
            Exposure.harm,
            func.count(Exposure.staff_id.distinct()),
            func.count(),
            func.sum(Exposure.items),
            func.sum(Exposure.seconds),
        )
        .where(Exposure.shift >= monday, Exposure.shift < monday + timedelta(days=7))
        .group_by(Exposure.harm)
    )
    return {harm: (people, shifts, int(items), int(seconds)) for harm, people, shifts, items, seconds in rows}


def _average(monday: date, harm: str, people: int, shifts: int, items: int, seconds: int) -> Average:
    if people < book().desk.smallest_group:
        return Average(monday, harm, None, None, None)
    return Average(monday, harm, people, items / shifts, seconds / shifts)
