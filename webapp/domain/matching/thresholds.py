"""The bands in force: the book's, until a lead moves them after seeing them replayed on all decided cases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Comparison, Thresholds, thresholds_of
from webapp.domain.matching.models import ThresholdChange

SHORTEST_WHY, LONGEST_WHY = 10, 500  # characters: enough to say what was seen, short enough to be read later
MOVED = "threshold_moved"


def in_force(detector: str, version: str = "") -> Thresholds | None:
    """The bands of a detector's version (default: the book's): moved here last, else the book's; None if unknown."""
    try:
        shipped = thresholds_of(chapter(), detector)
    except KeyError:
        return None
    moved = _moved(detector, version or shipped.version)
    return _of(moved) if moved else shipped if shipped.version == (version or shipped.version) else None


def history(detector: str) -> list[ThresholdChange]:
    """Every move of this detector's bands, newest first."""
    found = select(ThresholdChange).where(ThresholdChange.detector == detector)
    return list(db.session.scalars(found.order_by(ThresholdChange.made_at.desc(), ThresholdChange.id.desc())))


def asked(detector: str, strong: float, possible: float, weak: float) -> Thresholds:
    """Bands somebody wishes for. Raises Refused('threshold_unknown', 'thresholds_wrong')."""
    current = in_force(detector)
    if current is None:
        raise Refused("threshold_unknown", detector=detector)
    if not all(math.isfinite(value) for value in (strong, possible, weak)):
        raise Refused("thresholds_wrong")
    try:
        return Thresholds(current.version, strong, possible, weak)
    except ValueError:
        raise Refused("thresholds_wrong") from None


def move(
    detector: str, wished: Thresholds, why: str, replay: Mapping[str, Any], staff_id: str, actor: Actor
) -> ThresholdChange:
    """Put other bands in force, from the next comparison on; `thresholds.moved` brings open cases along.

    `replay` is what the person saw and confirmed, kept with the change. Raises Refused('threshold_unexplained',
    'threshold_unchanged').
    """
    require_transaction("matching.move_thresholds")
    why = why.strip()
    if not SHORTEST_WHY <= len(why) <= LONGEST_WHY:
        raise Refused("threshold_unexplained", shortest=SHORTEST_WHY, longest=LONGEST_WHY)
    if wished == in_force(detector):
        raise Refused("threshold_unchanged")
    change = ThresholdChange(
        id=new_id(),
        detector=detector,
        version=wished.version,
        strong=wished.strong,
        possible=wished.possible,
        weak=wished.weak,
        why=why,
        replay=dict(replay),
        staff_id=staff_id,
        made_at=now(),
    )
    db.session.add(change)
    bands = {"strong": wished.strong, "possible": wished.possible, "weak": wished.weak}
    record(actor, "thresholds.move", "detector", detector, version=wished.version, why=why, **bands)
    outbox.post("thresholds.moved", change_id=change.id, after="")
    return change


def applied(detector: str, version: str, comparison: Comparison) -> Comparison:
    """A comparison under the bands in force here; unchanged while nobody has moved them."""
    moved = _moved(detector, version)
    return rebanded(comparison, _of(moved)) if moved else comparison


def rebanded(comparison: Comparison, bands: Thresholds) -> Comparison:
    """The same distance under other bands. What could not be assessed stays so, whatever the number."""
    if comparison.verdict == "cannot_tell" and comparison.band == "none":
        return comparison
    band = bands.band(comparison.distance)
    verdict = bands.verdict(band)
    reason = comparison.reason if verdict == comparison.verdict else MOVED
    return replace(comparison, band=band, verdict=verdict, reason=reason, threshold=bands.possible)


def _moved(detector: str, version: str) -> ThresholdChange | None:
    found = select(ThresholdChange).where(ThresholdChange.detector == detector, ThresholdChange.version == version)
    return db.session.scalar(found.order_by(ThresholdChange.made_at.desc(), ThresholdChange.id.desc()).limit(1))


def _of(change: ThresholdChange) -> Thresholds:
    return Thresholds(change.version, change.strong, change.possible, change.weak)
