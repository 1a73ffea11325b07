"""Keeping the search file level with the database: found, checked, grown, rebuilt; and what can be said of its state.

Any process may do it; one at a time does. Everything is read on a connection of its own, after the file, so that a row
the file has is never missed in an older picture of the database.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select

from webapp.core.db import db, settings
from webapp.domain.index import searchfile
from webapp.domain.index.book import DETECTOR, version
from webapp.domain.index.models import Fingerprint
from webapp.domain.index.searchfile import Damaged, SearchFile

BATCH = 20_000  # rows read and appended at a time
LOCK_WAIT = 2.0  # seconds a process waits for another one that writes, however long it may work itself
TOUCH = 1.0  # seconds; a file found level is marked so again no more often than this

_open: dict[Path, SearchFile] = {}


@dataclass(frozen=True)
class State:
    """The search file beside the database. `kind`: 'file', 'none' (missing or damaged; `why` says so), 'database'
    (searched in PostgreSQL itself). `age`: seconds since it was last level, None if never; `lacking`: rows it lacks."""

    kind: str
    count: int
    lacking: int
    age: float | None
    size: int
    why: str = ""

    @property
    def stale(self) -> bool:
        """Whether a lookup now would miss something."""
        return self.lacking > 0


def in_database() -> bool:
    """Whether this installation searches in PostgreSQL (`INDEX=postgresql`) and keeps no file."""
    return settings().index == "postgresql"


def path() -> Path:
    """The file of the current fingerprints."""
    return settings().data / "index" / f"{DETECTOR}-{version()}.idx"


def _name() -> str:
    return f"{DETECTOR} {version()}"


def opened() -> SearchFile:
    """The file, checked once by each process that opens it. Raises Damaged."""
    where = path()
    file = _open.get(where)
    if file is None or file.replaced:
        _open.pop(where, None)
        file = _open[where] = SearchFile(where, _name())
    return file


def state() -> State:
    """What can be said of the index now; adds nothing to it."""
    with db.engine.connect() as connection:
        if in_database():
            return State("database", _lacking(connection, 0), 0, 0.0, 0)
        try:
            file = opened()
            extent = file.extent()
            _same_database(connection, file)
        except Damaged as why:
            return State("none", 0, _lacking(connection, 0), None, 0, str(why))
        lacking = _lacking(connection, extent.last_id)
    age = max(0.0, time.time() - extent.level_at) if extent.level_at else None
    return State("file", extent.count, lacking, age, file.path.stat().st_size)


def level(patience: float, at_most: int | None) -> tuple[SearchFile | None, int]:
    """Bring the file level as far as `patience` (seconds) and `at_most` rows (None: all) allow.

    Gives the file, None if there is none to be had in that time, and how many rows it still lacks.
    """
    ends = time.monotonic() + patience
    with db.engine.connect() as connection:
        try:
            file: SearchFile | None = opened()
            _same_database(connection, file)  # type: ignore[arg-type]  # just opened
        except Damaged:
            file = None
        lacking = _lacking(connection, file.extent().last_id if file else 0)
    if file is not None and not lacking:
        _touch(file)
        return file, 0
    if at_most is not None and lacking > at_most:
        return file, lacking
    return _grow(ends) if file is not None else _rebuild(ends)


def rebuild(patience: float = 60.0) -> int:
    """Make the file anew from the database and put it in the old one's place; gives its rows.

    Raises TimeoutError when another process is writing all the while.
    """
    with searchfile.writing(path(), patience) as held:
        if not held:
            raise TimeoutError("another process is writing the index")
        return _make().extent().count


def _rebuild(ends: float) -> tuple[SearchFile | None, int]:
    with searchfile.writing(path(), _turn(ends)) as held:
        if held and not _usable():  # somebody else may just have made it
            _make()
    return _what_is_there()


def _grow(ends: float) -> tuple[SearchFile | None, int]:
    """Append what is lacking, batch by batch, until nothing is or the time is over."""
    with searchfile.writing(path(), _turn(ends)) as held:
        if held:
            file = opened()  # it may have been replaced while waiting
            with db.engine.connect() as connection:
                for ids, hashes, last in _batches(connection, file.extent().last_id):
                    file.append(ids, hashes, time.time() if last else None)
                    if time.monotonic() > ends:
                        break
    return _what_is_there()


def _turn(ends: float) -> float:
    """How long to wait for the writers' lock."""
    return min(LOCK_WAIT, max(0.0, ends - time.monotonic()))


def _what_is_there() -> tuple[SearchFile | None, int]:
    with db.engine.connect() as connection:
        try:
            file = opened()
        except Damaged:
            return None, _lacking(connection, 0)
        return file, _lacking(connection, file.extent().last_id)


def _make() -> SearchFile:
    """A whole new file, made beside the old one and put in its place at once. Files of other versions go."""
    where = path()
    fresh = where.with_suffix(".new")
    searchfile.create(fresh, _name())
    file = SearchFile(fresh, _name())
    with db.engine.connect() as connection:
        for ids, hashes, _last in _batches(connection, 0):
            file.append(ids, hashes)
    file.append([], [], time.time())
    os.replace(fresh, where)
    for other in where.parent.glob("*.idx"):
        if other != where:
            other.unlink(missing_ok=True)
    return opened()


def _usable() -> bool:
    try:
        with db.engine.connect() as connection:
            _same_database(connection, opened())
    except Damaged:
        return False
    return True


def _touch(file: SearchFile) -> None:
    """Note that the file is level now, unless somebody is writing it (who will note it then)."""
    if time.time() - file.extent().level_at < TOUCH:
        return
    with searchfile.writing(file.path, 0.0) as held:
        if held and not file.replaced:
            before = file.extent()
            with db.engine.connect() as connection:
                if not _lacking(connection, before.last_id):
                    file.append([], [], time.time())


def _same_database(connection: Connection, file: SearchFile) -> None:
    """Raise Damaged when the file's last row is not this database's (restored from a copy, or another one)."""
    extent = file.extent()
    if not extent.count:
        return
    row_id, hashed = file.row(extent.count - 1)
    known = connection.scalar(select(Fingerprint.bits).where(Fingerprint.id == row_id))
    if known != hashed:
        raise Damaged("another database")


def _lacking(connection: Connection, after: int) -> int:
    return connection.scalar(select(func.count()).select_from(Fingerprint).where(*_wanted(after))) or 0


def _wanted(after: int) -> tuple[ColumnElement[bool], ...]:
    return (Fingerprint.detector == DETECTOR, Fingerprint.version == version(), Fingerprint.id > after)


def _batches(connection: Connection, after: int) -> Iterator[tuple[list[int], list[bytes], bool]]:
    """Ids and hashes after `after`, in the order of their ids; the flag says that none was left then."""
    while True:
        rows = connection.execute(
            select(Fingerprint.id, Fingerprint.bits).where(*_wanted(after)).order_by(Fingerprint.id).limit(BATCH)
        ).all()
        if rows:
            after = rows[-1].id
            yield [r.id for r in rows], [r.bits for r in rows], len(rows) < BATCH
        if len(rows) < BATCH:
            return
        connection.rollback()  # a new picture of the database for the next batch
