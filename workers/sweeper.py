"""The sweeper: brings every due task to a worker, whatever became of its hint; and winds the clock's timers.

`python -m workers.sweeper`. Any number may run. It writes nothing but timers, and outlives the queue server.
"""

from __future__ import annotations

import logging
import sys
import time

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.config import Settings, SettingsError
from webapp.core.db import db, transaction
from webapp.core.hints import ENOUGH, Hints
from webapp.core.outbox import Task
from workers.context import workshop_app
from workers.queues import QUEUES
from workers.schedule import TIMERS, Timer
from workers.stop import Stop

log = logging.getLogger(__name__)

# How often the timers are looked at; the shortest period is minutes.
TIMER_SECONDS = 10


def sweep(hints: Hints) -> int:
    """Hint due tasks without a live lease, in queues whose list is nearly empty; gives how many were hinted.

    Hinting everything again at each pass drowned the queue (852 of 1,904 tasks undone after 180 s): a worker that is
    busy finds the next tasks itself.
    """
    hinted = 0
    for queue in QUEUES:
        waiting = hints.waiting(queue)
        if waiting is None:
            return hinted
        if waiting < ENOUGH - 1:
            hinted += sum(hints.send(queue, task_id) for task_id in outbox.due(queue, ENOUGH - waiting))
    return hinted


def wind(timers: tuple[Timer, ...] = TIMERS) -> None:
    """Post the task of every timer whose present period has none yet."""
    moment = now()
    keys = {timer.key(moment): timer for timer in timers}
    posted = set(db.session.scalars(select(Task.key).where(Task.key.in_(keys))))
    for key, timer in keys.items():
        if key not in posted:
            try:
                with transaction():
                    outbox.post(timer.topic, key=key)
            except IntegrityError:
                continue  # another sweeper was first


def run(app: Flask, stop: Stop) -> None:
    """Sweep until asked to stop."""
    settings: Settings = app.config["SETTINGS"]
    hints: Hints = app.extensions["hints"]
    wound = float("-inf")
    while not stop.asked():
        try:
            with app.app_context():
                if time.monotonic() - wound > TIMER_SECONDS:
                    wind()
                    wound = time.monotonic()
                sweep(hints)
        except OperationalError as error:
            log.warning("the database does not answer: %s", type(error.orig).__name__)
        stop.wait(settings.sweep_seconds)


def serve() -> int:
    """Sweep in this process until SIGTERM, then 0. Raises SettingsError."""
    stop = Stop()
    stop.listen()
    run(workshop_app(), stop)
    return 0


def main() -> int:
    """0 after a stop, 1 with one sentence when it cannot start."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return serve()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
