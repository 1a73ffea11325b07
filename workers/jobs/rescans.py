"""One step of looking at everything again: a few items with the detector's present version, while nothing else waits.

Fresh items go first: a step gives way as soon as one of them waits to be looked at.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.db import db
from webapp.core.outbox import Later
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.rules import LIVE
from webapp.domain.index.book import DETECTOR as INDEXED
from webapp.domain.matching import rescans, service
from webapp.domain.matching.detector import Detector
from webapp.domain.reports.models import ReportEvidence
from workers.jobs.looking import COMPARE, LONG, MEDIA, items_of, row
from workers.look import look_all
from workers.roster import lookers
from workers.run import Work

STEP_ITEMS, STEP_SECONDS = 20, 2.0  # a step is short, so that previews and labels of fresh items come in between
GIVES_WAY = timedelta(seconds=2)
STEP = "workers.jobs.rescans.step"


def step(work: Work, rescan_id: str) -> None:
    """`rescan.next`: look at the next items, then post the next step; nothing while it is paused.

    Raises Later while fresh items wait, or while the detector is not installed here.
    """
    rescan = rescans.get(rescan_id)
    detector = next((d for d in lookers() if (d.name, d.version) == (rescan.detector, rescan.version)), None)
    if rescan.state != "running":
        with work.finish():
            return
    if detector is None:
        raise Later(timedelta(minutes=10), f"{rescan.detector} {rescan.version} is not installed here")
    if detector.medium in LONG and work.queue != MEDIA:
        with work.finish():
            key = f"rescan:{rescan_id}:{work.task_id}"  # as rescans.go_on names its steps
            outbox.post(work.topic, handler=STEP, queue=MEDIA, key=key, rescan_id=rescan_id)
            return
    if _fresh_wait():
        raise Later(GIVES_WAY, "fresh items go first")
    wanted = rescans.to_do(rescan.detector, rescan.version, rescan.cursor, STEP_ITEMS)
    ids = list(db.session.scalars(wanted))
    db.session.rollback()
    looked = _look(work, detector, ids)
    open_still = _in_open_cases(list(looked))
    with work.finish():
        for evidence_id, one in looked.items():
            service.record_scan(evidence_id, **one)
        if open_still:
            outbox.post("item.scanned", handler=COMPARE, queue=rescans.QUEUE, evidence_ids=" ".join(open_still))
        if detector.name == INDEXED:
            for evidence_id in looked:
                handler = "workers.jobs.index.put"
                outbox.post("item.scanned", handler=handler, queue=rescans.QUEUE, evidence_id=evidence_id)
        rescans.went(rescans.get(rescan_id), max(looked, default=""), len(looked))


def _look(work: Work, detector: Detector, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the detector sees in the items, as `matching.record_scan` takes it, until time is up or fresh ones wait."""
    looked: dict[str, dict[str, Any]] = {}
    ends = time.monotonic() + STEP_SECONDS
    for evidence_id, item in sorted(items_of(ids).items()):
        looked[evidence_id] = row(look_all([detector], item.path, item.media_type, work.renew)[0])
        if time.monotonic() > ends or _fresh_wait():
            break
    return looked


def _fresh_wait() -> bool:
    waits = bool(outbox.due("scan", 1) or outbox.due(MEDIA, 1))
    db.session.rollback()
    return waits


def _in_open_cases(evidence_ids: Sequence[str]) -> list[str]:
    """Items of cases nobody has decided yet: their pairs are compared anew. What was decided stays as it was seen."""
    return list(
        db.session.scalars(
            select(ReportEvidence.evidence_id)
            .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
            .join(Case, Case.id == CaseReport.case_id)
            .where(ReportEvidence.evidence_id.in_(evidence_ids), Case.state.in_(LIVE))
            .distinct()
        )
    )
