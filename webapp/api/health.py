"""For those who keep it running: is it alive, can it work, and how much waits. Details for this machine or a token."""

from __future__ import annotations

import hmac
import shutil

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy import func, select, text

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases

bp = Blueprint("health", __name__)

# Below this much free disk an upload could fail half way; above this age of the oldest due task nobody works.
LEAST_FREE_BYTES = 500 * 1024 * 1024
OLDEST_SECONDS = 300


def _trusted() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # A request that a proxy on this machine passed on is not of this machine, even when nobody told us of the proxy.
    here = request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    return here or bool(token and hmac.compare_digest(given.encode(), token.encode()))


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


def _waiting() -> tuple[dict[str, int], float]:
    """Tasks by state, and the age in seconds of the oldest due one."""
    states = {state: n for state, n in db.session.execute(select(Task.state, func.count()).group_by(Task.state))}
    oldest = db.session.scalar(
        select(func.min(Task.due_at)).where(Task.state.in_(("todo", "run")), Task.due_at <= now())
    )
    return states, max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Database, disk and background work are fit; 503 with what is not. The queue server may be away: reports still
    come in, so it is told but does not make the site unready."""
    checks: dict[str, str] = {}
    try:
        db.session.execute(text("SELECT 1"))
        _states, oldest = _waiting()
        checks["database"] = "ok"
        checks["work"] = "ok" if oldest < OLDEST_SECONDS else f"the oldest task has waited {oldest:.0f} s"
    except Exception as error:  # whatever is wrong with the database, the answer is "not ready"
        checks["database"] = type(error).__name__
    free = shutil.disk_usage(settings().data).free
    checks["disk"] = "ok" if free > LEAST_FREE_BYTES else f"{free // 1024 // 1024} MB free"
    fit = all(v == "ok" for v in checks.values())
    hints = current_app.extensions.get("hints")
    checks["queue"] = "ok" if hints is not None and hints.waiting("work") is not None else "away"
    body = {"status": "ok" if fit else "not ready"} | ({"checks": checks} if _trusted() else {})
    return jsonify(body), 200 if fit else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus text: tasks by state, age of the oldest, cases by state."""
    if not _trusted():
        abort(404)
    states, oldest = _waiting()
    lines = ["# TYPE redress_tasks gauge"]
    lines += [f'redress_tasks{{state="{s}"}} {states.get(s, 0)}' for s in ("todo", "run", "done", "dead")]
    lines += ["# TYPE redress_oldest_task_seconds gauge", f"redress_oldest_task_seconds {oldest:.1f}"]
    lines += ["# TYPE redress_cases gauge"]
    lines += [f'redress_cases{{state="{s}"}} {n}' for s, n in sorted(cases.counts().items())]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
