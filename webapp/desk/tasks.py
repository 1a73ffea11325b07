"""Background work that gave up: what it was, why, and a button to try again. Nothing disappears."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core import outbox
from webapp.core.audit import record
from webapp.core.db import transaction
from webapp.core.i18n import _, when
from webapp.desk import queries
from webapp.desk.access import my_actor, need
from webapp.desk.blueprint import bp


@bp.get("/tasks")
@need("retry_tasks")
def tasks() -> Any:
    """Parked tasks, newest first."""
    rows = [
        {
            "id": t.id,
            "topic": t.topic,
            "handler": t.handler.rpartition(".")[2],
            "queue": t.queue,
            "attempts": t.attempts,
            "error": t.last_error,
            "created": when(t.created_at),
        }
        for t in queries.parked()
    ]
    return render_template("desk/tasks.html", section="tasks", rows=rows)


@bp.post("/tasks/<task_id>/retry")
@need("retry_tasks")
def retry(task_id: str) -> Any:
    """Give a parked task its attempts back; the sweeper finds it."""
    with transaction():
        task = queries.parked_task(task_id)
        outbox.retry(task.id)
        record(my_actor(), "task.retry", "task", task.id, topic=task.topic)
    flash(_("The task starts again within seconds."), "success")
    return redirect(url_for("desk.tasks"))
