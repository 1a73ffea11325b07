"""Alembic's environment: all rooms' tables, one connection, batch mode so that SQLite can change columns too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from webapp.core import audit, outbox  # the ground's own tables
from webapp.core.db import Instant, db
from webapp.core.sealed import Sealed, SealedBytes

GROUND = (audit, outbox)
for path in sorted(Path(__file__).parents[1].glob("webapp/domain/*/*.py")):
    if "__tablename__" in path.read_text(encoding="utf-8"):
        import_module(f"webapp.domain.{path.parent.name}.{path.stem}")


def plain(kind: str, value: Any, _context: Any) -> str | bool:
    """Write our column types as what they are in the database, so that a migration never imports the house."""
    if kind == "type" and isinstance(value, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Sealed | SealedBytes):
        return "sa.LargeBinary()"
    return False


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Whether the models describe it. The words of search are the database's own kind of table, with tables beside it
    that SQLite makes itself (webapp/domain/search/models.py)."""
    return not (kind == "table" and (name or "").startswith("search_words"))


def keys(connection: Connection, *, on: bool) -> None:
    """Switch SQLite's foreign keys, which it allows outside a transaction only: changing a table there means making
    it anew, and dropping the old one would count as deleting rows others point at."""
    if connection.dialect.name == "sqlite" and connection.connection.dbapi_connection is not None:
        connection.connection.dbapi_connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def run() -> None:
    """Run migrations on the app's own engine, all or nothing; every row still points at one that is there."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        keys(connection, on=False)
        context.configure(
            connection=connection, target_metadata=db.metadata, render_item=plain, include_object=ours, **options
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if lost:
                    raise RuntimeError(f"after the migration rows point at nothing: {lost[:3]}")
        keys(connection, on=True)


run()
