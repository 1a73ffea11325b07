"""What each measure does to a post or an account: pure database work, and doing it twice leaves the same state."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.platform.store import now

Act = Callable[[sqlite3.Connection, dict[str, Any], str], None]
LABEL = "ai_generated"


class Refusal(Exception):
    """The platform will not do it. `status` is the HTTP answer: 404 unknown, 409 does not fit, 422 malformed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def warn(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO warning (action_id, account_id, reason_code, at) VALUES (?, ?, ?, ?)",
        (str(order["action_id"]), account_id, str(order.get("reason_code") or ""), now()),
    )


def unwarn(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
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
    if row is None and named:
        return  # the warning named never came: nothing to lift
    if row is None:
        raise Refusal(409, "the account has no such warning")
    db.execute("UPDATE warning SET lifted_at = ?, lifted_by = ? WHERE action_id = ?", (now(), by, row["action_id"]))


def suspend(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    """Until `ends_at`, or `days` from now. Never shortens a suspension that already runs longer, unless the order
    says which one it replaces.
    """
    until = end(order)
    current = db.execute("SELECT suspended_until FROM account WHERE id = ?", (account_id,)).fetchone()[0]
    if current is None or order.get("replaces") or datetime.fromisoformat(current) < until:
        db.execute("UPDATE account SET suspended_until = ? WHERE id = ?", (until.isoformat(), account_id))


def unsuspend(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute("UPDATE account SET suspended_until = NULL WHERE id = ?", (account_id,))


def close(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute("UPDATE account SET closed_at = ? WHERE id = ? AND closed_at IS NULL", (now(), account_id))


def reopen(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
    db.execute("UPDATE account SET closed_at = NULL WHERE id = ?", (account_id,))


def hold_registration(state: str) -> Act:
    """Suspended until its end, or revoked for good; '' puts the virtual human back on the register."""

    def act(db: sqlite3.Connection, order: dict[str, Any], account_id: str) -> None:
        until = end(order).isoformat() if state == "suspended" else None
        db.execute(
            "UPDATE account SET registration_held = ?, registration_until = ? WHERE id = ?", (state, until, account_id)
        )

    return act


def label(word: str) -> Act:
    def act(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
        db.execute("INSERT OR IGNORE INTO label VALUES (?, ?, 'redress', 0)", (post_id, word))
        db.execute("UPDATE label SET off = 0 WHERE post_id = ? AND word = ?", (post_id, word))

    return act


def take_off(word: str) -> Act:
    """What the platform put on comes off; what the author declared stays."""

    def act(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
        db.execute("DELETE FROM label WHERE post_id = ? AND word = ? AND source = 'redress'", (post_id, word))

    return act


def unlabel(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    """A wrong AI label comes off, whoever put it on."""
    db.execute("UPDATE label SET off = 1 WHERE post_id = ? AND word = ?", (post_id, LABEL))
    limit("post", "label_withdrawn")(db, order, post_id)


def relabel(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("UPDATE label SET off = 0 WHERE post_id = ? AND word = ?", (post_id, LABEL))
    lift("post", "label_withdrawn")(db, order, post_id)


def limit(owner: str, word: str) -> Act:
    """Limited until `ends_at`, or without end. Never shortened, unless the order says which measure it replaces."""

    def act(db: sqlite3.Connection, order: dict[str, Any], owner_id: str) -> None:
        until = end(order).isoformat() if order.get("ends_at") or order.get("days") else None
        row = db.execute(
            "SELECT until FROM limited WHERE owner = ? AND owner_id = ? AND word = ?", (owner, owner_id, word)
        ).fetchone()
        longer = row is not None and (row["until"] is None or (until is not None and row["until"] >= until))
        if not longer or order.get("replaces"):
            db.execute("INSERT OR REPLACE INTO limited VALUES (?, ?, ?, ?, ?)", (owner, owner_id, word, until, now()))

    return act


def lift(owner: str, word: str) -> Act:
    def act(db: sqlite3.Connection, order: dict[str, Any], owner_id: str) -> None:
        db.execute("DELETE FROM limited WHERE owner = ? AND owner_id = ? AND word = ?", (owner, owner_id, word))

    return act


def remove(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute("UPDATE post SET removed_at = coalesce(removed_at, ?), removed_by = '' WHERE id = ?", (now(), post_id))


def disable(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    until = end(order).isoformat() if order.get("ends_at") or order.get("days") else None
    db.execute("UPDATE post SET disabled_at = ?, disabled_until = ? WHERE id = ?", (now(), until, post_id))


def restore(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    db.execute(
        "UPDATE post SET removed_at = NULL, removed_by = '', disabled_at = NULL, disabled_until = NULL WHERE id = ?",
        (post_id,),
    )


def block(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    """The post's file is refused from now on, and other posts with the very same file go."""
    for (sha256,) in db.execute("SELECT sha256 FROM media WHERE post_id = ?", (post_id,)).fetchall():
        db.execute("INSERT OR IGNORE INTO blocked VALUES (?, ?, ?)", (sha256, post_id, now()))
        db.execute(
            "UPDATE post SET removed_at = ?, removed_by = ? WHERE removed_at IS NULL AND id <> ?"
            " AND id IN (SELECT post_id FROM media WHERE sha256 = ?)",
            (now(), sha256, post_id, sha256),
        )
    limit("post", "hash_blocked")(db, order, post_id)


def unblock(db: sqlite3.Connection, order: dict[str, Any], post_id: str) -> None:
    for (sha256,) in db.execute("SELECT sha256 FROM blocked WHERE post_id = ?", (post_id,)).fetchall():
        db.execute("UPDATE post SET removed_at = NULL, removed_by = '' WHERE removed_by = ?", (sha256,))
    db.execute("DELETE FROM blocked WHERE post_id = ?", (post_id,))
    lift("post", "hash_blocked")(db, order, post_id)


def end(order: dict[str, Any]) -> datetime:
    try:
        if order.get("ends_at"):
            until = datetime.fromisoformat(str(order["ends_at"]))
            return (until if until.tzinfo else until.replace(tzinfo=UTC)).astimezone(UTC)
        days = int(order["days"])
        if not 0 < days <= 3650:  # ten years: longer is a slip of the finger
            raise ValueError
        return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(422, "it needs days (1 to 3650) or ends_at") from error
