"""The whole workshop under the supervisor, killed part by part with kill -9, on real reports and a real mail server.

Afterwards every item was scanned and matched once, and every letter was sent once (the same Message-ID if repeated).
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select

from tests.builders import file_report, picture
from tests.workers.test_supervisor import Run, command_of, free_port
from tests.workers.yard import until
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.core.outbox import Task
from webapp.domain.evidence.models import Preview
from webapp.domain.matching.models import Match, Scan
from webapp.domain.notifications.models import Letter

REPORTS = 4
ONE_DETECTOR = "workers.detectors.phash.PerceptualHash"  # how several work together is told in test_flow
HASHED = Scan.detector == "phash"  # the readers of labels write their own rows


class Mailbox:
    """A mail server that keeps Message-IDs."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.port = free_port()
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd calls it so
        self.ids.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 kept"

    def close(self) -> None:
        self._server.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def run(tmp_path: Path, mailbox: Mailbox) -> Iterator[Run]:
    started = Run(tmp_path / "var", free_port(), SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}", DETECTORS=ONE_DETECTOR)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(15)


@pytest.fixture
def desk(run: Run) -> Iterator[Flask]:
    """An app on the run's data, as the web process has it, in its context."""
    run.wait_ready()
    app = create_base_app(Settings(REDRESS_DATA=run.data))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def kill(run: Run, part: str) -> bool:
    victim = next((p for p in run.pids() if part in command_of(p)), None)
    if victim is not None:
        os.kill(victim, signal.SIGKILL)
    return victim is not None


def open_tasks() -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Task.topic).where(Task.state.in_(("todo", "run")), Task.attempts < 3)))


def count(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def all_settled() -> bool:
    db.session.rollback()
    # Picture, reference and the paper that shows the title: all three can be seen, the first two are looked at.
    scans = len(db.session.scalars(select(Scan.id).where(HASHED)).all())
    looked = scans == 2 * REPORTS and count(Preview) == 6 * REPORTS and count(Match) == REPORTS
    sent = db.session.scalars(select(Letter.state)).all() == ["sent"] * REPORTS
    return looked and sent


@pytest.mark.parametrize(
    "parts",
    [
        ("redress-scan", "redress-work", "workers.workshop", "redress-mail"),
        ("valkey-server", "redress-sweeper", "valkey-server"),
    ],
    ids=["workers", "queue server and sweeper"],
)
def test_whatever_is_killed_each_report_is_scanned_once_and_answered_once(
    run: Run, desk: Flask, mailbox: Mailbox, parts: tuple[str, ...]
) -> None:
    for number in range(REPORTS):
        file_report(
            [picture(number)], [picture(number)], platform="", content_ref="", address=f"https://x.example/{number}"
        )
        if number < len(parts):
            until(lambda part=parts[number]: kill(run, part), 10)
    until(all_settled, 40)
    assert set(db.session.scalars(select(Match.verdict))) == {"supports"}
    assert set(db.session.scalars(select(Scan.state).where(HASHED))) == {"done"}
    letters = set(db.session.scalars(select(Letter.message_id)))
    assert (len(letters), set(mailbox.ids)) == (REPORTS, letters)
    assert db.session.scalars(select(Task.last_error).where(Task.state == "dead")).all() == []


def test_a_queue_folder_deleted_under_the_running_server_loses_nothing(run: Run, desk: Flask, mailbox: Mailbox) -> None:
    """The server still runs, but nobody can reach it any more: the supervisor notices and starts a new one."""
    shutil.rmtree(run.data / "queue")
    for number in range(REPORTS):
        file_report(
            [picture(number)], [picture(number)], platform="", content_ref="", address=f"https://x.example/{number}"
        )
    until(all_settled, 40)
    assert "queue-server did not answer and is started again." in run.words()
    assert len(mailbox.ids) == REPORTS
