"""What an order from Redress does to a post or an account: pure database work inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.platform.store import Row, now

LABEL = "ai_generated"


class Refusal(Exception):
    """The platform will not do it. `status` is the HTTP answer: 404 unknown, 409 does not fit, 422 malformed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def perform(db: sqlite3.Connection, order: dict[str, Any]) -> tuple[str | None, str]:
    """Carry out one `action.requested` order; says which (post or None, account) it touched. Raises Refusal.

    Every kind may be repeated: doing it twice leaves the same state.
    """
    kind = str(order.get("kind") or "")
    act = KINDS.get(kind)
    if act is None:
        raise Refusal(422, f"unknown kind of action: {kind[:40]!r}")
    if not order.get("action_id"):
        raise Refusal(422, "action_id is missing")
    post = _post(db, order) if order.get("content_id") or kind in FOR_POSTS else None
    account_id = str(order.get("account_id") or (post["account_id"] if post else ""))
    if post is not None and post["account_id"] != account_id:
        raise Refusal(409, "the content belongs to another account")
    if db.execute("SELECT 1 FROM account WHERE id = ?", (account_id,)).fetchone() is None:
        raise Refusal(404, "unknown account")
    post_id = str(post["id"]) if post is not None else None
    act(db, order, post_id if post_id is not None and kind in FOR_POSTS else account_id)
    return post_id, account_id


def _post(db: sqlite3.Connection, order: dict[str, Any]) -> Row:
    row: Row | None = db.execute("SELECT * FROM post WHERE id = ?", (str(order.get("content_id")),)).fetchone()
    if row is None:
        raise Refusal(404, "unknown content")
    return row


def _label(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("INSERT OR IGNORE INTO label VALUES (?, ?, 'redress')", (post_id, LABEL))


def _unlabel(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("DELETE FROM label WHERE post_id = ? AND word = ? AND source = 'redress'", (post_id, LABEL))


def _remove(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("UPDATE post SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (now(), post_id))


def _restore(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("UPDATE post SET removed_at = NULL WHERE id = ?", (post_id,))


def _warn(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO warning (action_id, account_id, reason_code, at) VALUES (?, ?, ?, ?)",
        (str(order["action_id"]), account_id, str(order.get("reason_code") or ""), now()),
    )


def _unwarn(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    """Lift the warning of that very action when it is named, else the newest;
    a repeat of the same order lifts no second one.
    """
    named = str(order.get("undoes") or "")
    by = str(order["action_id"])
    if db.execute("SELECT 1 FROM warning WHERE lifted_by = ?", (by,)).fetchone():
        return
    row = db.execute(
        "SELECT action_id FROM warning WHERE account_id = ? AND lifted_at IS NULL AND (action_id = ? OR ? ="
        " '') ORDER BY at DESC, rowid DESC LIMIT 1",
        (account_id, named, named),
    ).fetchone()
    if row is None:
        raise Refusal(409, "the account has no such warning")
    db.execute("UPDATE warning SET lifted_at = ?, lifted_by = ? WHERE action_id = ?", (now(), by, row["action_id"]))


def _suspend(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    """Until `ends_at`, or `days` from now; never shortens a suspension that already runs longer."""
    until = _end(order)
    current = db.execute("SELECT suspended_until FROM account WHERE id = ?", (account_id,)).fetchone()[0]
    if current is None or datetime.fromisoformat(current) < until:
        db.execute("UPDATE account SET suspended_until = ? WHERE id = ?", (until.isoformat(), account_id))


def _unsuspend(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute("UPDATE account SET suspended_until = NULL WHERE id = ?", (account_id,))


def _end(order: dict[str, Any]) -> datetime:
    try:
        if order.get("ends_at"):
            until = datetime.fromisoformat(str(order["ends_at"]))
            return (until if until.tzinfo else until.replace(tzinfo=UTC)).astimezone(UTC)
        days = int(order["days"])
        if not 0 < days <= 3650:  # ten years: longer is a slip of the finger
            raise ValueError
        return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(422, "a suspension needs days (1 to 3650) or ends_at") from error


FOR_POSTS = {"label_ai", "unlabel", "remove", "restore"}
KINDS: dict[str, Callable[[sqlite3.Connection, dict[str, Any], str], None]] = {
    "label_ai": _label,
    "unlabel": _unlabel,
    "remove": _remove,
    "restore": _restore,
    "warn": _warn,
    "unwarn": _unwarn,
    "suspend": _suspend,
    "unsuspend": _unsuspend,
}
