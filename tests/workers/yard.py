"""A yard for process tests: own data folder, a real queue server, real workers and a sweeper that can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from webapp.core import hints, outbox
from webapp.core.audit import AuditEntry
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import Base, db, transaction
from webapp.core.outbox import Task
from workers import embedded


class Yard:
    """Processes over one data folder. `lease` and `sweep` in seconds, short so that tests need not wait."""

    def __init__(self, folder: Path, lease: float = 1.0, sweep: float = 0.2) -> None:
        self.folder = folder
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        own = {"REDRESS_DATA": str(folder), "TASK_LEASE_SECONDS": str(lease), "SWEEP_SECONDS": str(sweep)}
        # Toys are compared with nothing: load little.
        own |= {"DETECTORS": "workers.detectors.phash.PerceptualHash", "READERS": "none"}
        self.environment = keep | own
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.app = self._app()

    def _app(self) -> Flask:
        data = self.environment
        settings = Settings(
            REDRESS_DATA=Path(data["REDRESS_DATA"]),
            TASK_LEASE_SECONDS=float(data["TASK_LEASE_SECONDS"]),
            SWEEP_SECONDS=float(data["SWEEP_SECONDS"]),
        )
        app = create_base_app(settings)
        hints.install(app)
        with app.app_context():
            Base.metadata.create_all(db.engine)
        return app

    def start(self, name: str) -> None:
        """'queue', 'sweeper', or the name of a queue for its worker."""
        if name == "queue":
            self._run(name, embedded.prepare(self.folder / "queue"))
            until(lambda: embedded.answers(self.folder / "queue"), 5)
        else:
            what = ["sweeper"] if name == "sweeper" else ["worker", name]
            self._run(name, [sys.executable, "-m", "tests.workers.toys", *what])

    def _run(self, name: str, command: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """kill -9."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def close(self) -> None:
        """End everything; the queue server last."""
        for name in sorted(self.processes, key=lambda n: n == "queue"):
            self.processes[name].send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with self.app.app_context():
            db.engine.dispose()

    def wipe_queue(self) -> None:
        """Delete the queue server's folder under its feet."""
        shutil.rmtree(self.folder / "queue")

    def post(self, topic: str, **ids: str | int) -> str:
        """Post a message in its own transaction; gives the task's id."""
        with self.app.app_context():
            with transaction():
                task_id = outbox.post(topic, **ids).id
            return task_id

    def states(self) -> dict[str, int]:
        """How many tasks are in each state."""
        with self.app.app_context():
            rows = db.session.execute(select(Task.state, func.count()).group_by(Task.state)).all()
        return dict(rows)

    def effects(self) -> dict[str, int]:
        """How often each thing was done."""
        with self.app.app_context():
            rows = db.session.execute(select(AuditEntry.object_id, func.count()).group_by(AuditEntry.object_id)).all()
        return dict(rows)

    def running(self) -> bool:
        """Whether a task is being worked on right now."""
        return self.states().get("run", 0) > 0

    def all_done(self) -> bool:
        """Whether nothing posted here is left to do; the timers' tasks may wait in queues no worker looks at."""
        left = select(Task.id).where(Task.topic.startswith("toy."), Task.state != "done").limit(1)
        with self.app.app_context():
            return db.session.scalar(left) is None


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait until `true()`; fails after `seconds`."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            raise AssertionError(f"still not so after {seconds:g} s")
        time.sleep(0.05)
