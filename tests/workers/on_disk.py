"""All that a database holds, as bytes to be searched: nothing is asked by table, so nothing is forgotten."""

from __future__ import annotations

from apiflask import APIFlask
from sqlalchemy import text

from webapp.core.db import db


def everything(app: APIFlask) -> bytes:
    """On SQLite the file as it lies on the disk, with what is not yet written back. PostgreSQL packs what is long, so
    there every row of every table is read, whatever the models know: bytes come as hexadecimal digits."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        folder = app.config["SETTINGS"].data
        return b"".join(path.read_bytes() for path in sorted(folder.glob("redress.db*")) if path.is_file())
    with db.engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).all()
        rows = (connection.scalars(text(f'SELECT row_to_json(t)::text FROM "{table}" t')) for table in tables)
        return "\n".join(row for found in rows for row in found).encode()


def lies_in(measure: bytes, all_of_it: bytes) -> bool:
    """Whether these bytes are there, as they are or written in hexadecimal digits, once or twice over."""
    once = measure.hex().encode()
    return any(form in all_of_it for form in (measure, once, once.hex().encode()))
