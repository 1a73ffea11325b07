"""Immutable items and what was ever done with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, append_only
from webapp.core.sealed import Sealed


class Evidence(Base):
    """One stored item. Content, hash and role never change; `frozen_at` is set before anyone decides on it."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("role IN ('alleged', 'reference', 'proof')", name="role_known"),
        CheckConstraint("source IN ('reporter', 'platform', 'respondent', 'registry')", name="source_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    source: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    media_type: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    name: Mapped[str]
    received_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    # Set when the person takes the file back before sending; the sweep erases it. Never set once it is in a report.
    dropped_at: Mapped[datetime | None]
    # Set when its bytes and name were erased. The row stays: what once came in, and that it is gone, can be shown.
    erased_at: Mapped[datetime | None]
    custody: Mapped[list[Custody]] = relationship(back_populates="evidence", order_by="Custody.id")
    previews: Mapped[list[Preview]] = relationship(back_populates="evidence")

    @property
    def medium(self) -> str:
        """image, video, audio, text or file, from the true type."""
        head = self.media_type.split("/")[0]
        return head if head in ("image", "video", "audio", "text") else "file"


class Custody(Base):
    """One entry of the custody trail: received, scanned, shown, frozen, exported…"""

    __tablename__ = "custody"
    __table_args__ = (Index("ix_custody_evidence_id", "evidence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    act: Mapped[str]
    facts: Mapped[dict[str, Any]]
    evidence: Mapped[Evidence] = relationship(back_populates="custody")


append_only(Custody.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table here


class Preview(Base):
    """What was re-encoded of an item: the only form in which media is ever shown or played inline.

    `thumb` and `large` are pictures of it (of sound: how loud it is from beginning to end; of a film: a frame), `wave`
    and `strip` the sound of a film and a row of its frames, `play` what players play, and `at-<milliseconds>` one frame
    of a film that a detector matched. A film's and a sound's `play` says how many `seconds` it has.
    """

    __tablename__ = "preview"
    __table_args__ = (
        CheckConstraint("kind IN ('thumb', 'large', 'wave', 'strip', 'play') OR kind LIKE 'at-%'", name="kind_known"),
    )

    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    seconds: Mapped[float | None]
    evidence: Mapped[Evidence] = relationship(back_populates="previews")


class Arriving(Base):
    """A file on its way in pieces, as its sender announced it; evidence only once it is whole, judged and kept.

    `owner` is what it is sent for ('draft:<id>', 'report:<id>', 'case:<id>'), `field` the place on that page, `sign` a
    keyed digest by which the same file of the same sender is known again. Its bytes are the part of the same id
    (core/parts), and how many of them are here is what that file's length says: this row never changes.
    """

    __tablename__ = "arriving"
    __table_args__ = (UniqueConstraint("owner", "field", "sign"), CheckConstraint("size > 0", name="not_empty"))

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    field: Mapped[str]
    name: Mapped[str] = mapped_column(Sealed("arriving.name"))
    size: Mapped[int] = mapped_column(BigInteger)
    sign: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(index=True)
