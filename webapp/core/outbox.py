"""The outbox: whatever must happen after a transaction is a row written inside it.

The row is the truth about background work; the queue server only carries hints, which may be lost. A worker claims a
row by lease and fence, acts, and settles results and row in one transaction; the sweeper hints again what is overdue.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import CheckConstraint, Index, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import now
from webapp.core.db import Base, after_commit, db, require_transaction, settings
from webapp.core.ids import new_id

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
# Waits after a failed attempt: quick first, then patient enough for a partner's bad night (about 9 hours in all
# for tasks that ask for it by raising Later).
BACKOFF = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800))


class Permanent(Exception):
    """Raised by a handler when trying again cannot help: the task is parked at once, with this reason."""


class Later(Exception):
    """Raised by a handler that knows itself when to try again; it does not use up the task's attempts.

    The handler counts its own tries (an event's delivery attempts, say) and raises Permanent when it gives up.
    """

    def __init__(self, wait: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.wait = wait


def lease() -> timedelta:
    """How long a claim holds without renewal. A dead worker's task starts again within lease + one sweep."""
    return timedelta(seconds=settings().lease_seconds)


class Task(Base):
    """One piece of background work. `handler` is empty for a message that still has to be handed to its handlers."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('todo', 'run', 'done', 'dead')", name="state_known"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_time"),
        Index(
            "ix_task_open",
            "queue",
            "due_at",
            sqlite_where=db.text("state IN ('todo', 'run')"),
            postgresql_where=db.text("state IN ('todo', 'run')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    handler: Mapped[str] = mapped_column(default="")
    payload: Mapped[dict[str, Any]]
    queue: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="todo")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[str | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


def post(
    topic: str,
    *,
    handler: str = "",
    queue: str = "work",
    key: str | None = None,
    due_at: datetime | None = None,
    **ids: str | int,
) -> Task:
    """Leave a message in the open transaction; after the commit one hint goes to the queue server.

    `ids` are row ids only: no personal data ever reaches the queue. `key` makes a repeat impossible (unique).
    """
    require_transaction("outbox.post")
    moment = now()
    task = Task(
        id=new_id(),
        topic=topic,
        handler=handler,
        payload=dict(ids),
        queue=queue,
        key=key,
        due_at=due_at or moment,
        created_at=moment,
    )
    db.session.add(task)
    if task.due_at <= moment:
        task_id, hint = task.id, current_app.extensions.get("hint")
        if hint is not None:
            after_commit(lambda: hint(queue, task_id))
    return task


def claim(task_id: str, worker: str) -> Task | None:
    """Take the row for `lease()`, or None when it is done, not due, or somebody else's. Call inside a transaction."""
    require_transaction("outbox.claim")
    moment, fence = now(), f"{worker}:{new_id()}"
    result: Any = db.session.execute(
        update(Task)
        .where(
            Task.id == task_id,
            Task.due_at <= moment,
            or_(Task.state == "todo", (Task.state == "run") & (Task.lease_until < moment)),
        )
        .values(state="run", fence=fence, lease_until=moment + lease(), attempts=Task.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:
        return None
    task = db.session.get(Task, task_id, populate_existing=True)
    if task is not None and task.attempts > MAX_ATTEMPTS:
        task.state, task.fence, task.lease_until = "dead", None, None
        task.last_error = task.last_error or "the worker died each time it tried"
        return None
    return task


class Fenced(Exception):
    """Another worker has taken the task over; what this one did must not be kept."""


def settle(task_id: str, fence: str) -> None:
    """Mark the task done in the same transaction as its results. Raises Fenced (→ roll back) when it is not ours."""
    _ours(task_id, fence, state="done", done_at=now(), fence=None, lease_until=None, last_error="")


def renew(task_id: str, fence: str) -> None:
    """Hold the lease longer, for work that takes its time. Raises Fenced."""
    _ours(task_id, fence, lease_until=now() + lease())


def fail(task: Task, fence: str, error: str, *, permanent: bool = False, wait: timedelta | None = None) -> str:
    """Put the task back with backoff, or park it after the last attempt. Gives the new state: todo or dead.

    With `wait` the handler has set its own time (see Later) and the attempt is given back.
    """
    dead = permanent or (task.attempts >= MAX_ATTEMPTS and wait is None)
    pause = wait or BACKOFF[min(task.attempts, len(BACKOFF)) - 1]
    state, attempts = "dead" if dead else "todo", task.attempts if wait is None else task.attempts - 1
    values: dict[str, Any] = {"state": state, "attempts": attempts, "due_at": now() + pause}
    _ours(task.id, fence, fence=None, lease_until=None, last_error=error[:2000], **values)
    return state


def retry(task_id: str) -> None:
    """Give a parked task its attempts back (the desk's button)."""
    require_transaction("outbox.retry")
    db.session.execute(
        update(Task)
        .where(Task.id == task_id, Task.state == "dead")
        .values(state="todo", attempts=0, due_at=now(), last_error="")
    )


def forget_done(age: timedelta, keys: str = "") -> None:
    """Delete tasks done longer than `age` ago, all or those whose key starts with `keys`. What they did stays in the
    rooms' own tables and the audit log.
    """
    require_transaction("outbox.forget_done")
    old = delete(Task).where(Task.state == "done", Task.done_at < now() - age)
    db.session.execute(old.where(Task.key.startswith(keys, autoescape=True)) if keys else old)


def due(queue: str, limit: int) -> list[str]:
    """Ids of tasks of `queue` that are due and not held by a live lease, oldest due first."""
    moment = now()
    return list(
        db.session.scalars(
            select(Task.id)
            .where(
                Task.queue == queue,
                Task.due_at <= moment,
                or_(Task.state == "todo", (Task.state == "run") & (Task.lease_until < moment)),
            )
            .order_by(Task.due_at)
            .limit(limit)
        )
    )


def _ours(task_id: str, fence: str, /, **values: Any) -> None:
    require_transaction("settling a task")
    result: Any = db.session.execute(
        update(Task)
        .where(Task.id == task_id, Task.fence == fence, Task.state == "run")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:
        raise Fenced(task_id)
