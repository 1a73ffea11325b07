"""Finding: all words and all filters in one look at the index, newest first, paged by key.

Both ways stay fast with millions of entries. FTS5 walks its lists backwards from the newest and stops when the page is
full. A GIN index knows no order; so the newest entries are tried one by one first, which fills the page for whatever is
common, and only what is rare is then asked of the index, which is short to sort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, text, union_all
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db
from webapp.core.ids import read_reference
from webapp.core.sealed import blind_index, blind_words
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.reports.models import Report, Subject
from webapp.domain.search.documents import TELLING, Document, mark, stretch
from webapp.domain.search.models import SavedSearch, SearchEntry
from webapp.domain.search.words import wanted
from webapp.domain.staff.models import Staff

PAGE = 25
# Newest entries tried one by one on PostgreSQL. What is rarer than PAGE in so many is at most about 1 % of all.
TRIED = 2000
RARE = 5000  # as many hits are sorted at once; what is commoner fills a page on the way back from the newest
NO_END = 2**31 - 1  # above every entry's number


@dataclass(frozen=True)
class Hit:
    """One thing found. `number` is its place: the next page begins below it."""

    number: int
    what: str
    object_id: str


@dataclass(frozen=True)
class Question:
    """What is looked for: words, filters (names of `documents.mark`), the days on which it was opened (inclusive)."""

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def terms(self) -> set[str]:
        """Everything a document must have."""
        return wanted(self.words) | {mark(name, value) for name, value in self.filters}

    @property
    def anything(self) -> bool:
        """Whether anything is looked for at all."""
        return bool(self.terms or self.since or self.until)


def find(question: Question, what: str = "case", after: int | None = None, limit: int = PAGE) -> list[Hit]:
    """Things of one sort that fit, newest first, below the number `after`; up to limit + 1 rows, to know of more."""
    groups = [[term] for term in sorted(question.terms | {mark("what", what)})]
    if question.since or question.until:
        groups.append(stretch(question.since, question.until, now().date() + timedelta(days=1)))
    if not all(groups):
        return []
    numbers = _numbers([blind_words(group) for group in groups], NO_END if after is None else after, limit + 1)
    statement = select(SearchEntry).where(SearchEntry.id.in_(numbers)).order_by(SearchEntry.id.desc())
    return [Hit(entry.id, entry.what, entry.object_id) for entry in db.session.scalars(statement)]


def _numbers(groups: list[list[str]], below: int, limit: int) -> list[int]:
    """Numbers of entries that have a term of every group, the highest first."""
    values: dict[str, Any] = {"below": below, "limit": limit}
    if db.session.get_bind().dialect.name != "postgresql":
        asked = " AND ".join(f"({' OR '.join(group)})" for group in groups)
        found = text(
            "SELECT rowid FROM search_words WHERE search_words MATCH :asked AND rowid < :below "
            "ORDER BY rowid DESC LIMIT :limit"
        )
        return list(db.session.scalars(found, values | {"asked": asked}))
    values["asked"] = " & ".join(f"({' | '.join(group)})" for group in groups)
    tried = text(
        "WITH newest AS MATERIALIZED ("
        "SELECT id, words FROM search_words WHERE id < :below ORDER BY id DESC LIMIT :tried) "
        "SELECT id FROM newest WHERE words @@ CAST(:asked AS tsquery) ORDER BY id DESC LIMIT :limit"
    )
    numbers = list(db.session.scalars(tried, values | {"tried": TRIED}))
    if len(numbers) == limit:
        return numbers
    rare = text("SELECT id FROM search_words WHERE words @@ CAST(:asked AS tsquery) LIMIT :many")
    hits = list(db.session.scalars(rare, values | {"many": RARE}))
    if len(hits) < RARE:
        return sorted((number for number in hits if number < below), reverse=True)[:limit]
    # Common, yet not among the newest (closed cases, where the newest are open): backwards along the key until full.
    db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
    common = text(
        "SELECT id FROM search_words WHERE id < :below AND words @@ CAST(:asked AS tsquery) "
        "ORDER BY id DESC LIMIT :limit"
    )
    numbers = list(db.session.scalars(common, values))
    db.session.execute(text("SET LOCAL enable_bitmapscan = on"))
    return numbers


def told_only_by_decisions(words: str, document: Document) -> bool:
    """Whether a case fits only by what tells of a decision: nobody may find it so who must not know that decision."""
    return not wanted(words) <= document.terms(without=TELLING)


def named(typed: str) -> Case | None:
    """The case behind a whole reference: its own, or that of a report or an appeal in it."""
    code = read_reference(typed)
    if len(code) < len("C-0000-0000"):
        return None
    either = union_all(
        select(Case.id).where(Case.reference == code),
        select(CaseReport.case_id).join(Report).where(Report.reference == code),
        select(Appeal.case_id).where(Appeal.reference == code),
    )
    found = db.session.scalar(either)
    return db.session.get(Case, found) if found else None


def cases_of_reporter(email: str, limit: int = PAGE) -> list[Case]:
    """Cases with a report of whoever has exactly this address, newest first. The caller asks for the permission and
    writes the look into the audit log.
    """
    theirs = (
        select(CaseReport.case_id)
        .join(Report, Report.id == CaseReport.report_id)
        .join(Standing, Standing.id == Report.standing_id)
        .join(Reporter, Reporter.id == Standing.reporter_id)
        .where(Reporter.email_index == blind_index(email))
    )
    statement = select(Case).where(Case.id.in_(theirs)).options(joinedload(Case.subject).joinedload(Subject.respondent))
    return list(db.session.scalars(statement.order_by(Case.opened_at.desc(), Case.id).limit(limit)))


def saved(staff: Staff) -> list[SavedSearch]:
    """One's own saved searches and those shared with the desk, by name."""
    statement = (
        select(SavedSearch)
        .where(or_(SavedSearch.staff_id == staff.id, SavedSearch.shared))
        .options(joinedload(SavedSearch.staff))
        .order_by(SavedSearch.name, SavedSearch.id)
    )
    return list(db.session.scalars(statement))


def filters_of(chosen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Filters in a fixed order, empty ones left out."""
    return tuple(sorted((name, value) for name, value in chosen.items() if value))
