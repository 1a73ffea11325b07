"""What visitors of the demo platform see: gallery, post, account, originals, pictures."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, send_from_directory

from demo.platform.catalogue import ORIGINALS
from demo.platform.store import Row, Store, account_state, is_hidden, labels_of, limits_of, post_state

pages = Blueprint("pages", __name__)

LISTED = """
SELECT post.*, account.handle, account.name_zh, account.name_en, account.hue, account.suspended_until,
       account.closed_at, media.id AS media_id, media.media_type, media.width, media.height, media.alt_zh, media.alt_en,
       (SELECT source FROM label WHERE label.post_id = post.id AND word = 'ai_generated' AND off = 0) AS ai_label,
       (SELECT group_concat(word, ' ') FROM limited WHERE owner = 'post' AND owner_id = post.id
        AND (until IS NULL OR datetime(until) > datetime('now'))) AS limits
FROM post JOIN account ON account.id = post.account_id LEFT JOIN media ON media.post_id = post.id
"""


@pages.get("/")
def gallery() -> str:
    """What the platform recommends: newest first, demoted posts last; nothing hidden, nothing not to be recommended."""
    with _store().read() as db:
        rows = db.execute(LISTED + " WHERE post.removed_at IS NULL ORDER BY post.created_at DESC").fetchall()
        quiet = {row["owner_id"] for row in db.execute("SELECT * FROM limited WHERE word = 'limited'")}
    shown = [
        row
        for row in rows
        if not is_hidden(row)
        and post_state(row) == "live"
        and not {"not_recommended", "stream_cut"} & limits(row)
        and row["account_id"] not in quiet
    ]
    return render_template("gallery.html", posts=sorted(shown, key=lambda row: "demoted" in limits(row)))


def limits(row: Row) -> set[str]:
    """The words that limit a listed post."""
    return set((row["limits"] or "").split())


@pages.get("/p/<post_id>")
def post(post_id: str) -> tuple[str, int]:
    """One post with its labels and limits; its tombstone (410, or 451 while hidden), or that its account is closed."""
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
        challenges = db.execute(
            "SELECT * FROM challenge WHERE post_id = ? ORDER BY id DESC LIMIT 1", (post_id,)
        ).fetchall()
        labels, held = labels_of(db, post_id), limits_of(db, "post", post_id)
    hidden = is_hidden(row)
    page = render_template(
        "post.html",
        post=row,
        standing=post_state(row),
        state=state,
        hidden=hidden,
        labels=[label["word"] for label in labels],
        held=held,
        limits={item["word"] for item in held},
        challenges=challenges,
        more=[] if hidden else [other for other in more if post_state(other) == "live"],
    )
    return page, {"removed": 410, "disabled": 451}.get(post_state(row), 200)


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
        held = limits_of(db, "account", row["id"])
    return render_template(
        "account.html", account=row, state=state, posts=posts, notices=notices, warnings=warnings, held=held
    )


@pages.get("/demo/originals/")
def originals() -> str:
    """Pictures to play the reporter with, each beside the post it is about."""
    side = 0 if g.lang == "zh" else 1
    items = []
    with _store().read() as db:
        for item in ORIGINALS:
            if not (_store().originals / item.file).exists():
                continue  # a film, where none could be made
            items.append(
                {
                    "file": item.file,
                    "medium": {"mp3": "audio", "wav": "audio", "mp4": "video"}.get(item.file[-3:], "image"),
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


@pages.get("/media/<media_id>/play")
def recording(media_id: str) -> Response:
    """A post's sound or film, by ranges; gone and hidden as its picture would be."""
    return picture(media_id, small=False)


@pages.get("/media/<media_id>.jpg", defaults={"small": False})
@pages.get("/media/<media_id>/small.jpg", defaults={"small": True})
def picture(media_id: str, small: bool) -> Response:
    """A post's picture, or what it plays; 410 when it was removed, 451 while it is hidden, 404 while its account is.

    Never cached, so a removal shows at once.
    """
    with _store().read() as db:
        row = db.execute(LISTED + " WHERE media.id = ?", (media_id,)).fetchone()
    if row is None or is_hidden(row):
        abort(404)
    if post_state(row) == "removed":
        abort(410)
    if post_state(row) == "disabled" or "stream_cut" in limits(row):
        abort(451)
    path = _store().thumb_file(media_id) if small else _store().media_file(media_id)
    return send_from_directory(path.parent, path.name, max_age=0, mimetype=row["media_type"])


def _listed(db: sqlite3.Connection, post_id: str) -> Row:
    row: Any = db.execute(LISTED + " WHERE post.id = ?", (post_id,)).fetchone()
    found: Row = row
    return found


def _store() -> Store:
    store: Store = current_app.config["STORE"]
    return store
