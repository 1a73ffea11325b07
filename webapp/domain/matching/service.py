"""Writing down what detectors saw; every row once, also when nothing was seen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, or_, select

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.matching.models import Match, Scan, Signal


def record_scan(
    evidence_id: str,
    detector: str,
    version: str,
    *,
    state: str,
    reason: str = "",
    took_ms: int | None = None,
    data: bytes | None = None,
) -> Scan:
    """The outcome of one detector version over one item: 'done' with its signal, 'failed' or 'not_applicable' with why.

    A repeat overwrites nothing that is done. Posts `item.scanned` when there is a signal to compare.
    """
    require_transaction("matching.record_scan")
    scan = db.session.scalar(
        select(Scan).where(Scan.evidence_id == evidence_id, Scan.detector == detector, Scan.version == version)
    )
    if scan is not None and scan.state == "done":
        return scan
    if scan is None:
        scan = Scan(id=new_id(), evidence_id=evidence_id, detector=detector, version=version)
        db.session.add(scan)
    scan.state, scan.reason, scan.took_ms, scan.finished_at = state, reason, took_ms, now()
    if data is not None:
        db.session.add(Signal(evidence_id=evidence_id, detector=detector, version=version, data=data, made_at=now()))
    outbox.post("item.scanned", evidence_id=evidence_id)
    return scan


def record_match(query_id: str, reference_id: str, detector: str, version: str, comparison: Any) -> Match:
    """Keep what comparing two signals said (`comparison`: a detector's Comparison). A repeat returns the first row."""
    require_transaction("matching.record_match")
    match = db.session.scalar(
        select(Match).where(
            Match.query_id == query_id,
            Match.reference_id == reference_id,
            Match.detector == detector,
            Match.version == version,
        )
    )
    if match is None:
        match = Match(
            id=new_id(),
            query_id=query_id,
            reference_id=reference_id,
            detector=detector,
            version=version,
            distance=comparison.distance,
            threshold=comparison.threshold,
            band=comparison.band,
            verdict=comparison.verdict,
            reason=comparison.reason,
            findings=list(comparison.findings),
            made_at=now(),
        )
        db.session.add(match)
    return match


def forget(evidence_ids: Collection[str]) -> None:
    """Delete all that detectors keep of items that are erased: signals (they hold a small picture), scans, matches."""
    require_transaction("matching.forget")
    pair = or_(Match.query_id.in_(evidence_ids), Match.reference_id.in_(evidence_ids))
    db.session.execute(delete(Match).where(pair))
    db.session.execute(delete(Signal).where(Signal.evidence_id.in_(evidence_ids)))
    db.session.execute(delete(Scan).where(Scan.evidence_id.in_(evidence_ids)))
