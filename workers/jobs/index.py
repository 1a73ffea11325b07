"""The index at work: bits of what is listed go in, every reported item is looked up, what is found is handed on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db
from webapp.core.outbox import Later
from webapp.domain.evidence.models import Evidence
from webapp.domain.index import keeping, queries, scanning, service, sounds
from webapp.domain.index.book import DETECTOR, SOUNDS, index_book, version
from webapp.domain.index.looking import look_up
from webapp.domain.matching.detector import Signals
from webapp.domain.matching.queries import signals
from webapp.domain.registry import queries as registry
from webapp.domain.reports.models import ReportEvidence
from workers.detectors.dct import bits
from workers.detectors.recording_index import landmarks
from workers.run import Work

scanning.library()  # imported with the handlers, before a worker forks


def registered(work: Work, registration_id: str) -> None:
    """`registry.changed`: what is registered is listed, what ended is not."""
    with work.finish():
        found = registry.get(registration_id)
        items = [item.evidence_id for item in found.items]
        if found.state == "active":
            for evidence_id in items:
                service.enter(evidence_id, "registered")
        else:
            service.leave(items, "registered")


def put(work: Work, evidence_id: str) -> None:
    """`index.entered`, and `item.scanned` of a listed item: its bits go into the index, upright, once; of a sound or
    film its landmarks."""
    stored, heard = _signal(evidence_id), _signal(evidence_id, SOUNDS)
    listed = bool(queries.listed(evidence_id))
    found = landmarks(heard) if heard is not None and listed else []
    with work.finish():
        if stored is not None and listed:
            service.put(evidence_id, bits(stored)[0], version())
        if found:
            sounds.put(evidence_id, found, version(SOUNDS))


def look(work: Work, evidence_id: str, report_id: str = "") -> None:
    """`item.scanned` and `item.attached`: look a reported item up in all eight orientations, once it is in a report.

    What is found goes on to the detectors (`index.found`) and, byte for byte the same, to stay-down (`content.seen`).
    An index that was stale is said so and asked again (`index.again`).
    """
    if not _reported(evidence_id):
        with work.finish():
            return
    stored, heard = _signal(evidence_id), _signal(evidence_id, SOUNDS)
    hashes = bits(stored) if stored is not None else []
    marks = landmarks(heard) if heard is not None else []
    before = queries.lookup_of([evidence_id]).get(evidence_id)
    state = "done" if hashes or marks else "bytes"
    asked = before is not None and before.version == version() and before.state == state
    if asked and work.topic != "index.again":
        with work.finish():
            return
    with work.holding():
        answer = look_up(evidence_id, hashes, marks)
        db.session.remove()
    with work.finish():
        fresh = service.record_lookup(evidence_id, answer)
        if fresh:
            outbox.post("index.found", evidence_id=evidence_id)
        for hit in fresh:
            if hit.identical and hit.origin == "decided":
                outbox.post("content.seen", query_id=evidence_id, found_id=hit.found_id, how="identical")
        if answer.state == "stale":
            later = now() + timedelta(seconds=index_book().again)
            outbox.post("index.again", due_at=later, evidence_id=evidence_id)
            outbox.post("index.behind", key=f"behind:{int(now().timestamp()) // index_book().again}")


def _signal(evidence_id: str, detector: str = DETECTOR) -> Signals | None:
    """What this detector keeps of the item, if it looked and could."""
    key = (evidence_id, detector, version(detector))
    stored = signals({key}).get(key)
    return Signals.from_bytes(stored) if stored is not None else None


def _reported(evidence_id: str) -> bool:
    """Whether it is reported content of a report that was sent (drafts are nobody's to look up)."""
    return (
        db.session.scalar(
            select(Evidence.id)
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .where(Evidence.id == evidence_id, Evidence.role == "alleged", Evidence.dropped_at.is_(None))
            .limit(1)
        )
        is not None
    )


def catch_up(work: Work) -> None:
    """`index.behind`: bring the search file level, however long that takes; later, while another process does."""
    lacking = 0
    if not keeping.in_database():
        with work.holding():
            _file, lacking = keeping.level(patience=3600.0, at_most=None)
    if lacking:
        raise Later(timedelta(seconds=index_book().again), "another process is writing the index")
    with work.finish():
        return


def tidy(work: Work) -> None:
    """`index.tidying`: bits of what is no longer listed are deleted, and the search file is made anew without them."""
    with work.finish():
        gone = service.tidy()
        if gone and not keeping.in_database():
            outbox.post("index.renew")


def renew(work: Work) -> None:
    """`index.renew`: the search file is made anew from the database."""
    with work.holding():
        keeping.rebuild(patience=30.0)
    with work.finish():
        return
