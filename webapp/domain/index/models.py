"""What the index holds, as rows: which content is listed and why, its 256 bits, and what looking an item up found.

These rows are the truth. The search file (`searchfile`) is made from them and may be thrown away at any time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.domain.index.bits import Bits


class Entry(Base):
    """One item that others are looked up against: 'registered' by its owner, or 'decided' to violate.

    `until` ends what is decided (the book's time, or the block's if that is longer); None ends only by hand.
    """

    __tablename__ = "index_entry"
    __table_args__ = (
        UniqueConstraint("evidence_id", "origin"),
        CheckConstraint("origin IN ('registered', 'decided')", name="origin_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    origin: Mapped[str]
    listed_at: Mapped[datetime]
    until: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class Fingerprint(Base):
    """The bits of one listed item under one detector version, upright. No picture can be made of them again.

    Ids rise in the order in which rows become visible (`service.put` waits its turn), so "everything after this id"
    is all that a search file still lacks.
    """

    __tablename__ = "fingerprint"
    __table_args__ = (
        UniqueConstraint("evidence_id", "detector", "version"),
        Index("ix_fingerprint_search", "detector", "version", "id"),
        {"sqlite_autoincrement": True},  # an id is never given twice, or a file could believe it has a row it lacks
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    detector: Mapped[str]
    version: Mapped[str]
    bits: Mapped[bytes] = mapped_column(Bits)
    made_at: Mapped[datetime]


class Sounding(Base):
    """That the sound of a listed item is in the index, under one detector version."""

    __tablename__ = "index_sound"
    __table_args__ = (UniqueConstraint("evidence_id", "detector", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    detector: Mapped[str]
    version: Mapped[str]
    made_at: Mapped[datetime]


class SoundMark(Base):
    """One landmark of a listed sound: its name (which is all that is looked up) and when it begins, in milliseconds. No
    sound can be made of them again."""

    __tablename__ = "index_mark"
    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is the row: half the space, one step less to read it

    name: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sound_id: Mapped[int] = mapped_column(ForeignKey("index_sound.id"), primary_key=True, index=True)
    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Hit(Base):
    """A listed item that lies near a reported one, or has the same bytes: a candidate, which detectors then verify."""

    __tablename__ = "index_hit"
    __table_args__ = (CheckConstraint("origin IN ('registered', 'decided')", name="origin_known"),)

    query_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    found_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    origin: Mapped[str] = mapped_column(primary_key=True)
    # Bits that differ, of 256, in the best of the eight orientations; None where the bytes or the sound were compared.
    distance: Mapped[int | None]
    # The same file, byte for byte.
    identical: Mapped[bool]
    at: Mapped[datetime]


class Lookup(Base):
    """That an item was looked up, when, among how many, and how old the index was. A repeat replaces it.

    States: 'done'; 'stale': looked up in an index that lacked rows, and looked up again once it is fresh; 'bytes':
    there are no bits of this item, so only identical files were looked for.
    """

    __tablename__ = "lookup"
    __table_args__ = (CheckConstraint("state IN ('done', 'stale', 'bytes')", name="state_known"),)

    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]
    among: Mapped[int]
    # Seconds since the index was last level with the database, and how many rows it lacked when it was searched.
    age: Mapped[float]
    lacking: Mapped[int]
    hits: Mapped[int]
    # More lay within the radius than are kept.
    cut: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str] = mapped_column(default="")
