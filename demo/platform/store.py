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
        """The original bytes of one picture."""
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

    A suspension that has run out no longer counts.
    """
    row = db.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
    if row is None:
        return None
    warnings = db.execute(
        "SELECT count(*) FROM warning WHERE account_id = ? AND lifted_at IS NULL", (account_id,)
    ).fetchone()[0]
    suspended = is_suspended(row["suspended_until"])
    return {
        "id": row["id"],
        "handle": row["handle"],
        "name": row[f"name_{row['language']}"],
        "state": "suspended" if suspended else "active",
        "suspended_until": row["suspended_until"] if suspended else None,
        "warnings": warnings,
        "email": row["email"],
        "language": row["language"],
    }


def content_state(db: sqlite3.Connection, content_id: str, base: str) -> dict[str, Any] | None:
    """What the read-back API says about a post; None when there is none. `base` is the platform's own address."""
    row = db.execute(
        "SELECT post.*, account.language FROM post JOIN account ON account.id = account_id WHERE post.id = ?",
        (content_id,),
    ).fetchone()
    if row is None:
        return None
    media = db.execute("SELECT * FROM media WHERE post_id = ? ORDER BY id", (content_id,)).fetchall()
    labels = db.execute("SELECT word FROM label WHERE post_id = ? ORDER BY word", (content_id,)).fetchall()
    return {
        "id": row["id"],
        "url": f"{base}/p/{row['id']}",
        "state": "removed" if row["removed_at"] else "live",
        "labels": [label["word"] for label in labels],
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


def is_suspended(until: str | None) -> bool:
    """Whether a suspension with this end (ISO 8601 or None) still runs."""
    return until is not None and datetime.fromisoformat(until) > datetime.now(UTC)


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
