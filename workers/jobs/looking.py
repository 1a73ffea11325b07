"""Looking at an item: previews people can see, scans by every detector, and comparisons with the references."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.core.audit import Actor
from webapp.core.db import db, settings
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import add_preview, note, store
from webapp.domain.matching import queries, service
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals
from webapp.domain.reports.models import ReportEvidence
from workers import previews
from workers.compare import look
from workers.detectors import registry
from workers.run import Work

WORKSHOP = Actor("system", "workshop", "Redress")


@dataclass(frozen=True)
class Item:
    """What looking needs to know of an item, free of the database."""

    path: Path
    media_type: str
    medium: str
    gone: bool
    paper: bool  # shows a standing, a title, an identity: people read it, nothing is measured on it


@lru_cache(maxsize=1)
def roster(names: str = "") -> registry.Roster:
    """The detectors of this installation (`DETECTORS`, dotted names separated by commas), loaded once a process."""
    return registry.assemble(chapter(), [n.strip() for n in names.split(",") if n.strip()] or registry.DEFAULT)


def preview(work: Work, evidence_id: str) -> None:
    """Make the two pictures in which an item may be shown. What cannot be decoded is noted, not tried for ever."""
    item = _item(evidence_id)
    if item.gone or item.medium != "image":
        with work.finish():
            return
    try:
        made = previews.make(item.path, item.media_type)
    except CannotLook as why:
        with work.finish():
            note(evidence_id, WORKSHOP, "preview_failed", reason=why.code)
        return
    kept = [(r, store().put(r.data)) for r in made]
    with work.finish():
        for rendition, blob in kept:
            kind = "thumb" if rendition.kind == "thumb" else "large"
            add_preview(evidence_id, kind, blob, rendition.media_type, rendition.width, rendition.height)
        note(evidence_id, WORKSHOP, "previewed")
        _weigh_cases_of(evidence_id)


def scan(work: Work, evidence_id: str) -> None:
    """Let every detector look, and write down what came of it: also that one could not look, or is not here.

    Papers are never compared with anything, so nothing is measured on them (PIPL art 6: no more than needed).
    """
    item = _item(evidence_id)
    if item.gone or item.paper:
        with work.finish():
            return
    present, absent = roster(settings().detectors).present, roster(settings().detectors).absent
    outcomes: list[dict[str, Any]] = []
    for detector in present:
        work.renew()  # the sandbox ends a look after 15 s, the lease is 20 s
        outcomes.append({"detector": detector.name, "version": detector.version} | _look(detector, item))
    outcomes += [
        {"detector": name.rpartition(".")[2], "version": "", "state": "failed", "reason": "detector_absent"}
        for name in absent
    ]
    with work.finish():
        for outcome in outcomes:
            service.record_scan(evidence_id, **outcome)
        note(evidence_id, WORKSHOP, "scanned", detectors=[f"{o['detector']} {o['version']}" for o in outcomes])


def _look(detector: Detector, item: Item) -> dict[str, Any]:
    """One detector's outcome as `matching.record_scan` takes it."""
    if detector.medium != item.medium:
        return {"state": "not_applicable", "reason": "other_medium"}
    began = time.monotonic()
    try:
        data = look(detector, item.path, item.media_type).to_bytes()
    except CannotLook as why:
        state = "not_applicable" if why.code == "unsupported" else "failed"
        return {"state": state, "reason": why.code, "took_ms": _ms(began)}
    return {"state": "done", "took_ms": _ms(began), "data": data}


def compare(work: Work, evidence_id: str, report_id: str = "") -> None:
    """Compare an item with what it belongs to, as far as signals are there; the case then knows its best match.

    Runs when an item joined a report and when it was scanned: whichever comes last finds both.
    """
    found: list[tuple[str, str, Detector, Comparison]] = []
    for detector in roster(settings().detectors).present:
        pairs = queries.open_pairs(evidence_id, detector.name, detector.version, detector.medium)
        stored = queries.signals([e for pair in pairs for e in pair], detector.name, detector.version)
        with work.holding():
            found += [(q, r, detector, _compare(detector, stored[q], stored[r])) for q, r in pairs]
    with work.finish():
        for query, reference, detector, comparison in found:
            service.record_match(query, reference, detector.name, detector.version, comparison)
        if found:
            _weigh_cases_of(evidence_id)


def _compare(detector: Detector, query: bytes, reference: bytes) -> Comparison:
    try:
        return detector.compare(Signals.from_bytes(query), Signals.from_bytes(reference))
    except CannotLook as why:
        return Comparison(distance=0.0, verdict="cannot_tell", band="none", threshold=0.0, reason=why.code)


def _item(evidence_id: str) -> Item:
    row = db.session.get_one(Evidence, evidence_id)
    item = Item(store().path(row.sha256), row.media_type, row.medium, row.dropped_at is not None, row.role == "proof")
    db.session.rollback()  # let go of the connection while the slow part runs
    return item


def _weigh_cases_of(evidence_id: str) -> None:
    cases = db.session.scalars(
        select(Case)
        .join(CaseReport, CaseReport.case_id == Case.id)
        .join(ReportEvidence, ReportEvidence.report_id == CaseReport.report_id)
        .where(ReportEvidence.evidence_id == evidence_id)
        .distinct()
    )
    for case in cases.all():
        weigh(case)


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
