"""Looking at the index: candidates to verify, what lookups found, which items wait for their bits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from webapp.core.db import db
from webapp.domain.index.keeping import State, state
from webapp.domain.index.looking import in_force
from webapp.domain.index.models import Entry, Hit, Lookup

__all__ = ["State", "candidates", "hits_of", "listed", "lookup_of", "sizes", "state"]


def candidates(evidence_id: str) -> list[tuple[str, str, str]]:
    """(reported item, listed item, origin) of every hit this item is part of and that still counts: pairs for the
    detectors to verify."""
    rows = db.session.execute(
        select(Hit.query_id, Hit.found_id, Hit.origin)
        .join(Entry, (Entry.evidence_id == Hit.found_id) & (Entry.origin == Hit.origin))
        .where(or_(Hit.query_id == evidence_id, Hit.found_id == evidence_id), *in_force())
        .order_by(Hit.query_id, Hit.found_id, Hit.origin)
    )
    return [(query_id, found_id, origin) for query_id, found_id, origin in rows]


def lookup_of(evidence_ids: Sequence[str]) -> dict[str, Lookup]:
    """When each item was looked up, among how many, how old the index was; items not looked up yet are missing."""
    rows = db.session.scalars(select(Lookup).where(Lookup.evidence_id.in_(evidence_ids)))
    return {row.evidence_id: row for row in rows}


def hits_of(evidence_ids: Sequence[str]) -> list[Hit]:
    """What was found for these items and still counts, the same bytes first, then nearest first."""
    return list(
        db.session.scalars(
            select(Hit)
            .join(Entry, (Entry.evidence_id == Hit.found_id) & (Entry.origin == Hit.origin))
            .where(Hit.query_id.in_(evidence_ids), *in_force())
            .order_by(Hit.identical.desc(), Hit.distance, Hit.found_id, Hit.origin)
        )
    )


def listed(evidence_id: str) -> list[Entry]:
    """As what an item is listed now: registered, decided, both or neither."""
    return list(db.session.scalars(select(Entry).where(Entry.evidence_id == evidence_id, *in_force())))


def sizes() -> dict[str, int]:
    """How many items are listed, by origin."""
    rows = db.session.execute(select(Entry.origin, func.count()).where(*in_force()).group_by(Entry.origin))
    return {origin: number for origin, number in rows}
