"""Counts the queues every few seconds, so that no page does, and finds cases whose queue is gone a new one."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.db import db
from webapp.core.outbox import Task
from webapp.domain.queues import counting
from workers.run import Work

SORTING = "queues.sorting"


def count(work: Work) -> None:
    """`queues.counting`: write down how each queue stands. Live cases in a queue that is gone are sorted anew."""
    rows, lost = counting.look(), bool(counting.lost())
    db.session.rollback()  # let go of the snapshot before writing
    with work.finish():
        counting.keep(rows)
        if lost and not _sorting():
            outbox.post(SORTING, queue="later")


def sort(work: Work) -> None:
    """`queues.sorting`: find a queue for the next of them, and again until there are none."""
    with work.finish():
        if counting.find_lost() == counting.BATCH:
            outbox.post(SORTING, queue="later")


def _sorting() -> bool:
    waits = select(Task.id).where(Task.topic == SORTING, Task.state.in_(("todo", "run"))).limit(1)
    return db.session.scalar(waits) is not None
