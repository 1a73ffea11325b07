"""The demo platform's own data: a SQLite file and a folder of pictures, opened anew for each request."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = sqlite3.Row


def now() -> str:
    """This instant as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


@dataclass(frozen=True)
class Store:
    """Where the platform keeps its things; hands out short transactions and looks things up."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "lumo.sqlite"

    def media_file(self, media_id: str) -> Path:
        """The original bytes of one picture, sound or film: what it is says its row, not its name."""
        return self.folder / "media" / f"{media_id}.jpg"

    def thumb_file(self, media_id: str) -> Path:
        """The gallery-sized version of one picture."""
        return self.folder / "media" / f"{media_id}-small.jpg"

    @property
    def originals(self) -> Path:
        """Pictures an evaluator may upload as the reporter's own reference."""
        return self.folder / "originals"

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking only."""
        connection = sqlite3.connect(self.database, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its first line, so that two equal webhooks cannot both act."""
        with self.read() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def account_state(db: sqlite3.Connection, account_id: str) -> dict[str, Any] | None:
    """What the read-back API says about an account; None when there is none.

    Whatever has run out no longer counts.
    """
    row = db.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
    if row is None:
        return None
    warnings = db.execute(
        "SELECT count(*) FROM warning WHERE account_id = ? AND lifted_at IS NULL", (account_id,)
    ).fetchone()[0]
    suspended = runs(row["suspended_until"])
    state = "closed" if row["closed_at"] else "suspended" if suspended else "active"
    limits = [item["word"] for item in limits_of(db, "account", account_id)]
    registration = registration_of(row)
    may_go_live = (
        state == "active"
        and not {"live_off", "no_posting", "limited"} & set(limits)
        and registration not in ("suspended", "revoked")
    )
    return {
        "id": row["id"],
        "handle": row["handle"],
        "name": row[f"name_{row['language']}"],
        "state": state,
        "suspended_until": row["suspended_until"] if suspended else None,
        "warnings": warnings,
        "limits": limits,
        "live": "on" if may_go_live else "off",
        "registration": registration,
        "email": row["email"],
        "language": row["language"],
    }


def registration_of(row: Row) -> str:
    """A virtual human's standing on the register: '' (not on it), 'registered', 'suspended' or 'revoked'."""
    held: str = row["registration_held"]
    if held and (row["registration_until"] is None or runs(row["registration_until"])):
        return held
    found: str = row["registration"]
    return found


def limits_of(db: sqlite3.Connection, owner: str, owner_id: str) -> list[Row]:
    """What limits a post or an account at present, with until when."""
    rows = db.execute(
        "SELECT * FROM limited WHERE owner = ? AND owner_id = ? ORDER BY word", (owner, owner_id)
    ).fetchall()
    return [row for row in rows if row["until"] is None or runs(row["until"])]


def post_state(row: Row) -> str:
    """'removed', 'disabled' or 'live'."""
    if row["removed_at"]:
        return "removed"
    disabled = row["disabled_at"] and (row["disabled_until"] is None or runs(row["disabled_until"]))
    return "disabled" if disabled else "live"


def content_state(db: sqlite3.Connection, content_id: str, base: str) -> dict[str, Any] | None:
    """What the read-back API says about a post; None when there is none. `base` is the platform's own address."""
    row = db.execute(
        "SELECT post.*, account.language FROM post JOIN account ON account.id = account_id WHERE post.id = ?",
        (content_id,),
    ).fetchone()
    if row is None:
        return None
    media = db.execute("SELECT * FROM media WHERE post_id = ? ORDER BY id", (content_id,)).fetchall()
    return {
        "id": row["id"],
        "url": f"{base}/p/{row['id']}",
        "state": post_state(row),
        "labels": [label["word"] for label in labels_of(db, content_id)],
        "limits": [item["word"] for item in limits_of(db, "post", content_id)],
        "title": row[f"title_{row['language']}"],
        "created_at": row["created_at"],
        "media": [
            {
                "id": item["id"],
                "url": f"{base}/api/media/{item['id']}",
                "media_type": item["media_type"],
                "sha256": item["sha256"],
            }
            for item in media
        ],
        "account": account_state(db, row["account_id"]),
    }


def labels_of(db: sqlite3.Connection, post_id: str) -> list[Row]:
    """The labels a post shows, with who put them on."""
    return db.execute("SELECT * FROM label WHERE post_id = ? AND off = 0 ORDER BY word", (post_id,)).fetchall()


def runs(until: str | None) -> bool:
    """Whether something with this end (ISO 8601; None: not there at all) still runs."""
    return until is not None and datetime.fromisoformat(until) > datetime.now(UTC)


def is_hidden(row: Row) -> bool:
    """Whether the account of a row (with suspended_until and closed_at) shows its posts to nobody."""
    return bool(row["closed_at"]) or runs(row["suspended_until"])


def record_delivery(
    db: sqlite3.Connection, webhook_id: str, kind: str, type_: str, status: int, note: str, body: str
) -> None:
    """One line of the webhook log."""
    db.execute(
        "INSERT INTO delivery (at, webhook_id, type, kind, status, note, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (now(), webhook_id[:120], type_[:80], kind[:40], status, note, body[:20_000]),
    )


def use_up(db: sqlite3.Connection, word: str) -> Row | None:
    """Take one of the ordered troubles (`fail`, `fail_after`, `slow`); None when none is left."""
    row: Row | None = db.execute("SELECT * FROM trouble WHERE word = ? AND remaining > 0", (word,)).fetchone()
    if row is not None:
        db.execute("UPDATE trouble SET remaining = remaining - 1 WHERE word = ?", (word,))
    return row


def as_json(value: Any) -> str:
    """Compact JSON that keeps Chinese readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
