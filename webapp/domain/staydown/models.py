"""Stay-down: content kept out for a time by an upheld decision, and where it was seen again meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.domain.cases.models import Case


class Block(Base):
    """One measure that keeps content out. It ends by its time, or when the measure is taken back; never by itself
    longer than decided."""

    __tablename__ = "block"
    __table_args__ = (CheckConstraint("ended_why IN ('', 'time', 'taken_back')", name="ended_why_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"), unique=True)
    starts_at: Mapped[datetime]
    # None: until it is taken back (decided before lengths were asked for).
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(default="")
    sightings: Mapped[int] = mapped_column(default=0)
    case: Mapped[Case] = relationship()


class BlockedItem(Base):
    """A file the block is about."""

    __tablename__ = "blocked_item"

    block_id: Mapped[str] = mapped_column(ForeignKey("block.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)


class Sighting(Base):
    """Blocked content, reported again: the same bytes, or a match the detectors support. It informs, no more.

    `number` counts within the block; `case_id` is the case in which it was seen.
    """

    __tablename__ = "sighting"
    __table_args__ = (
        UniqueConstraint("block_id", "evidence_id"),
        CheckConstraint("how IN ('identical', 'match')", name="how_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    block_id: Mapped[str] = mapped_column(ForeignKey("block.id"))
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    found_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    how: Mapped[str]
    seen_at: Mapped[datetime]
    block: Mapped[Block] = relationship()
    case: Mapped[Case] = relationship()
