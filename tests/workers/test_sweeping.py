"""What is swept by the clock leaves no bytes of people behind that nobody kept."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.builders import ANSWERS, file_report, picture
from tests.processing import process_all
from webapp.core import outbox
from webapp.core.audit import AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.service import add_preview, erase, store
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.matching.models import Match, Scan, Signal
from workers.jobs.looking import WORKSHOP
from workers.run import run_task


def drafted(*files: bytes) -> str:
    """A draft with files the workers have looked at; gives its token."""
    with transaction():
        draft, token = intake.create_draft(ANSWERS)
        for data in files:
            attached(draft, data)
    process_all("work", "scan", "later")
    return token


def attached(draft: Draft, data: bytes) -> Evidence:
    """The picture as a file of the draft."""
    return intake.attach_file(
        draft, store().put(data), role="alleged", name="me.jpg", media_type="image/jpeg", width=480, height=360
    )


def sweep(topic: str, handler: str, hours: float) -> None:
    """Let the clock's handler run `hours` from now."""
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        with transaction():
            task = outbox.post(topic, handler=f"workers.jobs.sweeping.{handler}").id
        assert run_task(task) == "done"
    db.session.expire_all()


def on_disk() -> list[Path]:
    """The files of all items and previews the database knows, as they would lie in the store."""
    db.session.rollback()
    hashes = {*db.session.scalars(select(Evidence.sha256)), *db.session.scalars(select(Preview.sha256))}
    return sorted(store().path(sha256) for sha256 in hashes)


def count(*tables: type) -> list[int | None]:
    """Rows of each table."""
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_the_half_of_an_upload_whose_server_was_killed_is_erased(app: APIFlask) -> None:
    """One that still arrives, and what was kept, stay."""
    halves = [store().writer() for _ in range(2)]
    for half in halves:
        half.write(picture(1)[:500])
    left, arriving = (half.temporary for half in halves)
    long_ago = time.time() - 2 * 3600
    os.utime(left, (long_ago, long_ago))
    kept = store().put(picture(2))
    os.utime(store().path(kept.sha256), (long_ago, long_ago))
    with transaction():
        task = outbox.post("drafts.stale", handler="workers.jobs.sweeping.drafts").id
    assert run_task(task) == "done"
    assert not left.exists()
    assert arriving.exists() and store().path(kept.sha256).exists()
    for half in halves:
        half.close()


def test_an_unsent_drafts_files_go_from_the_disk(app: APIFlask) -> None:
    """Picture, both previews, the detector's small picture and the name; what stays says that it is gone."""
    drafted(picture(31), picture(32))
    files = on_disk()
    assert len(files) == 6 and all(path.exists() for path in files)
    assert min(count(Signal, Scan)) >= 2
    sweep("drafts.stale", "drafts", 25)
    sweep("files.dropped", "files", 25.5)
    assert all(path.exists() for path in files)  # a worker may still be looking at them
    sweep("files.dropped", "files", 26.1)
    assert not any(path.exists() for path in files)
    assert count(Preview, Signal, Scan, Match) == [0, 0, 0, 0]
    assert [(item.erased_at is not None, item.name) for item in db.session.scalars(select(Evidence))] == [
        (True, "")
    ] * 2
    assert "erased" in set(db.session.scalars(select(Custody.act)))
    assert count(AuditEntry)[0] and "evidence.erase" in set(db.session.scalars(select(AuditEntry.verb)))


def test_a_discarded_draft_is_gone_at_once_and_its_files_after_the_hour(app: APIFlask) -> None:
    token = drafted(picture(33))
    files = on_disk()
    with transaction():
        found = intake.load_draft(token)
        assert found is not None
        intake.discard(found)
    assert intake.load_draft(token) is None and count(Draft) == [0]
    sweep("files.dropped", "files", 1.1)
    assert not any(path.exists() for path in files)


def test_what_a_report_holds_too_stays(app: APIFlask) -> None:
    """The same picture was also sent: its one file and its previews serve the report; only the draft's rows go."""
    drafted(picture(34))
    kept = file_report([picture(34)], [picture(35)]).report.items[0].evidence_id
    process_all("work", "scan", "later")
    files, matches = on_disk(), count(Match)
    sweep("drafts.stale", "drafts", 25)
    sweep("files.dropped", "files", 27)
    assert all(path.exists() for path in files)
    assert {p.kind for p in db.session.get_one(Evidence, kept).previews} == {"thumb", "large"}
    assert count(Match) == matches and matches[0] > 0
    assert db.session.scalar(select(Scan.state).where(Scan.evidence_id == kept, Scan.detector == "phash")) == "done"
    assert len(db.session.scalars(select(Evidence).where(Evidence.erased_at.is_not(None))).all()) == 1


def test_evidence_of_a_report_is_never_erased(app: APIFlask) -> None:
    """Not by the sweep, even should it carry the mark of a file taken back, and not by the verb without the mark."""
    item_id = file_report([picture(36)]).report.items[0].evidence_id
    with pytest.raises(Refused, match="evidence_in_use"), transaction():
        erase([item_id], WORKSHOP)
    with transaction():
        db.session.get_one(Evidence, item_id).dropped_at = now()
    sweep("files.dropped", "files", 2)
    item = db.session.get_one(Evidence, item_id)
    assert item.erased_at is None and store().path(item.sha256).exists()


def test_the_same_content_arriving_while_it_is_erased_is_asked_for_again(app: APIFlask) -> None:
    """Its bytes were stored, then erased, then registered: better a refusal than an item without its file."""
    token = drafted(picture(37))
    with transaction():
        found = intake.load_draft(token)
        assert found is not None
        item_id = intake.files(found)[0].id
        intake.remove_file(found, item_id)
    blob, thumb = store().put(picture(37)), store().put(b"a small picture")
    sweep("files.dropped", "files", 1.1)
    store().remove(thumb.sha256)
    with pytest.raises(Refused, match="file_gone"), transaction():
        draft, _token = intake.create_draft(ANSWERS)
        intake.attach_file(draft, blob, role="alleged", name="me.jpg", media_type="image/jpeg", width=480, height=360)
    with pytest.raises(Refused, match="file_gone"), transaction():
        add_preview(item_id, "thumb", thumb, "image/webp", 1, 1)
    with transaction():
        draft, _token = intake.create_draft(ANSWERS)
        again = attached(draft, picture(37))  # sent once more, it is kept
    assert store().path(again.sha256).exists()
