"""Keeping what readers read, and forgetting it with the item."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.labels.models import Reading
from webapp.domain.labels.rules import combined

MOST_CLAIMS, LONGEST = 60, 1000  # of one reading; more tells nobody more


def record(evidence_id: str, reader: str, version: str, claims: Sequence[Mapping[str, Any]]) -> Reading:
    """Keep what one reader version read. A repeat returns the first reading.

    `claims`: matching.detector.Claim as plain values. What of a claim may be kept is the reader's business: prompts are
    not among it.
    """
    require_transaction("labels.record")
    found = db.session.scalar(
        select(Reading).where(Reading.evidence_id == evidence_id, Reading.reader == reader, Reading.version == version)
    )
    if found is None:
        kept = [{**claim, "text": str(claim["text"])[:LONGEST]} for claim in claims[:MOST_CLAIMS]]
        found = Reading(
            id=new_id(),
            evidence_id=evidence_id,
            reader=reader,
            version=version,
            answer=combined(claims),
            claims=kept,
            made_at=now(),
        )
        db.session.add(found)
    return found


def forget(evidence_ids: Collection[str]) -> None:
    """Delete all readings of items that are erased."""
    require_transaction("labels.forget")
    db.session.execute(delete(Reading).where(Reading.evidence_id.in_(evidence_ids)))
