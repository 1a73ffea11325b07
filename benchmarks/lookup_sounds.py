"""Looking thirty seconds of sound up among registered songs, at two sizes of the registry, as the workers do it."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from benchmarks.table import Row
from webapp.core.clock import now
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.domain.evidence.models import Evidence
from webapp.domain.index import sounds
from webapp.domain.index.book import SOUNDS
from webapp.domain.index.models import Sounding, SoundMark
from webapp.factory import create_app

SMALL, LARGE = 50, 500  # songs
MARKS, NAMES, LENGTH = 3_000, 4_000_000, 180_000  # of one song; of all names; milliseconds
ASKED = 600  # marks of thirty seconds
ROUNDS = 7


def run() -> list[Row]:
    """One row: milliseconds of one lookup among LARGE songs, beside the same among SMALL."""
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(REDRESS_DATA=Path(folder), SECRET_KEY="0" * 40, PUBLIC_URL="http://localhost"))
        with app.app_context():
            db.create_all()
            for first, last in ((0, SMALL), (SMALL, LARGE)):
                _list(range(first, last))
                took[last] = statistics.median(_lookup(number) for number in range(ROUNDS))
            db.session.remove()
            db.engine.dispose()
    against = f"the same among {SMALL:,}"
    return [
        Row("30 s of sound among songs, ms", f"{LARGE:,}", took[LARGE], against, took[SMALL], took[LARGE] / took[SMALL])
    ]


def _song(number: int) -> list[tuple[int, int]]:
    chance = random.Random(number)
    return [(chance.randrange(NAMES) // 8 * 8, chance.randrange(LENGTH)) for _ in range(MARKS)]


def _list(numbers: range) -> None:
    """All at once and in the order of the key, which takes seconds; one song after the other would take minutes."""
    marks = []
    with transaction():
        for number in numbers:
            db.session.add(_evidence(number))
            db.session.flush()
            row = Sounding(evidence_id=f"song-{number}", detector=SOUNDS, version=sounds.version(SOUNDS), made_at=now())
            db.session.add(row)
            db.session.flush()
            marks += [{"name": n, "sound_id": row.id, "at": at} for n, at in set(_song(number))]
        marks.sort(key=lambda mark: (mark["name"], mark["sound_id"], mark["at"]))
        for start in range(0, len(marks), 100_000):
            db.session.execute(insert(SoundMark), marks[start : start + 100_000])


def _evidence(number: int) -> Evidence:
    return Evidence(
        id=f"song-{number}",
        role="reference",
        source="registry",
        sha256=f"{number:064x}",
        size=1,
        media_type="audio/mpeg",
        name="song",
        received_at=now(),
    )


def _lookup(number: int) -> float:
    """Milliseconds; the song must be found first."""
    marks = sorted(_song(number), key=lambda mark: mark[1])[1000 : 1000 + ASKED]
    began = time.perf_counter()
    found = sounds.near(marks)
    took = (time.perf_counter() - began) * 1000
    if not found or found[0][0] != f"song-{number}":
        raise RuntimeError("a registered song was not found")
    db.session.rollback()
    return took
