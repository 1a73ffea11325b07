"""Running what a transaction left behind, in the test's own process: the same code the workers run."""

from __future__ import annotations

from webapp.core import outbox
from workers import routes
from workers.queues import QUEUES
from workers.run import run_task

routes.load()  # every table a handler knows is mapped before the test database is made


def process_all(*queues: str, at_most: int = 200) -> int:
    """Run every due task of the given queues (all by default) and what follows from them; gives how many ran.

    Call inside an app context. Objects loaded before belong to a closed session afterwards: load them again.
    """
    ran = 0
    while True:
        waiting = [task_id for queue in queues or QUEUES for task_id in outbox.due(queue, 50)]
        if not waiting:
            return ran
        for task_id in waiting:
            run_task(task_id)
            ran += 1
        if ran > at_most:
            raise AssertionError(f"still tasks to run after {ran}")
