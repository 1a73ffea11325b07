"""Which detectors and readers the workshop has: it says so itself, and pages tell people what nobody looks for here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import DetectorHere

WHY_SIGNS = 300


@dataclass(frozen=True)
class Absent:
    """One that is not here: the workshop's own words of why, and the optional groups that would bring it."""

    name: str
    why: str
    groups: list[str] = field(default_factory=list)


def say(found: Mapping[str, str]) -> list[str]:
    """Keep what the workshop found of itself: name → "" where it is present, else why not. Gives those that are here
    now and were not before (or were never told of): what they missed can be looked at. Nothing is written while nothing
    changed."""
    require_transaction("matching.say")
    known = {row.name: row for row in db.session.scalars(select(DetectorHere))}
    fresh = []
    for name, why in found.items():
        row = known.get(name)
        if row is None:
            row = DetectorHere(name=name, present=False, why="", said_at=now())
            db.session.add(row)
        elif (row.present, row.why) == (not why, why[:WHY_SIGNS]):
            continue
        if not why and not row.present:
            fresh.append(name)
        row.present, row.why, row.said_at = not why, why[:WHY_SIGNS], now()
    gone = known.keys() - found.keys()
    if gone:
        db.session.execute(delete(DetectorHere).where(DetectorHere.name.in_(gone)))
    return fresh


def absent() -> list[Absent]:
    """Who is not here, in the order of the names; empty as long as the workshop has not said anything."""
    rows = db.session.scalars(select(DetectorHere).where(~DetectorHere.present).order_by(DetectorHere.name))
    return [Absent(row.name, row.why, groups_of(row.name)) for row in rows]


def groups_of(name: str) -> list[str]:
    """The optional groups a detector or reader needs."""
    return [code for code, group in chapter().get("groups", {}).items() if name in group["brings"]]
