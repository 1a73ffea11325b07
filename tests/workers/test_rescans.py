"""A detector's new version looks at everything again: behind fresh reports, through kills and pauses, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.builders import file_report
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.matching import rescans
from webapp.domain.matching.models import Match, Rescan, Scan, Signal
from workers.run import run_task

LEAD = Actor("staff", "lan", "Lan")


@pytest.fixture
def before(app: APIFlask) -> Iterator[str]:
    """Three reports were looked at and compared by an older version of the picture hash; the first is decided."""
    with looking_with(app, "Present"):
        for number in range(3):
            file_report([b"cat %d" % number], [b"cat x%d" % number], content_ref=f"p{number}")
        process_all("work", "scan")
        with transaction():
            for table in (Scan, Signal, Match):
                db.session.execute(update(table).where(table.detector == "phash").values(version="0.9"))
            case = db.session.scalars(select(Case)).first()
            assert case is not None
            case.state, case.decided_at = "decided", now()
            decided = case.id
        yield decided


def started() -> Rescan:
    with transaction():
        rescans.start("phash", LEAD)
    return rescans.of("phash")


def phash() -> rescans.Behind:
    return next(one for one in rescans.behind() if one.detector == "phash")


def versions() -> list[str]:
    return sorted(db.session.scalars(select(Scan.version).where(Scan.detector == "phash")))


def steps() -> list[str]:
    return list(db.session.scalars(select(Task.id).where(Task.topic == "rescan.next", Task.state == "todo")))


def test_what_is_behind_is_noticed_and_looked_at_again(before: str) -> None:
    """Six items; the pairs of open cases are compared anew, what was decided stays as it was seen."""
    present = rescans.versions()["phash"]
    assert phash().older == {"0.9": 6}
    rescan = started()
    assert (rescan.state, rescan.total, rescan.done) == ("running", 6, 0)
    process_all("later", "work")
    rescan = rescans.of("phash")
    assert (rescan.state, rescan.done) == ("done", 6)
    assert rescan.ended_at
    assert phash().count == 0
    assert versions() == sorted(["0.9"] * 6 + [present] * 6)
    rows = db.session.execute(select(Match.version, Match.superseded_at.is_(None))).all()
    assert sorted((v, bool(c)) for v, c in rows) == sorted(
        [("0.9", False)] * 2 + [("0.9", True)] + [(present, True)] * 2
    )
    assert cases.get(before).best_band == "strong"
    with pytest.raises(Refused, match="nothing_behind"):
        started()
    with transaction(), pytest.raises(NotFound):
        rescans.start("nowhere", LEAD)


def test_fresh_items_go_first(before: str) -> None:
    """A report comes while everything is looked at again: the step gives way until its files were looked at."""
    started()
    file_report([b"dog 1"], [b"dog 2"], content_ref="fresh")
    process_all("work")
    assert outbox.due("scan", 9), "the fresh files wait"
    (step,) = steps()
    assert run_task(step) == "todo"
    task = db.session.get_one(Task, step)
    assert (task.last_error, rescans.of("phash").done) == ("fresh items go first", 0)
    assert now() < task.due_at <= now() + timedelta(seconds=2)
    process_all("work", "scan")
    fresh = db.session.scalars(select(Match).where(Match.version == rescans.versions()["phash"])).all()
    assert [m.band for m in fresh] == ["strong"], "the fresh report has its match, nothing was looked at again yet"


def test_a_pause_stops_and_a_resume_goes_on(before: str) -> None:
    started()
    with transaction():
        rescans.pause(rescans.of("phash"), LEAD)
    process_all("later", "work")
    assert (rescans.of("phash").state, rescans.of("phash").done) == ("paused", 0)
    with transaction(), pytest.raises(Refused):
        rescans.pause(rescans.of("phash"), LEAD)
    for _ in range(2):
        with transaction():
            rescan = rescans.of("phash")
            rescan.state = "paused"
            rescans.resume(rescan, LEAD)
    assert len(steps()) == 1, "resumed twice, one step waits"
    process_all("later", "work")
    assert rescans.of("phash").state == "done"


def test_a_killed_step_is_repeated_and_looks_at_nothing_twice(before: str) -> None:
    """The worker died after a step had been saved, and its task comes again with the old cursor."""
    started()
    (step,) = steps()
    assert run_task(step) == "done"
    with transaction():
        rescan = rescans.of("phash")
        rescan.state, rescan.cursor, rescan.ended_at = "running", "", None
        for task in db.session.scalars(select(Task).where(Task.topic == "rescan.next")):
            task.state, task.done_at, task.attempts = "todo", None, 0
    process_all("later", "work")
    assert versions().count(rescans.versions()["phash"]) == 6
    assert rescans.of("phash").done == 6
    assert rescans.of("phash").state == "done"


def test_a_detector_that_is_not_here_waits(app: APIFlask, before: str) -> None:
    started()
    with looking_with(app, "Dear"):
        (step,) = steps()
        assert run_task(step) == "todo"
    assert "not installed" in db.session.get_one(Task, step).last_error
