"""Broken and malicious sound and film: nothing dies of them, and each is made into something new, or says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.processing import process_all
from tests.workers.hostile_media import CORPUS, FILMS
from tests.workers.stand_ins import looking_with
from tests.workers.test_hostile import kept, outcomes
from tests.workers.toy_media import HERE
from webapp.core.db import db
from webapp.core.outbox import Task
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.showing import FAILED, PICTURES, PLAY
from webapp.domain.matching.detector import CANNOT_LOOK_CODES, CannotLook
from workers import films, players, waves
from workers.previews import Rendition

# Cut off or scratched, these still hold something; all else of the stumps does not.
READ_TO_THERE = ("scratched", "audio/mpeg half", "audio/wav half", "video/webm half")


@pytest.fixture
def toys(app: APIFlask) -> Iterator[None]:
    with looking_with(app, HERE + "Listens", HERE + "Watches"):
        yield


def refused(of: str) -> set[str]:
    rows = select(Evidence.name, Custody.facts).join(Custody, Custody.evidence_id == Evidence.id)
    return {name for name, facts in db.session.execute(rows.where(Custody.act == FAILED)) if facts["of"] == of}


def made(kind: str) -> dict[str, Preview]:
    rows = select(Evidence.name, Preview).join(Preview, Preview.evidence_id == Evidence.id).where(Preview.kind == kind)
    return {name: preview for name, preview in db.session.execute(rows)}


def attempts(media_type: str) -> tuple[Callable[..., Any], ...]:
    return (films.make, waves.of_film, players.make) if media_type in FILMS else (waves.make, players.make)


@pytest.mark.parametrize("which", list(CORPUS))
def test_every_file_is_made_into_something_new_or_says_why(which: str, tmp_path: Path) -> None:
    for name, (media_type, data) in CORPUS[which]().items():
        (tmp_path / "item").write_bytes(data)
        found, codes = list[Rendition](), set[str]()
        for make in attempts(media_type):
            try:
                made = make(tmp_path / "item", media_type)
            except CannotLook as why:
                codes.add(why.code)
            else:
                found += made if isinstance(made, list) else [made]
        assert codes <= CANNOT_LOOK_CODES - {"failed", "decoder_killed", "decoder_timeout"}, name
        kinds = {one.kind for one in found}
        if which == "oddities":
            assert "play" in kinds and kinds & {"wave", "large"}, name
        if which == "stumps" and not name.endswith(READ_TO_THERE):
            assert not kinds, name
        if name.startswith(("hls", "concat", "sdp", "dash", "a thousand tracks")):
            assert not kinds, name
        assert all(one.seconds is None or one.seconds <= 4 * 3600 for one in found), name
        assert all(one.seconds is not None and one.seconds <= 1800 for one in found if one.kind == "play"), name
        assert all(one.width * one.height <= 1024 * 1024 for one in found), name
        assert {one.media_type for one in found} <= {"image/webp", "audio/mp4", "video/mp4"}
        assert not any(b"script" in one.data or b"root:" in one.data for one in found), name


THROUGH = ("a thousand tracks", "pixels in the frame", "hls as video/mp4", "video/webm half", "a spoken note as film")


@pytest.mark.usefixtures("toys")
def test_in_the_jobs_each_file_is_looked_at_shown_and_played_or_says_why_not() -> None:
    everything = {name: file for files in CORPUS.values() for name, file in files().items()}
    for name in THROUGH:
        kept(name, *everything[name])
    process_all("work", "scan", "later", "media")
    assert set(db.session.scalars(select(Task.state))) == {"done"}, "each job came to its end"
    good = {"video/webm half", "a spoken note as film"}
    assert set(made("large")) == set(made(PLAY)) == good
    assert refused(PICTURES) == refused(PLAY) == set(THROUGH) - good
    assert outcomes("phash") == {
        "a thousand tracks": "truncated",
        "pixels in the frame": "done",  # its sound is whole
        "hls as video/mp4": "not_a_recording",
        "video/webm half": "done",
        "a spoken note as film": "done",
    }
    assert outcomes("features")["a spoken note as film"] == "no_pictures"
    assert made(PLAY)["a spoken note as film"].media_type == "audio/mp4"
