"""The demo platform, its own process, takes part: what is agreed on one side is what the other side does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from tests.builders import file_report
from tests.demo.processes import SECRET, TOKEN, Caller, start_platform
from tests.processing import process_all
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.partners import queries, service
from webapp.domain.reports.models import Report

POST = "lumo-1001"


@pytest.fixture
def lumo(app: APIFlask, tmp_path: Path) -> Iterator[Caller]:
    """The demo platform, running and connected as `flask demo seed` does it."""
    process = start_platform(tmp_path / "lumo")
    with transaction():
        service.connect("demo", "Lumo", f"{process.url}/api", f"{process.url}/hooks/redress", SECRET, TOKEN, "inbound")
    caller = Caller(process.url)
    yield caller
    caller.close()
    assert process.stop() == 0


def due_now(topic: str) -> None:
    """Let the waiting tasks of a topic be due: the other process has its own clock, so ours cannot be moved."""
    with transaction():
        db.session.execute(
            update(Task).where(Task.topic == topic, Task.state == "todo").values(due_at=now() - timedelta(seconds=1))
        )


def test_a_report_is_captured_decided_carried_out_and_seen_to_drift(lumo: Caller, uphold: Callable[..., str]) -> None:
    """Captured with account and picture; removed and suspended although it stumbles; live again: drifted."""
    report_id = file_report(content_ref=POST).report.id
    process_all("work", "capture", "hooks")
    report = db.session.get_one(Report, report_id)
    assert report.subject.capture == "found"
    assert report.subject.respondent is not None
    assert report.subject.respondent.email
    assert "platform" in [i.evidence.source for i in report.items]
    assert lumo.form("/demo/tools/trouble", word="fail_after", times="1") in (302, 303)
    decision_id = uphold(report_id, ("label_ai", None), ("remove", None), ("warn", None), ("suspend", 7))
    process_all("work", "capture", "hooks")
    due_now("event.created")  # the answer that was lost: asked again, done once
    process_all("work", "capture", "hooks")
    effects = queries.effects_of(decision_id)
    assert [(e.action.kind, e.state) for e in effects] == [
        ("label_ai", "confirmed"),
        ("remove", "confirmed"),
        ("warn", "confirmed"),
        ("suspend", "confirmed"),
    ]
    state = lumo.api(f"/api/content/{POST}")
    assert (state["state"], state["labels"], state["account"]["state"]) == ("removed", ["ai_generated"], "suspended")
    assert state["account"]["warnings"] == 1
    assert lumo.form("/demo/tools/republish", post=POST) in (302, 303)
    due_now("effect.read")
    process_all("work", "capture", "hooks")
    db.session.expire_all()
    drifted = [e.action.kind for e in queries.effects_of(decision_id) if e.state == "drifted"]
    assert drifted == ["remove"]
