"""What is written of detectors that need a consent: who looked, without any signal; and blanking what they found."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.matching.models import Match, Scan
from webapp.domain.matching.service import tell_moments

# What outweighs what where one item belongs to two reports, and only one of them allowed the look.
_WEIGHT = {"not_applicable": 0, "queued": 1, "failed": 2, "done": 3}


def note_look(evidence_id: str, detector: str, version: str, *, state: str, reason: str = "") -> None:
    """Whether this detector looked at an item, or why it did not: one row an item, so that an item nobody allowed to
    measure shows as that. A look outweighs no look; nothing is posted, since there is no signal to compare.
    """
    require_transaction("matching.note_look")
    scan = db.session.scalar(
        select(Scan).where(Scan.evidence_id == evidence_id, Scan.detector == detector).order_by(Scan.version.desc())
    )
    if scan is None:
        scan = Scan(id=new_id(), evidence_id=evidence_id, detector=detector)
        db.session.add(scan)
    elif _WEIGHT[state] < _WEIGHT[scan.state] and version in ("", scan.version):
        return
    scan.version, scan.state, scan.reason, scan.finished_at = version, state, reason, now()
    db.session.flush()


def compared(evidence_ids: Collection[str], detector: str, version: str) -> set[tuple[str, str]]:
    """The pairs of these reported items that this detector version has compared."""
    rows = select(Match.query_id, Match.reference_id).where(
        Match.query_id.in_(evidence_ids), Match.detector == detector, Match.version == version
    )
    return {(query_id, reference_id) for query_id, reference_id in db.session.execute(rows)}


def blank(reference_ids: Collection[str], detector: str, reason: str) -> int:
    """Take out what this detector found with these references; gives in how many comparisons.

    The rows stay, so that a comparison that took place shows as one that was taken back: without distance, band or
    findings they say nothing of a face or a voice. A reported item that was compared for somebody else too keeps that
    look.
    """
    require_transaction("matching.blank")
    db.session.flush()
    hers = (Match.reference_id.in_(reference_ids), Match.detector == detector, Match.reason != reason)
    rows = db.session.execute(select(Match.query_id, Match.reference_id, Match.findings).where(*hers)).all()
    queries = {query_id for query_id, _reference, _findings in rows}
    for query_id, reference_id, findings in rows:
        tell_moments(query_id, reference_id, findings)  # the frames of a film in which her face was found go too
    result = db.session.execute(
        update(Match)
        .where(*hers)
        .values(distance=0.0, threshold=0.0, band="none", verdict="cannot_tell", reason=reason, findings=[])
        .execution_options(synchronize_session="fetch")
    )
    others = set(
        db.session.scalars(
            select(Match.query_id).where(
                Match.query_id.in_(queries), Match.detector == detector, Match.reason != reason
            )
        )
    )
    db.session.execute(
        update(Scan)
        .where(Scan.evidence_id.in_({*reference_ids, *(queries - others)}), Scan.detector == detector)
        .values(state="not_applicable", reason=reason, took_ms=None)
        .execution_options(synchronize_session="fetch")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
