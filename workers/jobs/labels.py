"""Reading what files say of their own making: metadata of every item, visible labels where the kind asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.evidence.service import note
from webapp.domain.labels import queries, service
from webapp.domain.matching.detector import Reader
from webapp.domain.matching.service import record_scan
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report, ReportEvidence
from workers import readers
from workers.jobs.looking import WORKSHOP, Item, item_of
from workers.look import Outcome, look_all
from workers.run import Work


def read(work: Work, evidence_id: str) -> None:
    """`evidence.kept`: every cheap reader, whatever the medium. Papers are never read."""
    item = item_of(evidence_id)
    if item.gone or item.paper:
        with work.finish():
            return
    _read(work, evidence_id, item, "cheap")


def look_for_marks(work: Work, evidence_id: str, report_id: str = "") -> None:
    """`item.attached`: the dear readers, over what is reported in a kind that asks how it is labelled."""
    item = item_of(evidence_id)
    wanted = not (item.gone or item.paper) and _asked(evidence_id)
    db.session.rollback()
    if not wanted:
        with work.finish():
            return
    _read(work, evidence_id, item, "dear")


def _asked(evidence_id: str) -> bool:
    kinds = db.session.scalars(
        select(Report.kind)
        .join(ReportEvidence, ReportEvidence.report_id == Report.id)
        .where(ReportEvidence.evidence_id == evidence_id)
    )
    known = book().kinds
    return any(kind in known and known[kind].reads_labels for kind in kinds)


def _read(work: Work, evidence_id: str, item: Item, cost: str) -> None:
    done = queries.read_by(evidence_id)
    db.session.rollback()
    of_cost = readers.roster(cost).readers
    fresh = [r for r in of_cost if item.media_type in r.media and (r.name, r.version) not in done]
    outcomes = look_all(fresh, item.path, item.media_type, work.renew)
    with work.finish():
        keep(evidence_id, outcomes)
        for reader in of_cost:
            if item.media_type not in reader.media:
                _spare(evidence_id, reader)
        for name in readers.absent(cost):
            record_scan(evidence_id, name, "", state="failed", reason="detector_absent")


def keep(evidence_id: str, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Write down what readers read and which could not; gives all claims. Inside a transaction."""
    claims: list[dict[str, Any]] = []
    for outcome in outcomes:
        if outcome.code:
            state = "not_applicable" if outcome.code == "unsupported" else "failed"
            record_scan(
                evidence_id, outcome.name, outcome.version, state=state, reason=outcome.code, took_ms=outcome.took_ms
            )
            continue
        told = readers.plain(outcome.claims())
        service.record(evidence_id, outcome.name, outcome.version, told)
        record_scan(evidence_id, outcome.name, outcome.version, state="done", took_ms=outcome.took_ms)
        claims += told
    if outcomes:
        note(evidence_id, WORKSHOP, "read", readers=[f"{o.name} {o.version}" for o in outcomes])
    return claims


def _spare(evidence_id: str, reader: Reader) -> None:
    record_scan(evidence_id, reader.name, reader.version, state="not_applicable", reason="other_medium")
