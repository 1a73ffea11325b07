"""A corpus of broken and malicious files goes through the real jobs: nothing dies, and each file gets its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.processing import process_all
from tests.workers.hostile import CORPUS, scene
from tests.workers.stand_ins import looking_with
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.desk.seen import NOT_ASKED, NOT_LOOKED
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.service import keep, store
from webapp.domain.matching.detector import CANNOT_LOOK_CODES
from webapp.domain.matching.models import Scan

STRANGER = Actor("reporter", "", "")
GOOD = b"cat good"


def kept(name: str, media_type: str, data: bytes) -> None:
    """As if it had been uploaded: the web's own checks would have refused most of these already."""
    with transaction():
        keep(
            store().put(data),
            role="alleged",
            source="reporter",
            name=name,
            media_type=media_type,
            width=None,
            height=None,
            actor=STRANGER,
        )


def outcomes(detector: str) -> dict[str, str]:
    rows = db.session.execute(
        select(Evidence.name, Scan.state, Scan.reason)
        .join(Scan, Scan.evidence_id == Evidence.id)
        .where(Scan.detector == detector)
    ).all()
    return {name: reason or state for name, state, reason in rows}


@pytest.fixture
def hashes(app: APIFlask) -> Iterator[None]:
    with looking_with(app, "workers.detectors.phash.PerceptualHash", "workers.detectors.dct.DctHash"):
        yield


@pytest.mark.usefixtures("hashes")
def test_no_file_of_the_corpus_stops_anything() -> None:
    """Both hashes, the readers and the previews, one child a file; a sound file last is looked at like any other."""
    for files in CORPUS.values():
        for name, (media_type, data) in files().items():
            kept(name, media_type, data)
    process_all("work", "scan", "later", at_most=1000)
    assert set(db.session.scalars(select(Task.state))) == {"done"}, "each job came to its end"
    found = outcomes("phash")
    assert found == outcomes("dct256")
    assert {reason for reason in found.values() if reason != "done"} <= CANNOT_LOOK_CODES - {"failed", "decoder_killed"}
    assert all(reason in NOT_LOOKED or reason in NOT_ASKED for reason in found.values() if reason != "done")
    for name in CORPUS["bombs"]():
        assert found[name] in ("too_many_pixels", "decoder_memory", "featureless", "not_an_image"), name
    for name in CORPUS["stumps"]():
        assert found[name] in ("truncated", "not_an_image"), name
    for name in CORPUS["oddities"]():
        assert found[name] == "done", name
    assert found["svg as png"] == found["nothing"] == found["playlist as gif"] == "not_an_image"
    assert found["one row"] == found["one column"] == "too_small"
    assert found["jpeg zip html"] == found["jpeg exif in itself"] == "done"
    shown = set(db.session.scalars(select(Evidence.name).join(Preview, Preview.evidence_id == Evidence.id)))
    refused = set(db.session.scalars(_custody("preview_failed")))
    assert shown | refused == set(found) and not shown & refused
    readers = set(db.session.scalars(select(Scan.reason).where(Scan.detector.in_(("metadata", "c2pa")))))
    assert "failed" not in readers and "decoder_killed" not in readers


def _custody(act: str) -> Any:
    return select(Evidence.name).join(Custody, Custody.evidence_id == Evidence.id).where(Custody.act == act)


@pytest.mark.parametrize(
    ("naughty", "code"),
    [
        ("Hungry", "decoder_memory"),
        ("Looping", "decoder_timeout"),
        ("Sleeping", "decoder_timeout"),
        ("Crashing", "decoder_killed"),
        ("Forking", "failed"),
        ("Calling", "failed"),
        ("Writing", "failed"),
        ("Deleting", "failed"),
    ],
)
def test_a_detector_that_misbehaves_harms_nobody(app: APIFlask, naughty: str, code: str) -> None:
    """Memory, time, children, sockets, files: it is stopped and blamed; the one beside it has looked."""
    kept("good", "image/jpeg", GOOD)
    with looking_with(app, naughty, "Cheap"):
        process_all("work", "scan")
    assert outcomes("dct256") == {"good": code}
    assert outcomes("phash") == {"good": "done"}
    (item,) = db.session.scalars(select(Evidence))
    assert store().path(item.sha256).read_bytes() == GOOD
    assert set(db.session.scalars(select(Task.state).where(Task.queue != "later"))) == {"done"}


def test_a_file_that_is_gone_is_said_to_be_unreadable(app: APIFlask) -> None:
    kept("gone", "image/png", scene().tobytes())
    (item,) = db.session.scalars(select(Evidence))
    store().remove(item.sha256)
    with looking_with(app, "workers.detectors.phash.PerceptualHash"):
        process_all("work", "scan")
    assert outcomes("phash") == {"gone": "unreadable"}
