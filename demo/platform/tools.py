"""Operator tools of the demo: make the platform misbehave on order, start over, and read the webhook log."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from demo.platform.pages import LISTED
from demo.platform.seed import reset
from demo.platform.store import Store
from demo.platform.uploads import publish

tools = Blueprint("tools", __name__, url_prefix="/demo")

MOST_TIMES = 1000
MOST_SECONDS = 120  # longer than any webhook client waits
TROUBLES = ("fail", "fail_after", "slow")


@tools.get("/tools")
def overview() -> str:
    """The page with all tools and what is ordered at present."""
    with _store().read() as db:
        removed = db.execute(
            LISTED + " WHERE post.removed_at IS NOT NULL OR post.disabled_at IS NOT NULL ORDER BY post.removed_at DESC"
        ).fetchall()
        accounts = db.execute("SELECT * FROM account ORDER BY id").fetchall()
        ordered = {row["word"]: row for row in db.execute("SELECT * FROM trouble WHERE remaining > 0")}
    return render_template(
        "tools.html",
        removed=removed,
        ordered=ordered,
        troubles=TROUBLES,
        accounts=accounts,
        said=request.args.get("said", ""),
        post=request.args.get("post", ""),
    )


@tools.post("/tools/republish")
def republish() -> Response:
    """Form field `post`: put a removed post back without telling Redress."""
    with _store().write() as db:
        changed = db.execute(
            "UPDATE post SET removed_at = NULL, disabled_at = NULL WHERE id = ?", (request.form.get("post", ""),)
        ).rowcount
    if not changed:
        abort(404)
    return _back()


@tools.post("/tools/trouble")
def trouble() -> Response:
    """Form fields `word` (fail, fail_after, slow), `times`, and `seconds` for slow; times 0 takes the order back."""
    kind = request.form.get("word", "")
    try:
        times, seconds = int(request.form.get("times", "1")), float(request.form.get("seconds") or 0)
    except ValueError:
        abort(400)
    if kind not in TROUBLES or not 0 <= times <= MOST_TIMES or not 0 <= seconds <= MOST_SECONDS:
        abort(400)
    with _store().write() as db:
        db.execute("INSERT OR REPLACE INTO trouble VALUES (?, ?, ?)", (kind, times, seconds))
    return _back()


@tools.post("/tools/upload")
def upload() -> Response:
    """Form fields `file` (JPEG) and `account`: a new post, unless the file is blocked or the account may not post."""
    data = request.files["file"].read() if "file" in request.files else b""
    account = request.form.get("account", "")
    with _store().write() as db:
        said, post = publish(db, _store(), account, data)
    return redirect(url_for("tools.overview", said=said, post=post, _anchor="upload"), 303)


@tools.post("/tools/reset")
def start_over() -> Response:
    """Everything as on the first day."""
    reset(_store())
    return _back()


@tools.get("/log")
def log() -> str:
    """The webhook deliveries received, newest first."""
    with _store().read() as db:
        rows = db.execute("SELECT * FROM delivery ORDER BY id DESC LIMIT 100").fetchall()
    return render_template("log.html", rows=rows)


def _back() -> Response:
    return redirect(url_for("tools.overview", said="done"), 303)


def _store() -> Store:
    store: Store = current_app.config["STORE"]
    return store
