"""A visitor's upload: judged by the blocked files and by what limits the account, then a post like any other."""

from __future__ import annotations

import hashlib
import io
import sqlite3

from demo.platform.store import Store, account_state, now
from demo.platform.words import WORDS


def publish(db: sqlite3.Connection, store: Store, account_id: str, data: bytes) -> tuple[str, str]:
    """What is said of it (a key of words.py) and the post: the new one, or the one whose file it is."""
    state = account_state(db, account_id)
    sha256 = hashlib.sha256(data).hexdigest()
    blocked = db.execute("SELECT post_id FROM blocked WHERE sha256 = ?", (sha256,)).fetchone()
    if blocked is not None:
        return "upload_blocked", str(blocked["post_id"])
    if state is None or state["state"] != "active" or {"no_posting", "limited"} & set(state["limits"]):
        return "upload_limited", ""
    size = _keep(store, f"up-{sha256[:12]}", data)
    if size is None:
        return "upload_bad", ""
    post_id, (zh, en) = f"up-{sha256[:12]}", WORDS["upload_title"]
    if db.execute("SELECT 1 FROM post WHERE id = ?", (post_id,)).fetchone() is None:
        db.execute(
            "INSERT INTO post (id, account_id, title_zh, title_en, body_zh, body_en, likes, created_at, form)"
            " VALUES (?, ?, ?, ?, '', '', 0, ?, '')",
            (post_id, account_id, zh, en, now()),
        )
        db.execute(
            "INSERT INTO media VALUES (?, ?, 'image/jpeg', ?, ?, ?, ?, ?)",
            (f"{post_id}-1", post_id, sha256, *size, zh, en),
        )
    return "done", post_id


def _keep(store: Store, post_id: str, data: bytes) -> tuple[int, int] | None:
    """The files of a new post; None when it is no JPEG this demo takes."""
    from PIL import Image, UnidentifiedImageError  # only here: the platform starts without it

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            small = image.convert("RGB")
            size = image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    small.thumbnail((640, 6400))
    store.media_file(f"{post_id}-1").write_bytes(data)
    small.save(store.thumb_file(f"{post_id}-1"), quality=80)
    return size
