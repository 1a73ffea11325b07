"""What is compared with what: a reported item with the same reporter's own references, never with strangers'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """An item of a report as pairing sees it."""

    evidence_id: str
    role: str
    medium: str


def pairs(items: Sequence[Item], medium: str) -> list[tuple[str, str]]:
    """(reported item, reference) pairs of one medium, in the order they were sent."""
    queries = [i.evidence_id for i in items if i.role == "alleged" and i.medium == medium]
    references = [i.evidence_id for i in items if i.role == "reference" and i.medium == medium]
    return [(q, r) for q in queries for r in references]
