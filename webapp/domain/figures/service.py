"""Keeping the daily figures: what is due is counted outside any transaction and kept in a short one.

A repeat counts the same again, so nothing is counted twice and nothing is missed.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from sqlalchemy import delete, insert

from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.domain.figures import counting, queries, rules
from webapp.domain.figures.counting import Key
from webapp.domain.figures.models import CountedDay, DayFigure


def count(day: date) -> tuple[Counter[Key], datetime]:
    """The figures of a day as of now, those of today with how things stand. Reads only."""
    moment = now()
    counted = counting.count(day)
    if day == rules.day_of(moment, settings().timezone):
        counted += counting.standing(moment)
    return counted, moment


def keep(day: date, counted: Counter[Key], moment: datetime) -> None:
    """Put freshly counted figures in the place of a day's. How things stood on a day gone by stays as it was kept."""
    require_transaction("figures.keep")
    fresh = {what for what, _one, _two in counted} | rules.WHAT.keys()
    if day == rules.day_of(moment, settings().timezone):
        fresh |= rules.STANDING.keys()
    db.session.execute(delete(DayFigure).where(DayFigure.day == day, DayFigure.what.in_(fresh)))
    rows = [{"day": day, "what": what, "one": one, "two": two, "n": n} for (what, one, two), n in counted.items()]
    if rows:
        db.session.execute(insert(DayFigure), rows)
    db.session.merge(CountedDay(day=day, counted_at=moment))


def forget() -> None:
    """Let every day be counted again (after rows were imported, say). How things stood cannot be counted again, so it
    stays."""
    require_transaction("figures.forget")
    db.session.execute(delete(CountedDay))


def due(limit: int) -> list[date]:
    """The days to count now, at most `limit`: today, then those not counted since they ended, the latest first."""
    zone = settings().timezone
    today = rules.day_of(now(), zone)
    first = queries.first_day()
    if first is None:
        return [today]
    counted = queries.counted_days()
    wanted = [today]
    for day in reversed(list(rules.Period(min(first, today), today).days())[:-1]):
        if len(wanted) == limit:
            break
        if day not in counted or counted[day] < rules.bounds(day, zone)[1]:
            wanted.append(day)
    return wanted
