"""Looking at what files said: the newest reading of each reader, item by item."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.labels.models import Reading
from webapp.domain.labels.rules import Answer, combined, contradicts


@dataclass(frozen=True)
class Summary:
    """One item: `answer` over all readers, None while none has read it; its claims; whether they contradict."""

    answer: Answer | None
    claims: Sequence[dict[str, Any]]
    contradicts: bool


def readings_of(evidence_ids: Collection[str]) -> dict[str, list[Reading]]:
    """Per item the newest reading of each reader, by the reader's name."""
    found: dict[str, dict[str, Reading]] = {evidence_id: {} for evidence_id in evidence_ids}
    rows = select(Reading).where(Reading.evidence_id.in_(evidence_ids)).order_by(Reading.made_at, Reading.id)
    for reading in db.session.scalars(rows):
        found[reading.evidence_id][reading.reader] = reading
    return {evidence_id: [kept[name] for name in sorted(kept)] for evidence_id, kept in found.items()}


def read_by(evidence_id: str) -> set[tuple[str, str]]:
    """(reader, version) of every reading of the item."""
    rows = db.session.execute(select(Reading.reader, Reading.version).where(Reading.evidence_id == evidence_id))
    return {(reader, version) for reader, version in rows}


def summaries(evidence_ids: Collection[str]) -> dict[str, Summary]:
    """What each item says of itself, over all its readers."""
    found = {}
    for evidence_id, readings in readings_of(evidence_ids).items():
        claims = [claim for reading in readings for claim in reading.claims]
        answer = combined(claims) if readings else None
        found[evidence_id] = Summary(answer, claims, contradicts(claims))
    return found
