"""Listing what others are looked up against, taking it out again, and writing down what a lookup found."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select

from webapp.core import outbox
from webapp.core.audit import wait_for_turn
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.index import sounds
from webapp.domain.index.book import DETECTOR, version
from webapp.domain.index.looking import Answer, in_force
from webapp.domain.index.models import Entry, Fingerprint, Hit, Lookup, Sounding


def enter(evidence_id: str, origin: str, until: datetime | None = None) -> Entry:
    """List an item ('registered' or 'decided') until then, None for no end. A repeat sets the end anew.

    Posts `index.entered`: its bits follow as soon as they are known.
    """
    require_transaction("index.enter")
    entry = db.session.scalar(select(Entry).where(Entry.evidence_id == evidence_id, Entry.origin == origin))
    if entry is None:
        entry = Entry(id=new_id(), evidence_id=evidence_id, origin=origin, listed_at=now())
        db.session.add(entry)
    elif entry.gone_at is not None:
        entry.listed_at, entry.gone_at = now(), None
    entry.until = until
    db.session.flush()
    outbox.post("index.entered", evidence_id=evidence_id)
    return entry


def leave(evidence_ids: Collection[str], origin: str) -> int:
    """Take items out: no lookup gives them from now on. Gives how many were listed."""
    require_transaction("index.leave")
    listed = list(
        db.session.scalars(
            select(Entry).where(Entry.evidence_id.in_(evidence_ids), Entry.origin == origin, Entry.gone_at.is_(None))
        )
    )
    for entry in listed:
        entry.gone_at = now()
    return len(listed)


def put(evidence_id: str, bits: bytes, made_by: str) -> bool:
    """Keep the bits of a listed item under a detector version, once; False when it is not listed (any more).

    Waits its turn, so that ids become visible in their order also where transactions overlap (PostgreSQL).
    """
    require_transaction("index.put")
    listed = select(Entry.id).where(Entry.evidence_id == evidence_id, Entry.gone_at.is_(None)).limit(1)
    if db.session.scalar(listed) is None:
        return False
    wait_for_turn()
    known = db.session.scalar(
        select(Fingerprint.id).where(
            Fingerprint.evidence_id == evidence_id, Fingerprint.detector == DETECTOR, Fingerprint.version == made_by
        )
    )
    if known is None:
        db.session.add(
            Fingerprint(evidence_id=evidence_id, detector=DETECTOR, version=made_by, bits=bits, made_at=now())
        )
        db.session.flush()
    return True


def record_lookup(evidence_id: str, answer: Answer) -> list[Hit]:
    """Keep what a lookup found; gives the hits that are new. A repeat adds what the first one could not see."""
    require_transaction("index.record_lookup")
    row = db.session.get(Lookup, evidence_id)
    if row is None:
        row = Lookup(evidence_id=evidence_id)
        db.session.add(row)
    row.state, row.at, row.among, row.version = answer.state, now(), answer.among, version()
    row.age, row.lacking, row.hits, row.cut = answer.age, answer.lacking, len(answer.candidates), answer.cut
    known = {(h.found_id, h.origin) for h in db.session.scalars(select(Hit).where(Hit.query_id == evidence_id))}
    fresh = [
        Hit(
            query_id=evidence_id,
            found_id=one.found_id,
            origin=one.origin,
            distance=one.distance,
            identical=one.identical,
            at=now(),
        )
        for one in answer.candidates
        if (one.found_id, one.origin) not in known
    ]
    db.session.add_all(fresh)
    return fresh


def tidy() -> int:
    """Delete the bits of items that are no longer listed anywhere, or whose time is over; gives how many.

    The search file keeps them until it is rebuilt, which it is as soon as one of them was its last row; no lookup gives
    them meanwhile, because every near hash is checked against the rows.
    """
    require_transaction("index.tidy")
    listed = exists().where(Entry.evidence_id == Fingerprint.evidence_id, *in_force())
    gone = list(db.session.scalars(select(Fingerprint.id).where(~listed)))
    for start in range(0, len(gone), 500):
        db.session.execute(delete(Fingerprint).where(Fingerprint.id.in_(gone[start : start + 500])))
    sounds.tidy(exists().where(Entry.evidence_id == Sounding.evidence_id, *in_force()))
    return len(gone)
