"""The one function a hint may name: run the hinted task, then what else is due in its queue, within a bound."""

from __future__ import annotations

import time

from webapp.core import outbox
from webapp.core.db import db
from workers.context import workshop_app
from workers.queues import QUEUES
from workers.run import run_task

# A fork costs about 20 ms; 25 small tasks to a fork made 52 tasks a second out of 13 (stack.md §1). The seconds keep
# one queue's fork short, so that a stop never waits long.
MOST_TASKS = 25
MOST_SECONDS = 5.0
# One piece of work calls for the next within milliseconds (a look for a comparison, that for a dearer look): a fork
# that has just worked listens a little longer, which is cheaper than the next fork.
LISTENS_SECONDS, EVERY_SECONDS = 0.2, 0.02


def drain(queue: str, task_id: str) -> int:
    """Run `task_id`, then due tasks of `queue` up to 25 tasks or 5 s; gives how many ran. Hints again if more wait."""
    if queue not in QUEUES:
        raise ValueError("no such queue")
    app = workshop_app()
    ends = time.monotonic() + MOST_SECONDS
    with app.app_context():
        ran = run_task(task_id) != "skipped"
    count = int(ran)
    while True:
        with app.app_context():
            waiting = outbox.due(queue, 1) or (_listened(queue, ends) if count else [])
            if not waiting:
                return count
            if count >= MOST_TASKS or time.monotonic() >= ends:
                app.extensions["hints"].send(queue, waiting[0])
                return count
            run_task(waiting[0])
        count += 1


def _listened(queue: str, ends: float) -> list[str]:
    """The next due task that comes while it listens; [] if none does."""
    until = min(time.monotonic() + LISTENS_SECONDS, ends)
    while time.monotonic() < until:
        db.session.rollback()  # what was read before is no longer what is true
        time.sleep(EVERY_SECONDS)
        if waiting := outbox.due(queue, 1):
            return waiting
    return []
