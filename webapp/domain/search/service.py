"""Keeping the index up to date, making it anew, and keeping people's filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction, transaction
from webapp.core.errors import NotAllowed, Refused
from webapp.core.ids import new_id
from webapp.core.sealed import blind_words
from webapp.domain.cases.models import Case
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Respondent
from webapp.domain.search import watching
from webapp.domain.search.documents import READERS, Document
from webapp.domain.search.models import SavedSearch, SearchDue, SearchEntry
from webapp.domain.search.words import capped
from webapp.domain.staff.models import Staff

__all__ = ["BATCH", "catch_up", "forget", "rebuild", "save", "watching"]

BATCH = 100  # things read again in one transaction: some tenths of a second, so that other writers are not kept waiting
LONGEST_NAME = 60


def catch_up(limit: int = BATCH) -> int:
    """Read again what changed, the longest waiting first; gives how many there were (fewer than `limit`: all)."""
    require_transaction("search.catch_up")
    due = db.session.execute(
        select(SearchDue.what, SearchDue.object_id)
        .order_by(SearchDue.since, SearchDue.object_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for what, read in READERS.items():
        ids = [object_id for kind, object_id in due if kind == what]
        if ids:
            _put(what, read(ids))
    keys = [(what, object_id) for what, object_id in due]
    db.session.execute(delete(SearchDue).where(tuple_(SearchDue.what, SearchDue.object_id).in_(keys)))
    return len(due)


def rebuild(say: Callable[[str, int], None] = lambda _what, _count: None) -> int:
    """Empty the index and fill it from the rooms' tables, oldest first, a batch a transaction; gives how many things.

    Call outside a transaction. Meanwhile search finds what is in already. `say` hears of each batch.
    """
    with transaction():
        db.session.execute(text("DELETE FROM search_words"))
        db.session.execute(delete(SearchEntry))
    total = 0
    for what, column, moment in (
        ("registration", Registration.id, Registration.added_at),
        ("account", Respondent.id, Respondent.id),
        ("case", Case.id, Case.opened_at),
    ):
        for ids in _in_order(column, moment):
            with transaction():
                _put(what, READERS[what](ids))
            total += len(ids)
            say(what, total)
    return total


def _in_order(column: InstrumentedAttribute[str], moment: InstrumentedAttribute[Any]) -> Iterator[list[str]]:
    ids = list(db.session.scalars(select(column).order_by(moment, column)))
    yield from (ids[i : i + BATCH] for i in range(0, len(ids), BATCH))


def _put(what: str, documents: dict[str, Document]) -> None:
    numbers = _numbers(what, documents)
    rows = [
        {"id": numbers[object_id], "words": blind_words(capped(document.terms()))}
        for object_id, document in documents.items()
    ]
    write_words(rows)


def _numbers(what: str, documents: dict[str, Document]) -> dict[str, int]:
    """The entries' numbers; new things get the next ones, in the order they came to be."""
    known = {
        object_id: number
        for object_id, number in db.session.execute(
            select(SearchEntry.object_id, SearchEntry.id).where(
                SearchEntry.what == what, SearchEntry.object_id.in_(documents)
            )
        )
    }
    fresh = sorted((document.at, object_id) for object_id, document in documents.items() if object_id not in known)
    entries = [SearchEntry(what=what, object_id=object_id) for _at, object_id in fresh]
    db.session.add_all(entries)
    db.session.flush()  # the numbers are needed for the words
    return known | {entry.object_id: entry.id for entry in entries}


def write_words(rows: Sequence[dict[str, Any]]) -> None:
    """Put the digests of entries ({"id", "words"}) in place of what was there."""
    if not rows:
        return
    if db.session.get_bind().dialect.name == "postgresql":
        statement = text(
            "INSERT INTO search_words (id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[]))) "
            "ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words"
        )
        db.session.execute(statement, list(rows))
        return
    statement = text("INSERT OR REPLACE INTO search_words (rowid, words) VALUES (:id, :words)")
    db.session.execute(statement, [{"id": row["id"], "words": " ".join(row["words"])} for row in rows])


def save(staff: Staff, name: str, query: dict[str, str], *, shared: bool) -> SavedSearch:
    """Keep a search under a name; the same name again replaces it.

    Raises Refused: 'search_name_missing', 'search_name_long', 'search_empty'.
    """
    require_transaction("search.save")
    name = " ".join(name.split())
    if not name:
        raise Refused("search_name_missing")
    if len(name) > LONGEST_NAME:
        raise Refused("search_name_long", longest=LONGEST_NAME)
    if not query:
        raise Refused("search_empty")
    moment: datetime = now()
    kept = db.session.scalar(
        select(SavedSearch).where(SavedSearch.staff_id == staff.id, SavedSearch.name == name)
    ) or SavedSearch(id=new_id(), staff_id=staff.id, name=name, created_at=moment)
    kept.asked, kept.shared = json.dumps(query, ensure_ascii=False), shared
    db.session.add(kept)
    return kept


def forget(saved_id: str, staff: Staff) -> None:
    """Delete a saved search of one's own. Raises NotFound, NotAllowed."""
    require_transaction("search.forget")
    kept = need(SavedSearch, saved_id, "no_such_search")
    if kept.staff_id != staff.id:
        raise NotAllowed("not_your_search")
    db.session.delete(kept)
