"""A registered song is found in what anybody reports: cut out, recoded, under a film."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import select

from demo.platform import songs
from tests.builders import file_report, picture
from tests.detectors.recorded import film, melody, sound
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core.audit import SYSTEM
from webapp.core.db import db
from webapp.domain.index import queries
from webapp.domain.matching.models import Match
from webapp.domain.registry.importing import import_folder
from webapp.domain.reports.models import Report

SONG = lru_cache(songs.song)


@pytest.fixture(autouse=True)
def one_detector(app: APIFlask) -> Iterator[None]:
    with looking_with(app, "workers.detectors.recording.SameRecording"):
        yield


def work() -> None:
    process_all("work", "scan", "media")


@pytest.fixture
def registered(tmp_path: Path) -> str:
    """“Night Ferry” on the register; gives its evidence id."""
    (tmp_path / "song.mp3").write_bytes(sound(SONG()))
    lines = "number,kind,title,holder,file", "W-1,work,Night Ferry,Harbour Records,song.mp3"
    (tmp_path / "manifest.csv").write_text("\n".join(lines))
    assert [done.outcome for done in import_folder(tmp_path, SYSTEM)] == ["registered"]
    work()
    return db.session.scalars(select(queries.Entry.evidence_id)).one()


def reported(data: bytes) -> str:
    report_id = file_report([data], [picture(77)]).report.id
    work()
    items = db.session.get_one(Report, report_id).items
    return next(i.evidence_id for i in items if i.evidence.role == "alleged")


def matches() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(Match).where(Match.origin == "registered"))
    return [(m.query_id, m.reference_id, m.verdict) for m in rows]


def test_a_part_of_it_recoded_and_a_film_over_it_are_found(registered: str) -> None:
    part = SONG()[4 * songs.RATE : 14 * songs.RATE]
    first = reported(sound(part, "audio/ogg", bits=24_000))
    frames = (np.full((36, 64, 3), 20 + n, np.uint8) for n in range(100))
    second = reported(film(frames, samples=part))
    assert queries.candidates(first) == [(first, registered, "registered")]
    assert sorted(matches()) == sorted((one, registered, "supports") for one in (first, second))
    lookup = queries.lookup_of([first])[first]
    assert (lookup.state, lookup.among, lookup.hits) == ("done", 1, 1)


def test_another_song_is_not(registered: str) -> None:
    other = reported(sound(melody(np.random.default_rng(5).integers(50, 75, 30)), "audio/ogg"))
    assert queries.lookup_of([other])[other].state == "done"
    assert queries.candidates(other) == [] == matches()


def test_letters_do_not_wait_while_two_recordings_are_compared(registered: str) -> None:
    """Looked at and compared in the queue of sound and film; the queue of letters only says that there is something."""
    file_report([sound(SONG()[: 8 * songs.RATE], "audio/ogg")], [picture(77)])
    process_all("work", "scan")
    process_all("media")
    process_all("work")
    assert db.session.scalars(select(Match)).all() == []
    db.session.rollback()
    process_all("media")
    assert [verdict for _query, _found, verdict in matches()] == ["supports"]
