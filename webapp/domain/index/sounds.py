"""Listed sounds, looked up by landmarks: which of them share enough with a reported one, equally far apart in time.

The landmarks lie in the database, sorted by name: a lookup reads only the rows of its own names, so its cost grows with
how often a name occurs among all that is listed, not with reading all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sqlalchemy import delete, func, insert, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.index.book import SOUNDS, index_book, version
from webapp.domain.index.models import Entry, Sounding, SoundMark

CHUNK = 500  # names asked about at a time
MOST = 30_000  # landmarks kept of one item: of half an hour there are some forty thousand
# Of landmarks with one name in a recording so many count. A beat that repeats for half an hour has thousands, and two
# such recordings would meet in as many places as the product of both.
ALIKE = 32
Marks = Sequence[tuple[int, int]]  # name, and milliseconds from the beginning


def put(evidence_id: str, marks: Marks, made_by: str) -> bool:
    """Keep the landmarks of a listed item under a detector version, once; False when it is not listed (any more)."""
    require_transaction("index.put_sound")
    listed = select(Entry.id).where(Entry.evidence_id == evidence_id, Entry.gone_at.is_(None)).limit(1)
    if db.session.scalar(listed) is None:
        return False
    same = (Sounding.evidence_id == evidence_id, Sounding.detector == SOUNDS, Sounding.version == made_by)
    if db.session.scalar(select(Sounding.id).where(*same)) is None:
        row = Sounding(evidence_id=evidence_id, detector=SOUNDS, version=made_by, made_at=now())
        db.session.add(row)
        db.session.flush()
        kept = _first(marks)[:MOST]
        if kept:
            db.session.execute(insert(SoundMark), [{"name": n, "sound_id": row.id, "at": at} for n, at in kept])
    return True


def near(marks: Marks) -> list[tuple[str, int]]:
    """Listed items (evidence ids) that share landmarks equally far apart in time, with how many, the most first."""
    book, marks = index_book(), _first(marks)
    names, rows = sorted({name for name, _at in marks}), [np.zeros((0, 3), np.int64)]
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        found = (
            select(SoundMark.name, SoundMark.sound_id, SoundMark.at)
            .join(Sounding, Sounding.id == SoundMark.sound_id)
            .where(SoundMark.name.in_(part), Sounding.version == version(SOUNDS))
        )
        rows.append(np.array(db.session.execute(found).all(), np.int64).reshape(-1, 3))
    votes = _votes(np.array(marks, np.int64).reshape(-1, 2), np.concatenate(rows), book.sound_slack)
    wanted = {sound_id: n for sound_id, n in votes.items() if n >= book.sound_votes}
    named = select(Sounding.id, Sounding.evidence_id).where(Sounding.id.in_(wanted))
    ids = {sound_id: evidence_id for sound_id, evidence_id in db.session.execute(named)}
    return sorted(((ids[s], n) for s, n in wanted.items()), key=lambda one: (-one[1], one[0]))


def count() -> int:
    """How many sounds can be found."""
    return db.session.scalar(select(func.count()).select_from(Sounding)) or 0


def tidy(listed: object) -> int:
    """Delete the landmarks of items for which `listed` (a condition on Sounding) does not hold; gives of how many."""
    require_transaction("index.tidy")
    gone = list(db.session.scalars(select(Sounding.id).where(~listed)))  # type: ignore[operator]  # a SQL condition
    for sound_id in gone:
        db.session.execute(delete(SoundMark).where(SoundMark.sound_id == sound_id))
        db.session.execute(delete(Sounding).where(Sounding.id == sound_id))
    return len(gone)


def _first(marks: Marks) -> list[tuple[int, int]]:
    """The landmarks by time, each once, of those of one name the first ALIKE."""
    seen, kept = Counter[int](), list[tuple[int, int]]()
    for name, at in sorted(set(marks), key=lambda mark: (mark[1], mark[0])):
        seen[name] += 1
        if seen[name] <= ALIKE:
            kept.append((name, at))
    return kept


def _votes(query: np.ndarray, rows: np.ndarray, slack: int) -> dict[int, int]:
    """For each sound the most landmarks that lie equally far from the query's. `query`: name, milliseconds; `rows`:
    name, sound, milliseconds."""
    if not len(query) or not len(rows):
        return {}
    query = query[np.argsort(query[:, 0], kind="stable")]
    first, last = (np.searchsorted(query[:, 0], rows[:, 0], side) for side in ("left", "right"))
    many = last - first
    row = np.repeat(np.arange(len(rows)), many)
    mine = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    apart = rows[row, 2] - query[mine, 1]
    found: dict[int, int] = {}
    for shift in (0, slack // 2):  # a heap may lie on the border of two bins
        bins = np.stack([rows[row, 1], (apart + shift) // slack], axis=1)
        heaps, votes = np.unique(bins, axis=0, return_counts=True)
        for (sound_id, _bin), n in zip(heaps.tolist(), votes.tolist(), strict=True):
            found[sound_id] = max(found.get(sound_id, 0), n)
    return found
