"""Looking one item up: in the search file, or in PostgreSQL; near hashes become listed items that still count."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, literal, or_, select

from webapp.core.clock import now
from webapp.core.db import db, in_transaction
from webapp.domain.evidence.models import Evidence
from webapp.domain.index import keeping, sounds
from webapp.domain.index.book import DETECTOR, index_book, version
from webapp.domain.index.models import Entry, Fingerprint
from webapp.domain.reports.models import ReportEvidence

CHUNK = 200  # near hashes asked about at a time


@dataclass(frozen=True)
class Candidate:
    """A listed item near the one looked up. `distance`: bits of 256, None where only the bytes are the same."""

    found_id: str
    origin: str
    distance: int | None
    identical: bool = False


@dataclass(frozen=True)
class Answer:
    """What one lookup found, nearest first, among how many, and how old the index was (seconds; rows it lacked)."""

    state: str
    among: int
    age: float = 0.0
    lacking: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    cut: bool = False


def look_up(evidence_id: str, hashes: Sequence[bytes], marks: sounds.Marks = ()) -> Answer:
    """Everything listed within the book's radius of any of the item's `hashes` (its eight orientations, 32 bytes each),
    or that shares enough of its landmarks (`marks`), and every listed item with the same bytes. Without either only the
    latter. Call outside any transaction.
    """
    if in_transaction():
        raise RuntimeError("an item is looked up outside any transaction: the search file has connections of its own")
    book = index_book()
    same = {(c.found_id, c.origin): c for c in _identical(evidence_id)}
    if marks:
        heard = [one for one in _heard(evidence_id, marks) if (one.found_id, one.origin) not in same]
        both = [*same.values(), *heard]
        return Answer("done", sounds.count(), candidates=both[: book.most], cut=len(both) > book.most)
    if not hashes:
        return Answer("bytes", _listed(), candidates=list(same.values()))
    near, among, age, lacking = _in_database(hashes, book.radius) if keeping.in_database() else _in_file(hashes)
    found: list[Candidate] = list(same.values())
    for one in _counting(evidence_id, near):
        if (one.found_id, one.origin) not in same:
            found.append(one)
        if len(found) > book.most:
            break
    state = "stale" if lacking else "done"
    return Answer(state, among, age, lacking, found[: book.most], cut=len(found) > book.most)


def _in_file(hashes: Sequence[bytes]) -> tuple[list[tuple[int, int]], int, float, int]:
    book = index_book()
    file, lacking = keeping.level(book.patience, book.at_most)
    if file is None:
        return [], 0, 0.0, lacking
    near, extent = file.search(hashes, book.radius)
    return near, extent.count, max(0.0, time.time() - extent.level_at) if extent.level_at else 0.0, lacking


def _in_database(hashes: Sequence[bytes], radius: int) -> tuple[list[tuple[int, int]], int, float, int]:
    """One statement over all rows: PostgreSQL counts the bits that differ. The same answers as the file's."""
    apart = [func.bit_count(Fingerprint.bits.op("#")(literal(h, Fingerprint.bits.type))) for h in hashes]
    mine = (Fingerprint.detector == DETECTOR, Fingerprint.version == version())
    least = func.least(*apart) if len(apart) > 1 else apart[0]
    with db.engine.connect() as connection:
        rows = connection.execute(
            select(Fingerprint.id, least.label("distance"))
            .where(*mine, or_(*(a <= radius for a in apart)))
            .order_by("distance", Fingerprint.id)
        ).all()
        among = connection.scalar(select(func.count()).select_from(Fingerprint).where(*mine)) or 0
    return [(r.id, int(r.distance)) for r in rows], among, 0.0, 0


def _counting(evidence_id: str, near: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    """Of near hashes, in their order, the listed items that count: in force, and not of the same report."""
    for start in range(0, len(near), CHUNK):
        part = near[start : start + CHUNK]
        rows = db.session.execute(
            select(Fingerprint.id, Entry.evidence_id, Entry.origin)
            .join(Entry, Entry.evidence_id == Fingerprint.evidence_id)
            .where(Fingerprint.id.in_([row_id for row_id, _d in part]), *in_force(), *_elsewhere(evidence_id))
        ).all()
        by_id: dict[int, list[tuple[str, str]]] = {}
        for row_id, found_id, origin in rows:
            by_id.setdefault(row_id, []).append((found_id, origin))
        for row_id, distance in part:
            for found_id, origin in sorted(by_id.get(row_id, ())):
                yield Candidate(found_id, origin, distance)


def _heard(evidence_id: str, marks: sounds.Marks) -> list[Candidate]:
    """The listed items that sound alike and count, what shares most first."""
    found = [near_id for near_id, _votes in sounds.near(marks)][: index_book().most * 2]
    rows = db.session.execute(
        select(Entry.evidence_id, Entry.origin)
        .where(Entry.evidence_id.in_(found), *in_force(), *_elsewhere(evidence_id))
        .order_by(Entry.origin)
    )
    return [Candidate(i, o, None) for i, o in sorted(rows.all(), key=lambda row: found.index(row[0]))]


def _identical(evidence_id: str) -> Iterable[Candidate]:
    """Listed items with the same bytes: any medium, with or without bits."""
    own = select(Evidence.sha256).where(Evidence.id == evidence_id).scalar_subquery()
    rows = db.session.execute(
        select(Entry.evidence_id, Entry.origin)
        .join(Evidence, Evidence.id == Entry.evidence_id)
        .where(Evidence.sha256 == own, *in_force(), *_elsewhere(evidence_id))
        .order_by(Entry.listed_at, Entry.id)
    )
    return [Candidate(found_id, origin, None, identical=True) for found_id, origin in rows]


def in_force() -> tuple[ColumnElement[bool], ...]:
    """Conditions on Entry: listed, and its time is not over."""
    return (Entry.gone_at.is_(None), or_(Entry.until.is_(None), Entry.until > now()))


def _elsewhere(evidence_id: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Entry: neither the item itself nor anything that came with the same report."""
    reports = select(ReportEvidence.report_id).where(ReportEvidence.evidence_id == evidence_id)
    with_it = select(ReportEvidence.evidence_id).where(ReportEvidence.report_id.in_(reports))
    return (Entry.evidence_id != evidence_id, Entry.evidence_id.not_in(with_it))


def _listed() -> int:
    return db.session.scalar(select(func.count()).select_from(Entry).where(*in_force())) or 0
