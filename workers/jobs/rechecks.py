"""Reads the platform's copy once more after an account put its label, and tells the desk what it says now."""

from __future__ import annotations

from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cures import rechecks
from webapp.domain.evidence.service import store
from webapp.domain.labels import queries as labels
from webapp.domain.labels.rules import combined
from webapp.domain.partners import capture, client, queries
from workers import readers
from workers.jobs.labels import keep
from workers.look import Outcome, look_all
from workers.run import Work

DONE = ("found", "trace", "not_found", "unread", "missing")


def recheck(work: Work, check_id: str) -> None:
    """`label.recheck`: take the copy, read it with every reader, keep both. Unreachable platforms are tried again."""
    check = rechecks.get(check_id)
    subject = cases.get(check.case_id).subject
    platform = queries.platform(subject.platform) if subject.platform and subject.content_ref else None
    if check.state in DONE or platform is None:
        with work.finish():
            rechecks.settle(rechecks.get(check_id), "unread")
        return
    door, content_ref, actor = (
        client.door(platform),
        subject.content_ref,
        Actor("partner", platform.slug, platform.name),
    )
    try:
        with work.holding():
            found = client.read_all_media(door, client.read_content(door, content_ref).media)
    except client.Missing:
        with work.finish():
            rechecks.settle(rechecks.get(check_id), "missing")
        return
    except client.Unreachable:
        with transaction():
            outbox.renew(work.task_id, work.fence)
            rechecks.settle(rechecks.get(check_id), "unreachable")
        raise
    copies = [copy for copy in found if isinstance(copy, client.Copy)]
    seen = [_look(copy, work) for copy in copies]
    with work.finish():
        check = rechecks.get(check_id)
        case = cases.get(check.case_id)
        items = capture.recapture(case.subject, copies, cases.active_reports(case.id), actor)
        for item, outcomes in zip(items, seen, strict=True):
            keep(item.id, outcomes)
        db.session.flush()
        ids = [item.id for item in items]
        read = [summary for summary in labels.summaries(ids).values() if summary.answer is not None]
        claims = [claim for summary in read for claim in summary.claims]
        rechecks.settle(check, rechecks.STATES[combined(claims) if read else None], ids)


def _look(copy: client.Copy, work: Work) -> list[Outcome]:
    media_type = copy.inspection.media_type
    return look_all(readers.fitting(media_type), store().path(copy.blob.sha256), media_type, work.renew)
