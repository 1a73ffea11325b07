"""From "sent" to "match attached" on an idle machine: 30 reports, one at a time, and what the time is made of."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.pictures import altered, photo
from benchmarks.servers import free_port, redress
from benchmarks.table import Row
from demo.visitor import Visitor
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.models import Match, Scan
from webapp.domain.reports.models import Report, ReportEvidence

REPORTS = 30
PATIENCE = 30.0


def run() -> list[Row]:
    """Rows: upload → match (files are scanned while the form is still being filled), send → match, detector time."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with redress(Path(folder), port) as ready:
            app = create_base_app(Settings(REDRESS_DATA=Path(folder)))
            with app.app_context():
                found = [_one(port, number) for number in range(REPORTS)]
                db.session.remove()
                db.engine.dispose()
    median = {name: statistics.median(f[name] for f in found) for name in found[0]}
    scan = median["scan"]

    def row(work: str, name: str) -> Row:
        return Row(work, f"median of {REPORTS}", median[name], "both scans' own time", scan, median[name] / scan)

    return [
        Row("start to ready, s", "empty data", ready, "", ready, 1.0),
        row("report sent → match attached, s", "sent"),
        row("last file kept → match, s", "kept"),
        row("… last file kept → looked at", "looked"),
        row("… looked at and sent → match", "paired"),
    ]


def _one(port: int, number: int) -> dict[str, float]:
    original = photo(number, side=1024)
    reference = Visitor(port).report(f"item{number}", [("alleged", altered(original)), ("reference", original)])
    match = _wait_for_match(reference)
    report = db.session.scalars(select(Report).where(Report.reference == reference)).one()
    items = list(
        db.session.scalars(
            select(Evidence)
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .where(ReportEvidence.report_id == report.id)
        )
    )
    scans = list(db.session.scalars(select(Scan).where(Scan.evidence_id.in_([i.id for i in items]))))
    kept, looked = max(i.received_at for i in items), max(s.finished_at for s in scans if s.finished_at)
    return {
        "sent": (match.made_at - report.received_at).total_seconds(),
        "kept": (match.made_at - kept).total_seconds(),
        "looked": (looked - kept).total_seconds(),
        "paired": (match.made_at - max(looked, report.received_at)).total_seconds(),
        "scan": sum(s.took_ms or 0 for s in scans) / 1000,
    }


def _wait_for_match(reference: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    statement = (
        select(Match)
        .join(ReportEvidence, ReportEvidence.evidence_id == Match.query_id)
        .join(Report, Report.id == ReportEvidence.report_id)
        .where(Report.reference == reference, Match.verdict == "supports")
    )
    while time.monotonic() < deadline:
        match = db.session.scalars(statement.limit(1)).first()
        db.session.rollback()
        if match is not None:
            db.session.refresh(match)
            return match
        time.sleep(0.02)
    raise RuntimeError(f"no match for {reference} within {PATIENCE:.0f} s")
