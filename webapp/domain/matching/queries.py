"""Looking at scans and matches: for the jobs that compare, and for the page of a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from webapp.core.db import db
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.detector import medium_of
from webapp.domain.matching.models import Match, Scan, Signal
from webapp.domain.matching.rules import Item, Kind, Pair, meetings
from webapp.domain.reports.models import ReportEvidence

# (reported item, found evidence, whose it is): what the index found for an item.
Candidate = tuple[str, str, str]


@dataclass(frozen=True)
class Table:
    """All that comparing one item and its neighbours needs: items, pairs, and how far each detector's present version
    is with them."""

    items: list[Item]
    pairs: list[Pair]
    states: dict[tuple[str, str], str]
    bands: dict[tuple[str, str, str], str]


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
        found[report_id].append(Item(item.id, item.role, medium_of(item.media_type)))
    return found


def table(evidence_ids: Collection[str], kinds: Sequence[Kind], candidates: Iterable[Candidate] = ()) -> Table:
    """The whole of every report the items belong to, and the index's candidates, in five queries at most."""
    report_ids = list(
        db.session.scalars(
            select(ReportEvidence.report_id).where(ReportEvidence.evidence_id.in_(evidence_ids)).distinct()
        )
    )
    by_report = items_of(report_ids) if report_ids else {}
    pairs = [pair for report_id, items in by_report.items() for pair in meetings(items, report_id)]
    items = {item.evidence_id: item for found in by_report.values() for item in found if item.role != "proof"}
    candidates = list(candidates)
    ids = {side for query, reference, _origin in candidates for side in (query, reference)} - set(items)
    if ids:
        for row in db.session.scalars(select(Evidence).where(Evidence.id.in_(ids), Evidence.dropped_at.is_(None))):
            items[row.id] = Item(row.id, row.role, medium_of(row.media_type))
    pairs += [
        Pair(query, reference, (items[query].medium, items[reference].medium), origin, origin)
        for query, reference, origin in candidates
        if query in items and reference in items
    ]
    return Table(list(items.values()), pairs, _states(list(items), kinds), _bands(list(items), kinds))


def _states(evidence_ids: Sequence[str], kinds: Sequence[Kind]) -> dict[tuple[str, str], str]:
    rows = db.session.execute(
        select(Scan.evidence_id, Scan.detector, Scan.state).where(
            Scan.evidence_id.in_(evidence_ids),
            tuple_(Scan.detector, Scan.version).in_([(kind.name, kind.version) for kind in kinds]),
        )
    ).all()
    return {(evidence_id, detector): state for evidence_id, detector, state in rows}


def _bands(evidence_ids: Sequence[str], kinds: Sequence[Kind]) -> dict[tuple[str, str, str], str]:
    rows = db.session.execute(
        select(Match.query_id, Match.reference_id, Match.detector, Match.band).where(
            Match.query_id.in_(evidence_ids),
            tuple_(Match.detector, Match.version).in_([(kind.name, kind.version) for kind in kinds]),
        )
    ).all()
    return {(query, reference, detector): band for query, reference, detector, band in rows}


def signals(wanted: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], bytes]:
    """Stored signals by (evidence id, detector, version), in one query."""
    if not wanted:
        return {}
    key = tuple_(Signal.evidence_id, Signal.detector, Signal.version)
    return {
        (s.evidence_id, s.detector, s.version): s.data
        for s in db.session.scalars(select(Signal).where(key.in_(wanted)))
    }


def looked(evidence_ids: Collection[str]) -> dict[str, dict[tuple[str, str], str]]:
    """Per item the state of every scan by (detector, version)."""
    found: dict[str, dict[tuple[str, str], str]] = {evidence_id: {} for evidence_id in evidence_ids}
    for evidence_id, detector, version, state in db.session.execute(
        select(Scan.evidence_id, Scan.detector, Scan.version, Scan.state).where(Scan.evidence_id.in_(evidence_ids))
    ):
        found[evidence_id][detector, version] = state
    return found


def scans_of(evidence_ids: Sequence[str]) -> dict[str, list[Scan]]:
    """Which detectors looked at each item, with what outcome: the latest version of each."""
    latest: dict[tuple[str, str], Scan] = {}
    for scan in db.session.scalars(
        select(Scan).where(Scan.evidence_id.in_(evidence_ids)).order_by(Scan.detector, Scan.version)
    ):
        before = latest.get((scan.evidence_id, scan.detector))
        if before is None or _newer(scan, before):
            latest[scan.evidence_id, scan.detector] = scan
    found: dict[str, list[Scan]] = {e: [] for e in evidence_ids}
    for scan in latest.values():
        found[scan.evidence_id].append(scan)
    return found


def _newer(scan: Scan, before: Scan) -> bool:
    """A look that is still to come is newer than any that was had."""
    if scan.finished_at is None or before.finished_at is None:
        return scan.finished_at is None
    return scan.finished_at >= before.finished_at


def matches_of(evidence_ids: Sequence[str]) -> list[Match]:
    """All comparisons of these reported items with references, by each detector's latest version, nearest first."""
    return list(
        db.session.scalars(
            select(Match)
            .where(Match.query_id.in_(evidence_ids), Match.superseded_at.is_(None))
            .order_by(Match.distance, Match.id)
        )
    )
