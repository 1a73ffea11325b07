"""What is not installed is said on the queue, and once it is, it looks at what it missed."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report, picture
from tests.desk.conftest import Browser
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.matching import here
from webapp.domain.matching.models import Match, Scan

PHASH, DCT = "workers.detectors.phash.PerceptualHash", "workers.detectors.dct.DctHash"
AWAY = "workers.detectors.voice.NobodyHere"


def tell() -> None:
    with transaction():
        outbox.post("detectors.here")
    process_all("work", "later", "scan", "media")


def test_the_desk_says_who_does_not_look_here_and_what_would_help(
    app: APIFlask, at_desk: Callable[[str], Browser]
) -> None:
    rui = at_desk("rui")
    assert "nobody looks" not in rui.get("/desk/", follow_redirects=True).get_data(as_text=True)
    with looking_with(app, f"{PHASH},{DCT}"):
        tell()
    with transaction():
        here.say({"phash": "", "voice": "ModelAbsent: The model campplus_zh_en.onnx is not installed."})
    queue = rui.get("/desk/", follow_redirects=True).get_data(as_text=True)
    assert "Not installed here, so nobody looks: " in queue
    page = rui.get("/desk/detectors").get_data(as_text=True)
    assert "campplus_zh_en.onnx is not installed" in page
    assert "make models" in page and "optional group “voice”" in page and "optional group “media”" in page
    listed = app.test_cli_runner().invoke(args=["detectors", "list"]).output
    assert "not here (optional group media and voice): ModelAbsent" in listed


def test_what_was_missed_is_looked_at_once_somebody_can(app: APIFlask) -> None:
    """The hash is not here while two pictures come in; after it was installed the workshop catches up by itself."""
    with looking_with(app, PHASH.replace("PerceptualHash", "NotHere")):
        file_report([picture(1)], [picture(1)])
        process_all("work", "scan", "later")
        with transaction():
            db.session.query(Scan).filter(Scan.detector == "NotHere").update({"detector": "phash"})
            here.say({"phash": "ImportError: nothing of that name"})
    with looking_with(app, PHASH):
        tell()
        process_all("work", "later", "scan", "media")
    assert here.absent() == [] or all(one.name != "phash" for one in here.absent())
    assert [m.band for m in db.session.scalars(select(Match).where(Match.detector == "phash"))] == ["strong"]
    states = db.session.scalars(select(Scan.state).where(Scan.detector == "phash"))
    assert list(states) == ["done", "done"]


def test_a_detector_that_came_with_a_new_version_looks_at_what_is_open(app: APIFlask) -> None:
    """An older version did not know it, so nothing was written of it; a second telling begins nothing anew."""
    with looking_with(app, DCT):
        file_report([picture(3)], [picture(3)])
        tell()
        process_all("work", "later", "scan", "media")
    with looking_with(app, f"{DCT},{PHASH}"):
        tell()
        process_all("work", "later", "scan", "media")
        assert [m.band for m in db.session.scalars(select(Match).where(Match.detector == "phash"))] == ["strong"]
        db.session.rollback()
        before = db.session.query(Task).count()
        db.session.rollback()
        tell()
        assert db.session.query(Task).count() == before + 1
