"""What search keeps: an entry for each thing that can be found, its words as keyed digests, people's saved filters.

The words live in `search_words`, which each database makes in its own way (DDL below): an FTS5 table without content on
SQLite, a tsvector with a GIN index on PostgreSQL. It holds digests only (`core.sealed.blind_words`): what reporters
write is sealed, and a search index must not be the place where it lies open.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, ddl
from webapp.core.sealed import Sealed
from webapp.domain.staff.models import Staff

WHATS = ("case", "account", "registration")


class SearchEntry(Base):
    """One thing that can be found. Its number says how new it is: lists walk from the highest down."""

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("what", "object_id"),
        CheckConstraint("what IN ('case', 'account', 'registration')", name="what_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # 'case', 'account', 'registration'.
    what: Mapped[str]
    object_id: Mapped[str]


class SearchDue(Base):
    """Something that changed and whose words are to be read again."""

    __tablename__ = "search_due"

    what: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class SavedSearch(Base):
    """A search somebody wants to have again, for themselves or for the whole desk."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    # The page's own parameters as JSON: {"q": …, "state": …}. What one looks for may be a name.
    asked: Mapped[str] = mapped_column(Sealed("saved_search.asked"))
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    staff: Mapped[Staff] = relationship()

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the page's address."""
        kept: dict[str, str] = json.loads(self.asked)
        return kept


# The migration repeats these words for word.
WORDS_DDL = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "words, content='', contentless_delete=1, detail='none', tokenize='ascii')"
    ],
    "postgresql": [
        "CREATE TABLE search_words ("
        "id integer PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, words tsvector NOT NULL)",
        # Written at once, not into a list that every search would have to read as well.
        "CREATE INDEX ix_search_words ON search_words USING gin (words) WITH (fastupdate = off)",
    ],
}
for dialect, statements in WORDS_DDL.items():
    for statement in statements:
        event.listen(SearchEntry.__table__, "after_create", ddl(statement, dialect))
    event.listen(SearchEntry.__table__, "before_drop", ddl("DROP TABLE IF EXISTS search_words", dialect))
