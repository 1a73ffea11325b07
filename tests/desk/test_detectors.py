"""The page of detectors: what is behind is said, and a lead lets it be looked at again, pauses and resumes."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from sqlalchemy import select, update

from tests.conftest import Cast
from tests.desk.conftest import Browser, matched_case
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.domain.matching import rescans
from webapp.domain.matching.models import Scan


def behind() -> None:
    """Three items were last looked at by an older version."""
    matched_case()
    with transaction():
        db.session.execute(update(Scan).where(Scan.detector == "phash").values(version="0.9"))


def state() -> str:
    db.session.rollback()
    return rescans.of("phash").state


def test_a_lead_begins_pauses_and_resumes(at_desk: Callable[[str], Browser]) -> None:
    behind()
    lan = at_desk("lan")
    page = lan.get("/desk/detectors").get_data(as_text=True)
    assert "3 items were last looked at by version 0.9." in page
    assert "/desk/detectors/phash/again" in page
    for verb, expected in (("again", "running"), ("pause", "paused"), ("resume", "running")):
        assert lan.post(f"/desk/detectors/phash/{verb}").status_code == 302
        assert state() == expected
    page = lan.get("/desk/detectors").get_data(as_text=True)
    assert '<progress max="3" value="0"' in page
    assert "data-running" in lan.get("/desk/detectors/progress").get_data(as_text=True)
    told = {v for v in db.session.scalars(select(AuditEntry.verb)) if v.startswith("rescan.")}
    assert told == {"rescan.start", "rescan.pause", "rescan.resume"}
    assert "It is not paused." in lan.post("/desk/detectors/phash/resume", follow_redirects=True).get_data(as_text=True)


def test_a_reviewer_sees_it_and_starts_nothing(at_desk: Callable[[str], Browser]) -> None:
    behind()
    rui = at_desk("rui")
    page = rui.get("/desk/detectors").get_data(as_text=True)
    assert "3 items" in page and "/again" not in page
    assert rui.post("/desk/detectors/phash/again").status_code == 403


def test_the_same_from_the_command_line(app: APIFlask, cast: Cast) -> None:
    behind()
    run = app.test_cli_runner().invoke
    assert "3 items last by version 0.9" in run(args=["detectors", "list"]).output
    assert "looks at 3 items again" in run(args=["detectors", "rescan", "phash"]).output
    assert run(args=["detectors", "pause", "phash"]).output == "Paused.\n"
    assert "paused: 0 of 3" in run(args=["detectors", "list"]).output
    assert run(args=["detectors", "resume", "phash"]).exit_code == 0
    refused = run(args=["detectors", "rescan", "nothing"])
    assert refused.exit_code == 1 and "no such detector" in refused.output
    assert "never told" in run(args=["detectors", "pause", "text"]).output
