"""Asks the platform what the content complained of is, and takes a copy of its media before it can change."""

from __future__ import annotations

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor
from webapp.core.db import db, transaction
from webapp.core.outbox import Permanent
from webapp.domain.partners import capture, client, queries
from webapp.domain.reports.models import Subject
from workers.run import Work


def subject(work: Work, subject_id: str, report_id: str = "") -> None:
    """`subject.opened`: capture the subject of a new report. Unreachable platforms are tried again with backoff."""
    row = db.session.get(Subject, subject_id)
    if row is None:
        raise Permanent("no such subject")
    platform = queries.platform(row.platform) if row.platform and row.content_ref else None
    if platform is None:
        with work.finish():
            capture.not_captured(db.session.get_one(Subject, subject_id), "unknown_platform", SYSTEM)
        return
    door, content_ref, actor = client.door(platform), row.content_ref, Actor("partner", platform.slug, platform.name)
    try:
        with work.holding():
            state = client.read_content(door, content_ref)
            copies = client.read_all_media(door, state.media)
    except client.Missing:
        with work.finish():
            capture.not_captured(db.session.get_one(Subject, subject_id), "missing", actor)
        return
    except client.Unreachable:
        with transaction():
            outbox.renew(work.task_id, work.fence)
            capture.not_captured(db.session.get_one(Subject, subject_id), "unreachable", actor)
        raise
    with work.finish():
        capture.capture(db.session.get_one(Subject, subject_id), state, copies, actor)
