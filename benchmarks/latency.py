"""From "sent" to "match attached" on an idle machine: reports one at a time, and what the time is made of.

Two sorts: one picture against one reference (a plain copy), and 3 pictures against 5 references, of which one is a
plain copy, one a crop that only a dear detector finds, and one is in none of them. The anchor is the same looking and
comparing, called one after the other in this process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.pictures import altered, cropped, photo, scene
from benchmarks.servers import free_port, redress
from benchmarks.table import Row
from demo.visitor import Visitor
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.core.outbox import Task
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import COSTS, CannotLook, Signals
from webapp.domain.matching.models import Match, Scan
from webapp.domain.reports.models import Report, ReportEvidence
from workers.detectors import registry

REPORTS = 20
SEVERAL = 7  # reports of 3 pictures against 5 references
PATIENCE = 60.0

PAPER = ("TITLE", photo(1, side=640))  # without it the notice waits to be completed
LOOKING = ("evidence.kept", "item.attached", "item.scanned", "item.deepen")


def run() -> list[Row]:
    """Rows: upload → match (files are scanned while the form is still being filled), send → match, detector time."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with redress(Path(folder), port) as ready:
            app = create_base_app(Settings(REDRESS_DATA=Path(folder)))
            with app.app_context():
                found = [_one(port, number) for number in range(REPORTS)]
                several = [_several(port, number) for number in range(SEVERAL)]
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
        *_rows(several),
    ]


def _rows(several: list[dict[str, float]]) -> list[Row]:
    median = {name: statistics.median(f[name] for f in several) for name in several[0]}
    size, own = f"median of {SEVERAL}", median["own"]

    def row(work: str, name: str) -> Row:
        return Row(work, size, median[name], "its decode and detector times", own, median[name] / own)

    return [row("3 against 5, sent → all matches", "sent"), row("3 against 5, first file → all", "kept")]


def _several(port: int, number: int) -> dict[str, float]:
    """3 pictures against 5 references: seconds from sending, and from the first file, to the last match."""
    originals = [scene(1000 + 10 * number + n) for n in range(5)]
    reported = [altered(originals[0]), cropped(originals[1]), scene(1009 + 10 * number)]
    files = [("alleged", data) for data in reported] + [("reference", data) for data in originals]
    reference = Visitor(port).report(f"several{number}", [*files, PAPER])
    db.session.rollback()
    report, items = _of(reference)
    ids = [item.id for item in items]
    deadline = time.monotonic() + PATIENCE
    while _waiting(ids):
        db.session.rollback()
        if time.monotonic() > deadline:
            raise RuntimeError(f"{reference} is not done within {PATIENCE:.0f} s")
        time.sleep(0.05)
    made = list(db.session.scalars(select(Match).where(Match.query_id.in_(ids))))
    found = {match.query_id for match in made if match.verdict == "supports"}
    if len(found) != 2:
        raise RuntimeError(f"{len(found)} of the two copies found in {reference}")
    last = max(match.made_at for match in made)
    db.session.rollback()
    return {
        "sent": (last - report.received_at).total_seconds(),
        "kept": (last - min(item.received_at for item in items)).total_seconds(),
        "own": _directly(reported, originals),
    }


def _waiting(ids: list[str]) -> bool:
    """Whether any look or comparison of these items is still to come."""
    tasks = db.session.scalars(select(Task).where(Task.topic.in_(LOOKING), Task.state.in_(("todo", "run"))))
    mine = [task for task in tasks if task.queue != "later"]
    return any(not set(ids).isdisjoint(" ".join(map(str, task.payload.values())).split()) for task in mine)


def _directly(reported: list[bytes], references: list[bytes]) -> float:
    """The same work without queues, database or sandbox: cheap looks, cheap pairs, dear looks and pairs where open."""
    detectors = [d for d in registry.assemble(chapter(), readers=()).present if not d.consent and d.medium == "image"]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(n) for n in range(len(reported) + len(references))]
        for path, data in zip(paths, [*reported, *references], strict=True):
            path.write_bytes(data)
        began = time.perf_counter()
        mine, theirs = paths[: len(reported)], paths[len(reported) :]
        open_still, looked = set(mine), dict[tuple[str, Path], Signals]()
        for cost in COSTS:
            asked = [d for d in detectors if d.cost == cost]
            for path in [*sorted(open_still), *theirs] if open_still else ():
                for detector in asked:
                    with suppress(CannotLook):
                        looked[detector.name, path] = detector.signals(path, "image/jpeg")
            strong = set()
            for query in sorted(open_still):
                for detector in asked:
                    pairs = [(looked.get((detector.name, query)), looked.get((detector.name, r))) for r in theirs]
                    compared = [detector.compare(one, other) for one, other in pairs if one and other]
                    strong |= {query for found in compared if found.band == "strong"}
            open_still -= strong
        return time.perf_counter() - began


def _one(port: int, number: int) -> dict[str, float]:
    original = photo(number, side=1024)
    reference = Visitor(port).report(f"item{number}", [("alleged", altered(original)), ("reference", original), PAPER])
    match = _wait_for_match(reference)
    report, items = _of(reference)
    looked_by = Scan.detector == match.detector
    scans = list(db.session.scalars(select(Scan).where(Scan.evidence_id.in_([i.id for i in items]), looked_by)))
    kept, looked = max(i.received_at for i in items), max(s.finished_at for s in scans if s.finished_at)
    return {
        "sent": (match.made_at - report.received_at).total_seconds(),
        "kept": (match.made_at - kept).total_seconds(),
        "looked": (looked - kept).total_seconds(),
        "paired": (match.made_at - max(looked, report.received_at)).total_seconds(),
        "scan": sum(s.took_ms or 0 for s in scans) / 1000,
    }


def _of(reference: str) -> tuple[Report, list[Evidence]]:
    """A report and the files in it that detectors look at."""
    report = db.session.scalars(select(Report).where(Report.reference == reference)).one()
    items = (
        select(Evidence)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .where(ReportEvidence.report_id == report.id, Evidence.role != "proof")
    )
    return report, list(db.session.scalars(items))


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
