"""What visitors of the demo platform see: gallery, post, account, originals, pictures."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, send_from_directory

from demo.platform.catalogue import ORIGINALS
from demo.platform.store import Row, Store, account_state, is_suspended

pages = Blueprint("pages", __name__)

LISTED = """
SELECT post.*, account.handle, account.name_zh, account.name_en, account.hue, account.suspended_until,
       media.id AS media_id, media.width, media.height, media.alt_zh, media.alt_en,
       (SELECT source FROM label WHERE label.post_id = post.id AND word = 'ai_generated') AS ai_label
FROM post JOIN account ON account.id = post.account_id LEFT JOIN media ON media.post_id = post.id
"""


@pages.get("/")
def gallery() -> str:
    """Newest first; removed posts and those of suspended accounts are not listed."""
    with _store().read() as db:
        rows = db.execute(LISTED + " WHERE post.removed_at IS NULL ORDER BY post.created_at DESC").fetchall()
    return render_template("gallery.html", posts=[row for row in rows if not is_suspended(row["suspended_until"])])


@pages.get("/p/<post_id>")
def post(post_id: str) -> tuple[str, int]:
    """One post, or its tombstone (410), or the word that its account is suspended."""
    with _store().read() as db:
        row = db.execute(LISTED + " WHERE post.id = ?", (post_id,)).fetchone()
        if row is None:
            abort(404)
        state = account_state(db, row["account_id"])
        more = db.execute(
            LISTED + " WHERE post.account_id = ? AND post.id <> ? AND post.removed_at IS NULL"
            " ORDER BY post.created_at DESC LIMIT 4",
            (row["account_id"], post_id),
        ).fetchall()
    hidden = state is not None and state["state"] == "suspended"
    return render_template("post.html", post=row, state=state, hidden=hidden, more=[] if hidden else more), 410 if row[
        "removed_at"
    ] else 200


@pages.get("/u/<handle>")
def account(handle: str) -> str:
    """One account: standing, messages to its holder, posts."""
    with _store().read() as db:
        row = db.execute("SELECT * FROM account WHERE handle = ?", (handle,)).fetchone()
        if row is None:
            abort(404)
        state = account_state(db, row["id"])
        posts = db.execute(LISTED + " WHERE post.account_id = ? ORDER BY post.created_at DESC", (row["id"],)).fetchall()
        notices = db.execute("SELECT * FROM notice WHERE account_id = ? ORDER BY id DESC", (row["id"],)).fetchall()
        warnings = db.execute(
            "SELECT * FROM warning WHERE account_id = ? AND lifted_at IS NULL ORDER BY at DESC", (row["id"],)
        ).fetchall()
    return render_template("account.html", account=row, state=state, posts=posts, notices=notices, warnings=warnings)


@pages.get("/demo/originals/")
def originals() -> str:
    """Pictures to play the reporter with, each beside the post it is about."""
    side = 0 if g.lang == "zh" else 1
    items = []
    with _store().read() as db:
        for item in ORIGINALS:
            items.append(
                {
                    "file": item.file,
                    "title": item.title[side],
                    "story": item.story[side],
                    "post": _listed(db, item.post),
                }
            )
    return render_template("originals.html", items=items)


@pages.get("/demo/originals/<file>")
def original(file: str) -> Response:
    """One original as a download; 404 unless it is in the catalogue."""
    if file not in {item.file for item in ORIGINALS}:
        abort(404)
    return send_from_directory(_store().originals, file, as_attachment=True)


@pages.get("/demo/originals/<file>/view")
def original_view(file: str) -> Response:
    """The same picture to look at on the page."""
    if file not in {item.file for item in ORIGINALS}:
        abort(404)
    return send_from_directory(_store().originals, file)


@pages.get("/media/<media_id>.jpg", defaults={"small": False})
@pages.get("/media/<media_id>/small.jpg", defaults={"small": True})
def picture(media_id: str, small: bool) -> Response:
    """A post's picture; 410 when the post was removed, 404 while its account is suspended.

    Never cached, so a removal shows at once.
    """
    with _store().read() as db:
        row = db.execute(
            "SELECT post.removed_at, account.suspended_until FROM media"
            " JOIN post ON post.id = post_id JOIN account ON account.id = account_id"
            " WHERE media.id = ?",
            (media_id,),
        ).fetchone()
    if row is None or is_suspended(row["suspended_until"]):
        abort(404)
    if row["removed_at"]:
        abort(410)
    path = _store().thumb_file(media_id) if small else _store().media_file(media_id)
    return send_from_directory(path.parent, path.name, max_age=0)


def _listed(db: sqlite3.Connection, post_id: str) -> Row:
    row: Any = db.execute(LISTED + " WHERE post.id = ?", (post_id,)).fetchone()
    found: Row = row
    return found


def _store() -> Store:
    store: Store = current_app.config["STORE"]
    return store
