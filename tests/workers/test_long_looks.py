"""A real worker is killed while it watches a film: what was heard is kept, and the film is watched to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from tests.detectors.recorded import film, melody
from tests.workers.toy_media import HERE
from tests.workers.yard import Yard, until
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.evidence.service import keep, store
from webapp.domain.matching.models import Scan


@pytest.fixture
def long_yard(tmp_path: Path) -> Iterator[Yard]:
    """A lease that ends soon after a worker died: the next one need not wait long."""
    place = Yard(tmp_path, lease=4.0)
    place.environment["DETECTORS"] = f"{HERE}Listens,{HERE}WatchesSlowly"
    yield place
    place.close()


def kept_film() -> str:
    frames = (np.full((48, 64, 3), 40 + 5 * n, np.uint8) for n in range(10))
    data = film(frames, samples=melody((60, 64, 67)))
    with transaction():
        item = keep(
            store().put(data),
            role="alleged",
            source="reporter",
            name="clip.mp4",
            media_type="video/mp4",
            width=None,
            height=None,
            actor=Actor("reporter", "", ""),
        )
        outbox.post("evidence.kept", handler="workers.jobs.looking.scan", queue="media", evidence_id=item.id)
        return item.id


def states(yard: Yard, item: str) -> dict[str, tuple[str, object]]:
    with yard.app.app_context():
        rows = db.session.scalars(select(Scan).where(Scan.evidence_id == item)).all()
        return {scan.detector: (scan.state, scan.finished_at) for scan in rows}


def test_a_killed_worker_goes_on_with_what_is_left(long_yard: Yard) -> None:
    with long_yard.app.app_context():
        item = kept_film()
    for name in ("queue", "media", "sweeper"):
        long_yard.start(name)
    until(lambda: "phash" in states(long_yard, item), 60)
    heard = states(long_yard, item)
    assert set(heard) == {"phash"} and heard["phash"][0] == "done", "written down before the pictures were watched"
    long_yard.kill("media")
    long_yard.environment["TOY_HASTE"] = "1"
    long_yard.start("media")
    until(lambda: states(long_yard, item).get("features", ("", None))[0] == "done", 60)
    assert states(long_yard, item)["phash"] == heard["phash"], "nobody listened again"
    with long_yard.app.app_context():
        task = db.session.scalars(select(Task).where(Task.handler == "workers.jobs.looking.scan")).one()
        assert (task.state, task.attempts) == ("done", 2)
