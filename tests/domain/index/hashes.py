"""Random fingerprints, copies of them some bits apart, and listed items that carry them."""

from __future__ import annotations

import random

from webapp.core.audit import SYSTEM
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import keep, store
from webapp.domain.index import service
from webapp.domain.index.book import version


def bits(seed: int) -> bytes:
    """256 random bits; the same seed gives the same."""
    return random.Random(seed).randbytes(32)


def apart(of: bytes, number: int) -> bytes:
    """The same bits, the first `number` of them turned over."""
    return (int.from_bytes(of, "big") ^ ((1 << number) - 1)).to_bytes(32, "big")


def item(content: bytes = b"", role: str = "reference") -> Evidence:
    """One kept file. Inside a transaction."""
    return keep(
        store().put(content or new_id().encode()),
        role=role,
        source="registry",
        name="a file",
        media_type="image/jpeg",
        width=10,
        height=10,
        actor=SYSTEM,
    )


def listed(*hashes: bytes, origin: str = "registered") -> list[str]:
    """Ids of new items listed with these bits, in order; all in one transaction."""
    with transaction():
        items = [item() for _ in hashes]
        for one, hashed in zip(items, hashes, strict=True):
            service.enter(one.id, origin)
            assert service.put(one.id, hashed, version())
        return [one.id for one in items]


def many(number: int, seed: int = 1) -> None:
    """`number` more fingerprints at once, all of one listed item's kind, without the verbs: only their bits matter."""
    from webapp.domain.index.models import Entry, Fingerprint

    rng = random.Random(seed)
    moment = now()
    with transaction():
        first = item()
        rows = [
            {name: getattr(first, name) for name in Evidence.__table__.columns.keys()} | {"id": new_id()}  # noqa: SIM118  # a column collection
            for _ in range(number)
        ]
        db.session.execute(Evidence.__table__.insert(), rows)  # type: ignore[attr-defined]  # a Table
        ids = [row["id"] for row in rows]
        entries = [
            {
                "id": new_id(),
                "evidence_id": i,
                "origin": "registered",
                "listed_at": moment,
                "until": None,
                "gone_at": None,
            }
            for i in ids
        ]
        db.session.execute(Entry.__table__.insert(), entries)  # type: ignore[attr-defined]  # a Table
        prints = [
            {"evidence_id": i, "detector": "dct256", "version": version(), "bits": rng.randbytes(32), "made_at": moment}
            for i in ids
        ]
        db.session.execute(Fingerprint.__table__.insert(), prints)  # type: ignore[attr-defined]  # a Table
