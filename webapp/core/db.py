"""The database: typed base, UTC instants, and the one way to write — `with transaction():`.

On SQLite a writing transaction begins IMMEDIATE and holds a file ticket: SQLite's own waiting is unfair (measured p99
of 212–268 ms and tails past 2 s under load; with the ticket 71–97 ms), and a deferred BEGIN meets "database is locked".
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, JSON, Connection, DateTime, Dialect, Engine, MetaData, Table, TypeDecorator, event, text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

from webapp.core.config import Settings
from webapp.core.errors import Conflict, NotFound

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. Refuses naive times going in; always gives aware ones coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables. Constraint names follow one convention from the first migration on."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012  # SQLAlchemy reads it


Row = TypeVar("Row", bound=Base)

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(render_as_batch=True, compare_type=True)

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def engine_options(settings: Settings) -> dict[str, Any]:
    """Options for the engine: our own SQLite build, never Debian's 3.40.1 (WAL-reset corruption, 3.7.0–3.51.2)."""
    if not settings.database.startswith("sqlite"):
        return {"pool_pre_ping": True}
    if sys.platform == "linux":
        import pysqlite3.dbapi2 as sqlite_module
    else:
        import sqlite3 as sqlite_module
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {"module": sqlite_module, "connect_args": {"timeout": 30}}


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def _ticket() -> Iterator[None]:
    """First come, first served among all writers of one SQLite file, in any process or thread."""
    path = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    handle = os.open(f"{path}.ticket", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def transaction() -> Iterator[None]:
    """One command, one transaction, opened by the outermost caller; commits at the end, or nothing happened.

    Reads made before it end their snapshot first, so the command decides on what is true now. After the commit the
    callables given to `after_commit` run; their failure never undoes the command. Raises RuntimeError when nested, and
    Conflict('changed_meanwhile') when somebody else wrote a row first that carries a version.
    """
    session = db.session()
    if in_transaction():
        raise RuntimeError("transactions do not nest: the outermost caller opens the only one")
    session.rollback()
    with _ticket():
        token = _writing.set(True)
        session.info["writing"] = []
        try:
            session.connection()  # BEGIN now, so that a lost race is met here and not half way
            yield
            session.commit()
        except BaseException as error:
            session.rollback()
            session.info.pop("writing")
            if isinstance(error, StaleDataError):  # PostgreSQL lets two begin; the row knows who was first
                raise Conflict("changed_meanwhile") from error
            raise
        finally:
            _writing.reset(token)
    for call in session.info.pop("writing"):
        call()


def in_transaction() -> bool:
    """Whether a writing transaction is open in this context."""
    return "writing" in db.session().info


def require_transaction(what: str) -> None:
    """Refuse to do `what` outside a transaction: effects without their cause would be lost or doubled."""
    if not in_transaction():
        raise RuntimeError(f"{what} needs an open transaction")


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the open transaction has committed."""
    require_transaction("after_commit")
    db.session().info["writing"].append(call)


def need(model: type[Row], key: Any, code: str) -> Row:
    """The row with this primary key. Raises NotFound(code)."""
    found = db.session.get(model, key)
    if found is None:
        raise NotFound(code)
    return found


APPEND_ONLY: list[str] = []


def append_only(table: Table) -> None:
    """Let the database itself refuse to change or delete rows of `table`: what was decided or logged stays."""
    APPEND_ONLY.append(table.name)
    for dialect, statements in append_only_ddl(table.name).items():
        for statement in statements:
            event.listen(table, "after_create", ddl(statement, dialect))


def ddl(statement: str, dialect: str) -> Any:
    """A statement to run after a table is made, on one dialect only. `%` must be doubled."""
    constructor: Any = DDL  # SQLAlchemy 2.1 leaves it untyped
    return constructor(statement).execute_if(dialect=dialect)


def append_only_ddl(name: str) -> dict[str, list[str]]:
    """The triggers behind `append_only`, by dialect; migrations run the same text. `%` is doubled for DDL()."""
    refusal = f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
    sqlite = [f"CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {name} {refusal}" for verb in ("update", "delete")]
    postgresql = [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'this table is append-only'; END $$",
        f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}


def settings() -> Settings:
    """The settings of the running app."""
    value: Settings = current_app.config["SETTINGS"]
    return value


def keep_statistics() -> None:
    """Let SQLite count again where a table has grown, so that it goes on choosing the right index; PostgreSQL does so
    by itself. A bounded look (about a thousand rows an index)."""
    require_transaction("db.keep_statistics")
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA analysis_limit = 1000"))
        db.session.execute(text("PRAGMA optimize"))
