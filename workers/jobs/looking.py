"""Looking at an item: scans by the detectors, the cheap ones first.

An item that was kept is looked at by every cheap detector of its medium. What the dear ones should still look at is
found out where pairs are compared (`comparing`), and done by `deepen`. Detectors that need a person's separate consent
are not asked here at all. Sound and film, of which one can take minutes, are looked at in a queue of their own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.db import db
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import note, store
from webapp.domain.matching import queries, service
from webapp.domain.matching.detector import Detector, medium_of
from webapp.domain.matching.rules import SETTLED
from webapp.domain.reports.models import ReportEvidence
from workers.look import Job, Outcome, look_all, look_many
from workers.roster import absent, kind_of, lookers, roster
from workers.run import Work

__all__ = [
    "LONG",
    "MEDIA",
    "WORKSHOP",
    "deepen",
    "hand_over",
    "item_of",
    "items_of",
    "roster",
    "scan",
    "weigh_cases_of",
]

COMPARE = "workers.jobs.comparing.compare"
SCAN, DEEPEN = "workers.jobs.looking.scan", "workers.jobs.looking.deepen"
LONG = ("audio", "video")  # media of which one item can take minutes
MEDIA = "media"  # the queue where they are looked at
# Children that look at files at the same time: a processor each, and no more than a host's memory stands.
AT_ONCE = max(1, min(4, len(os.sched_getaffinity(0))))
WORKSHOP = Actor("system", "workshop", "Redress")


@dataclass(frozen=True)
class Item:
    """What looking needs to know of an item, free of the database."""

    path: Path
    media_type: str
    medium: str
    gone: bool
    paper: bool  # shows a standing, a title, an identity: people read it, nothing is measured on it
    looked: dict[tuple[str, str], str]  # (detector, version) → state of its scan


def scan(work: Work, evidence_id: str) -> None:
    """Let every cheap detector look, and write down what came of it: also that one could not look, or is not here.

    Papers are never compared with anything, so nothing is measured on them (PIPL art 6: no more than needed).
    """
    item = item_of(evidence_id)
    if item.gone or item.paper:
        with work.finish():
            return
    if item.medium in LONG and work.queue != MEDIA:
        hand_over(work, [SCAN], evidence_id)
        return
    fitting = [d for d in lookers() if kind_of(d).reads(item.medium)]
    fresh = [d for d in fitting if d.cost == "cheap" and item.looked.get((d.name, d.version)) not in SETTLED]
    *first, last = _sittings(fresh, item)
    for sitting in first:
        rows = [row(outcome) for outcome in look_all(sitting, item.path, item.media_type, work.renew)]
        with work.step():
            _write_down(evidence_id, rows)
            service.scanned(evidence_id)  # what is heard is compared while the pictures are still looked at
    rows = [row(outcome) for outcome in look_all(last, item.path, item.media_type, work.renew)]
    rows += [_spared(d.name, d.version) for d in lookers() if d not in fitting]
    for kind in absent():
        fits = kind.reads(item.medium) or not kind.medium
        rows.append(_missing(kind.name, kind.version) if fits else _spared(kind.name, kind.version))
    with work.finish():
        _write_down(evidence_id, rows)
        service.scanned(evidence_id)


def deepen(work: Work, evidence_ids: str) -> None:
    """Let the dear detectors look whose scan of these items is queued, a few items side by side. A repeat finds none.

    `evidence_ids`: ids separated by blanks.
    """
    items = items_of(evidence_ids.split())
    long = [i for i, item in items.items() if item.medium in LONG] if work.queue != MEDIA else []
    mine = {d.name for d in lookers()} | {kind.name for kind in absent()}  # readers queue looks of their own
    rows: dict[str, list[dict[str, Any]]] = {}
    asked: list[tuple[str, Job]] = []
    for evidence_id, item in items.items():
        queued = {key for key, state in item.looked.items() if state == "queued" and key[0] in mine}
        present = [d for d in lookers() if (d.name, d.version) in queued]
        if queued and not item.gone and evidence_id not in long:
            rows[evidence_id] = [_missing(*key) for key in queued - {(d.name, d.version) for d in present}]
            *first, last = _sittings(present, item)
            for sitting in first:
                outcomes = look_all(sitting, item.path, item.media_type, work.renew)
                with work.step():
                    _write_down(evidence_id, [row(outcome) for outcome in outcomes])
            asked.append((evidence_id, (last, item.path, item.media_type)))
    found = look_many([job for _id, job in asked], work.renew, AT_ONCE)
    for (evidence_id, _job), outcomes in zip(asked, found, strict=True):
        rows[evidence_id] += [row(outcome) for outcome in outcomes]
    with work.finish():
        for evidence_id, one in rows.items():
            _write_down(evidence_id, one)
        for evidence_id in long:  # one after the other: each may fill a processor for minutes
            outbox.post("item.deepen", handler=DEEPEN, queue=MEDIA, evidence_ids=evidence_id)
        if rows:
            outbox.post("item.scanned", handler=COMPARE, evidence_ids=" ".join(rows))


def hand_over(work: Work, handlers: Sequence[str], evidence_id: str) -> None:
    """Let these handlers do it in the queue of sound and film, so that what is quick does not wait behind it."""
    with work.finish():
        for handler in handlers:
            key = f"{work.task_id}:{handler}"
            outbox.post(work.topic, handler=handler, queue=MEDIA, key=key, evidence_id=evidence_id)


def _sittings(asked: Sequence[Detector], item: Item) -> list[list[Detector]]:
    """Who looks together, in one child: everybody, or those who listen, then those who watch. After each sitting it is
    written down, so that a restart in the middle of a long film does not begin at its beginning."""
    if item.medium not in LONG:
        return [list(asked)]
    listens = [d for d in asked if kind_of(d).sounds]
    return [listens, [d for d in asked if d not in listens]] if listens else [list(asked)]


def row(outcome: Outcome) -> dict[str, Any]:
    """An outcome as `matching.record_scan` takes it."""
    named: dict[str, Any] = {"detector": outcome.name, "version": outcome.version, "took_ms": outcome.took_ms}
    if outcome.code:
        state = "not_applicable" if outcome.code == "unsupported" else "failed"
        return named | {"state": state, "reason": outcome.code}
    return named | {"state": "done", "data": outcome.data}


def item_of(evidence_id: str) -> Item:
    """`items_of` for one. Raises KeyError for an item that is not there."""
    return items_of([evidence_id])[evidence_id]


def items_of(evidence_ids: Sequence[str]) -> dict[str, Item]:
    """What looking needs to know; lets go of the database connection before the slow part begins."""
    looked = queries.looked(evidence_ids)
    items = {
        found.id: Item(
            store().path(found.sha256),
            found.media_type,
            medium_of(found.media_type),
            found.dropped_at is not None,
            found.role == "proof",
            looked[found.id],
        )
        for found in db.session.scalars(select(Evidence).where(Evidence.id.in_(evidence_ids)))
    }
    db.session.rollback()
    return items


def weigh_cases_of(evidence_ids: Sequence[str]) -> None:
    """Let every case these items belong to know its best match and its picture. Inside a transaction."""
    concerned = (
        select(CaseReport.case_id)
        .join(ReportEvidence, ReportEvidence.report_id == CaseReport.report_id)
        .where(ReportEvidence.evidence_id.in_(evidence_ids))
    )
    for case in db.session.scalars(select(Case).where(Case.id.in_(concerned))).all():
        weigh(case)


def _write_down(evidence_id: str, rows: Sequence[dict[str, Any]]) -> None:
    if db.session.get_one(Evidence, evidence_id).dropped_at is not None:
        return  # taken back while it was looked at: it may be erased already
    for one in rows:
        service.record_scan(evidence_id, **one)
    looked = [f"{one['detector']} {one['version']}" for one in rows if one.get("reason") != "other_medium"]
    if looked:
        note(evidence_id, WORKSHOP, "scanned", detectors=looked)


def _spared(name: str, version: str) -> dict[str, Any]:
    return {"detector": name, "version": version, "state": "not_applicable", "reason": "other_medium"}


def _missing(name: str, version: str) -> dict[str, Any]:
    return {"detector": name, "version": version, "state": "failed", "reason": "detector_absent"}
