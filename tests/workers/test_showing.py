"""Sound and film in the workshop: looked at, shown and played in their own queue, and gone on with after a stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.builders import evidence_of, file_report, picture
from tests.detectors.recorded import film, melody, sound
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from tests.workers.toy_media import HERE
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.evidence import showing
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.service import add_preview, drop, erase, store
from webapp.domain.intake.service import attach_file, create_draft
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, Scan
from webapp.domain.matching.moments import moments_of
from workers.jobs.looking import WORKSHOP

TUNE = melody((60, 64, 67, 72))
QUEUES = ("work", "scan", "later", "media")


def lighter(first: int, count: int = 20) -> bytes:
    """Two seconds that get lighter while a bar walks over them, with sound."""
    frames = [np.full((48, 64, 3), first + 4 * n, np.uint8) for n in range(count)]
    for number, frame in enumerate(frames):
        frame[:, 3 * number : 3 * number + 4] = 250
    return film(frames, samples=TUNE)


@pytest.fixture(autouse=True)
def toys(app: APIFlask) -> Iterator[None]:
    with looking_with(app, HERE + "Listens", HERE + "Watches"):
        yield


def previews(evidence_id: str) -> dict[str, Preview]:
    return {p.kind: p for p in db.session.scalars(select(Preview).where(Preview.evidence_id == evidence_id))}


def ids(receipt: Any) -> tuple[str, str]:
    return evidence_of(receipt, "alleged")[0].id, evidence_of(receipt, "reference")[0].id


def test_a_film_is_compared_shown_played_and_its_moments_lie_side_by_side(app: APIFlask) -> None:
    receipt = file_report([lighter(40)], [lighter(100)])
    (query, reference), report_id = ids(receipt), receipt.report.id
    process_all(*QUEUES)
    assert set(db.session.scalars(select(Task.state).where(Task.queue.in_(("scan", "later", "media"))))) == {"done"}
    made = {m.detector: m for m in db.session.scalars(select(Match))}
    assert (made["phash"].band, made["features"].band) == ("strong", "strong")
    [[at, beside]] = made["features"].findings[0]["pairs"]
    assert at > beside, "the one begins where the other is after a while"
    for evidence_id, moment in ((query, at), (reference, beside)):
        found = previews(evidence_id)
        assert set(found) == {"large", "thumb", "strip", "wave", "play", f"at-{round(moment * 1000)}"}
        assert found["play"].media_type == "video/mp4" and found["play"].seconds == pytest.approx(2, abs=0.2)
        assert found["strip"].seconds == pytest.approx(2, abs=0.1)
    assert cases.case_of(report_id).thumb_evidence_id == query
    kinds = [c.facts["kinds"] for c in db.session.scalars(select(Custody).where(Custody.act == "previewed")) if c]
    assert ["large", "thumb", "strip", "wave"] in kinds and ["play"] in kinds


def test_sound_waits_apart_and_pictures_never_behind_it(app: APIFlask) -> None:
    song, photo = ids(file_report([sound(TUNE, "audio/wav")], [picture(1)]))
    process_all("work", "scan", "later")
    assert set(previews(photo)) == {"large", "thumb"} and not previews(song)
    waits = db.session.execute(select(Task.handler, Task.state).where(Task.queue == "media")).all()
    assert sorted(handler.rsplit(".", 1)[1] for handler, _state in waits) == ["play", "preview", "scan"]
    assert {state for _handler, state in waits} == {"todo"}
    process_all(*QUEUES)
    assert set(previews(song)) == {"large", "thumb", "play"}
    assert previews(song)["play"].media_type == "audio/mp4"


def test_a_restart_in_the_middle_goes_on_with_what_is_left(app: APIFlask) -> None:
    """The workshop died after those who listen had looked: they do not listen again, and those who watch do watch."""
    query, _reference = ids(file_report([lighter(40)], [lighter(100)]))
    process_all("work", "scan", "later")
    with transaction():
        matching.record_scan(query, "phash", "1", state="done", took_ms=77, data=b"what was heard")
    process_all(*QUEUES)
    looks = {s.detector: s for s in db.session.scalars(select(Scan).where(Scan.evidence_id == query))}
    assert (looks["phash"].took_ms, looks["phash"].state, looks["features"].state) == (77, "done", "done")


def test_the_dear_ones_look_at_long_items_one_by_one_in_their_own_queue(app: APIFlask) -> None:
    with looking_with(app, HERE + "WatchesLong"):
        query, reference = ids(file_report([lighter(40)], [lighter(100)]))
        process_all("work", "scan", "later")
        process_all("media", "work")
        deepen = select(Task.queue, Task.payload).where(Task.handler == "workers.jobs.looking.deepen")
        process_all("scan")
        asked = [(queue, payload["evidence_ids"]) for queue, payload in db.session.execute(deepen)]
        assert sorted(asked) == sorted([("media", query), ("media", reference)])
        process_all(*QUEUES)
        assert db.session.scalars(select(Match.band)).one() == "strong"


def test_looking_twice_changes_nothing(app: APIFlask) -> None:
    query, reference = ids(file_report([lighter(40)], [lighter(100)]))
    process_all(*QUEUES)
    before = {e: {k: p.sha256 for k, p in previews(e).items()} for e in (query, reference)}
    with transaction():
        outbox.post("evidence.kept", evidence_id=query)
        outbox.post("match.recorded", query_id=query, reference_id=reference)
    process_all(*QUEUES)
    assert {e: {k: p.sha256 for k, p in previews(e).items()} for e in (query, reference)} == before


def test_a_moment_nobody_names_any_more_is_gone_with_its_file(app: APIFlask) -> None:
    query, reference = ids(file_report([lighter(40)], [lighter(100)]))
    process_all(*QUEUES)
    [old] = [p for kind, p in previews(query).items() if kind.startswith("at-")]
    path, old_kind = store().path(old.sha256), old.kind
    pair = Comparison(0.1, "supports", "strong", 5.0, "same_picture", [{"kind": "moments", "pairs": [[0.8, 1.2]]}])
    with transaction():
        db.session.execute(update(Match).where(Match.detector == "features").values(findings=pair.findings))
        outbox.post("match.recorded", query_id=query, reference_id=reference)
    process_all(*QUEUES)
    assert "at-800" in previews(query) and old_kind not in previews(query) and not path.exists()
    assert "at-1200" in previews(reference)


def test_moments_are_read_out_of_every_kind_of_finding() -> None:
    findings = [
        {"kind": "moments", "pairs": [[1.0, 2.0], [3.5, None], [None, 4.0]]},
        {"kind": "face", "of": "reference", "at": 9.25, "box": [0, 0, 1, 1]},
        {"kind": "regions", "at": [1.0, 2.0]},
        {"kind": "ticks", "at": [7.0, 8.0]},
        {"kind": "times", "spans": [[0, 1, 2, 3]]},
    ]
    assert moments_of(findings, "query") == [1.0, 3.5]
    assert moments_of(findings, "reference") == [2.0, 4.0, 9.25]


def test_what_was_taken_back_meanwhile_gets_nothing_and_leaves_nothing(app: APIFlask) -> None:
    with transaction():
        draft, _token = create_draft()
        blob = store().put(lighter(60))
        item = attach_file(draft, blob, role="alleged", name="a", media_type="video/mp4", width=None, height=None)
        item_id = item.id
    process_all(*QUEUES)
    files = [store().path(p.sha256) for p in previews(item_id).values()]
    assert len(files) == 5 and all(path.exists() for path in files)
    with transaction():
        drop(db.session.get_one(Evidence, item_id), WORKSHOP)
    with transaction():
        outbox.post("match.recorded", query_id=item_id, reference_id=item_id)
    with transaction():
        erase([item_id], WORKSHOP)
    process_all(*QUEUES)
    assert not previews(item_id) and not any(path.exists() for path in files)
    assert not list(store().incoming.glob("*"))


def test_recordings_from_before_are_taken_up_once_unless_their_bytes_are_the_reason(app: APIFlask) -> None:
    """They came while the workshop could not re-encode: what is broken, younger or played already is left alone."""
    old, _photo = ids(file_report([sound(TUNE, "audio/wav")], [picture(1)]))
    broken, _photo = ids(file_report([b"RIFF but nothing behind it"], [picture(1)], content_ref="p2"))
    young, _photo = ids(file_report([sound(TUNE[:9000], "audio/wav")], [picture(1)], content_ref="p3"))
    done, _photo = ids(file_report([sound(TUNE[:8000], "audio/wav")], [picture(1)], content_ref="p4"))
    with transaction():
        db.session.execute(update(Task).values(state="done", done_at=now()))
        add_preview(done, "play", store().put(b"played"), "audio/mp4", 0, 0, 1.0)
        long_ago = now() - timedelta(days=3)
        db.session.execute(update(Evidence).where(Evidence.id != young).values(received_at=long_ago))
    for _hour in range(2):
        with transaction():
            outbox.post("previews.missing")
        process_all(*QUEUES)
    assert set(previews(old)) == {"large", "thumb", "play"}
    assert not previews(young) and set(previews(done)) == {"play"}
    assert showing.why_not([broken]) == {(broken, "pictures"): "not_a_recording", (broken, "play"): "not_a_recording"}
    assert showing.unplayed(10) == []
    with transaction():
        db.session.execute(update(Evidence).where(Evidence.id == young).values(received_at=long_ago))
    assert showing.unplayed(1) == [young]  # however many before it are broken
    failures = select(Custody.act).where(Custody.evidence_id == broken, Custody.act == showing.FAILED)
    assert len(db.session.scalars(failures).all()) == 2
