"""Looking at scans and matches: for the compare job, and for the page of a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.models import Match, Scan, Signal
from webapp.domain.matching.rules import Item, pairs
from webapp.domain.reports.models import ReportEvidence


def items_of(report_ids: Sequence[str]) -> dict[str, list[Item]]:
    """Per report its items as pairing sees them; those taken back are left out."""
    rows = db.session.execute(
        select(ReportEvidence.report_id, Evidence)
        .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
        .where(ReportEvidence.report_id.in_(report_ids), Evidence.dropped_at.is_(None))
        .order_by(ReportEvidence.added_at, Evidence.id)
    ).all()
    found: dict[str, list[Item]] = {report_id: [] for report_id in report_ids}
    for report_id, item in rows:
        found[report_id].append(Item(item.id, item.role, item.medium))
    return found


def open_pairs(evidence_id: str, detector: str, version: str, medium: str) -> list[tuple[str, str]]:
    """Pairs with this item, within each report it belongs to, whose signals are both there and which were not compared
    yet."""
    report_ids = list(
        db.session.scalars(select(ReportEvidence.report_id).where(ReportEvidence.evidence_id == evidence_id))
    )
    wanted = {pair for items in items_of(report_ids).values() for pair in pairs(items, medium) if evidence_id in pair}
    ids = {e for pair in wanted for e in pair}
    ready = set(
        db.session.scalars(
            select(Signal.evidence_id).where(
                Signal.evidence_id.in_(ids), Signal.detector == detector, Signal.version == version
            )
        )
    )
    done = {
        (q, r)
        for q, r in db.session.execute(
            select(Match.query_id, Match.reference_id).where(
                Match.query_id.in_(ids), Match.detector == detector, Match.version == version
            )
        )
    }
    return sorted(p for p in wanted - done if p[0] in ready and p[1] in ready)


def signals(evidence_ids: Sequence[str], detector: str, version: str) -> dict[str, bytes]:
    """The stored signals of items, by evidence id."""
    return {
        s.evidence_id: s.data
        for s in db.session.scalars(
            select(Signal).where(
                Signal.evidence_id.in_(evidence_ids), Signal.detector == detector, Signal.version == version
            )
        )
    }


def scans_of(evidence_ids: Sequence[str]) -> dict[str, list[Scan]]:
    """Which detectors looked at each item, with what outcome."""
    found: dict[str, list[Scan]] = {e: [] for e in evidence_ids}
    for scan in db.session.scalars(
        select(Scan).where(Scan.evidence_id.in_(evidence_ids)).order_by(Scan.detector, Scan.version)
    ):
        found[scan.evidence_id].append(scan)
    return found


def matches_of(evidence_ids: Sequence[str]) -> list[Match]:
    """All comparisons of these reported items with references, nearest first."""
    return list(
        db.session.scalars(select(Match).where(Match.query_id.in_(evidence_ids)).order_by(Match.distance, Match.id))
    )
