"""Runs one task: claim → handler → results and "done" in one transaction; or back with backoff; or parked.

A handler is `def handler(work: Work, **ids) -> None`. It loads, does the slow part outside any transaction, and saves
inside `with work.finish():`, which also settles the task. A repeat after a crash must find what the first try saved.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Fenced, Later, Permanent, Task
from workers import routes

log = logging.getLogger(__name__)


@dataclass
class Work:
    """One claimed task, as its handler sees it."""

    task_id: str
    fence: str
    topic: str
    attempt: int
    queue: str = "work"
    finished: bool = field(default=False, init=False)

    @contextmanager
    def finish(self) -> Iterator[None]:
        """One transaction for the results and for "done". Raises Fenced, and keeps nothing, when the lease was lost."""
        with transaction():
            yield
            outbox.settle(self.task_id, self.fence)
        self.finished = True

    def renew(self) -> None:
        """Ask for a full lease before a slow step that is itself bounded below the lease. Raises Fenced."""
        with transaction():
            outbox.renew(self.task_id, self.fence)

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction for what is known so far, with a full lease for what follows: a repeat after a crash goes on
        from there. Raises Fenced, and keeps nothing, when the lease was lost."""
        with transaction():
            yield
            outbox.renew(self.task_id, self.fence)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep the lease while something outside takes its time (a mail server, say).

        A thread renews; so nothing inside may fork: before a decode in the sandbox use `renew` instead.
        """
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the thread needs the app itself
        db.session.rollback()  # let go of the connection while the slow thing runs
        stop = threading.Event()
        thread = threading.Thread(target=self._keep_renewing, args=(app, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _keep_renewing(self, app: Flask, stop: threading.Event) -> None:
        with app.app_context():
            while not stop.wait(outbox.lease().total_seconds() / 3):
                try:
                    self.renew()
                except Fenced:
                    return  # the handler learns it when it saves
                finally:
                    db.session.remove()


def me() -> str:
    """Who holds a claim: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_task(task_id: str) -> str:
    """Run one task now, in the current app context.

    Gives what became of it: 'skipped' (done, not due, or somebody else's), 'done', 'todo' (failed, tried again
    later), 'dead' (parked) or 'fenced' (another worker took over; nothing of this run was kept).
    """
    with transaction():
        task = outbox.claim(task_id, me())
        if task is None:
            return "skipped"
        work = Work(task.id, task.fence or "", task.topic, task.attempts, task.queue)
        handler, queue, payload = task.handler, task.queue, dict(task.payload)
    db.session.remove()
    try:
        _act(work, handler, queue, payload)
        return "done"
    except Fenced:
        return "fenced"
    except Exception as error:  # whatever went wrong is the task's fate, not the worker's
        db.session.remove()
        return _failed(work, error)
    finally:
        db.session.remove()


def _act(work: Work, handler: str, queue: str, payload: dict[str, Any]) -> None:
    if not handler:
        handlers = routes.handlers_of(work.topic)
        if len(handlers) != 1 or handlers[0].queue != queue:
            return _hand_on(work, handlers, payload)
        handler = handlers[0].name
    routes.function(handler)(work, **payload)
    if not work.finished:
        raise RuntimeError(f"{handler} came back without finishing its task")


def _hand_on(work: Work, handlers: tuple[routes.Handler, ...], payload: dict[str, Any]) -> None:
    """Turn a message into one task per handler; the key makes a second set impossible."""
    with work.finish():
        for handler in handlers:
            key = f"{work.task_id}:{handler.name}"
            outbox.post(work.topic, handler=handler.name, queue=handler.queue, key=key, **payload)


def _failed(work: Work, error: Exception) -> str:
    why = describe(error)
    wait = error.wait if isinstance(error, Later) else None
    try:
        with transaction():
            task = db.session.get_one(Task, work.task_id)
            state = outbox.fail(task, work.fence, why, permanent=isinstance(error, Permanent), wait=wait)
    except Fenced:
        return "fenced"
    level = logging.ERROR if state == "dead" else logging.WARNING if wait is None else logging.INFO
    log.log(level, "task %s (%s), attempt %d: %s → %s", work.task_id, work.topic, work.attempt, why, state)
    return state


def describe(error: Exception) -> str:
    """Why a task failed, without personal data: our own errors in their words, others by kind and place only."""
    if isinstance(error, Permanent | Later):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} in {ours[-1].name}" if ours else "nowhere"
    return f"{type(error).__name__} at {place}"
