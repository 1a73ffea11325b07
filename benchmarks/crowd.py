"""A desk with a past: cases made once through the real doors, then copied by the hundred thousand inside SQLite.

A copy is a whole case with its own subject, account, reporter, report, items, comparisons, clocks, decision and search
entries; ids get a suffix, times move apart, so that every index grows as it would in years of work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from webapp.core.db import Base, Instant, db
from webapp.core.ids import new_id

# People and machinery are there once, whatever the number of cases; the lookup index has a benchmark of its own.
ONCE = {"staff", "staff_session", "task", "platform", "index_entry", "fingerprint", "index_hit", "lookup", "rescan"}
# What closed cases share with the one they were copied from, so that a million of them fit on a disk: items and their
# machinery, which only a case's own page reads; and the audit log, which is read by its index.
SHARED = {"audit_entry", "custody", "evidence", "match", "preview", "proposal", "report_evidence", "scan", "signal"}
SPREAD = {"open": 1, "closed": -30}  # seconds between one copy's times and the next one's


@dataclass(frozen=True)
class Template:
    """One case's rows: table name → keys of its rows, as tuples in the order of the primary key."""

    rows: dict[str, set[tuple[Any, ...]]]


def rows_now() -> dict[str, set[tuple[Any, ...]]]:
    """The primary keys of every row of every table that grows with cases."""
    found = {}
    for table in _tables():
        keys = list(table.primary_key.columns)
        found[table.name] = {tuple(row) for row in db.session.execute(table.select().with_only_columns(*keys))}
    return found


def template(before: dict[str, set[tuple[Any, ...]]]) -> Template:
    """What has come since `before`."""
    return Template({name: keys - before.get(name, set()) for name, keys in rows_now().items() if keys - before[name]})


def copy(path: str, cases: Iterable[tuple[Template, str, int]], tag: str) -> None:
    """Copy each template so many times into the SQLite file at `path`; `tag` keeps two calls' ids apart."""
    from pysqlite3 import dbapi2  # the driver the app uses: Debian's own SQLite is older

    connection: sqlite3.Connection = dbapi2.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=OFF",
        "synchronous=OFF",
        "foreign_keys=OFF",
        "cache_size=-800000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    people = {row[0] for row in connection.execute("SELECT id FROM staff")}
    connection.execute("BEGIN")
    for number, (one, state, times) in enumerate(cases):
        rows = {name: keys for name, keys in one.rows.items() if state == "open" or name not in SHARED}
        if state == "closed":
            rows["clock"] = set(sorted(one.rows["clock"])[:1])  # of half a dozen that ran
        parts = {part for keys in rows.values() for key in keys for part in key if isinstance(part, str)}
        # Keys have other parts too: a language, a detector, the colleague who touched the case.
        ids = {part for part in parts if len(part) == len(new_id())} - people
        for table in _tables():
            if table.name in rows:
                _copy_table(connection, table, rows[table.name], ids, f"~{tag}{number}.", SPREAD[state], times)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("ANALYZE")
    connection.close()


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in ONCE]


def _copy_table(
    connection: sqlite3.Connection,
    table: Table,
    keys: set[tuple[Any, ...]],
    ids: set[str],
    mark: str,
    spread: int,
    times: int,
) -> None:
    columns = [c for c in table.columns if not (c.primary_key and c.type.python_type is int)]
    alone = {c.name for c in columns if c.unique} | {
        i.columns[0].name for i in table.indexes if i.unique and len(i.columns) == 1
    }
    where = " AND ".join(f'"{c.name}" = ?' for c in table.primary_key.columns)
    for key in keys:
        row = connection.execute(
            f'SELECT {_names(columns)} FROM "{table.name}" WHERE {where}',  # names of our own tables
            key,
        ).fetchone()
        if row is None:
            continue
        parts, values = [], []
        for column, value in zip(columns, row, strict=True):
            # Every copy has its own sender: a blind index is as good as unique.
            named = (
                column.name in alone or column.name == "email_index" or str(value).rpartition(":")[2] in ids
            )  # "case:…" names a row too
            part, bound = _value(value, named, isinstance(column.type, Instant), mark, spread)
            parts.append(part)
            values += bound
        connection.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {times}) "
            f'INSERT INTO "{table.name}" ({_names(columns)}) SELECT {", ".join(parts)} FROM n',
            values,
        )


def _value(value: Any, named: bool, instant: bool, mark: str, spread: int) -> tuple[str, list[Any]]:
    """How one column of a copy is written: own names for ids and unique texts, times apart, the rest as it is."""
    if value is None:
        return "NULL", []
    if named and isinstance(value, str):
        return "? || i", [value + mark]
    if instant:
        return f"strftime('%Y-%m-%d %H:%M:%f', ?, (i * {spread}) || ' seconds') || '000'", [value]
    return "?", [value]


def _names(columns: Sequence[Any]) -> str:
    return ", ".join(f'"{c.name}"' for c in columns)
