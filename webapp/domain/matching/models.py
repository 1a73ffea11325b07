"""What the detectors saw: signals, scans (also the empty and the failed ones) and matches with their explanation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Scan(Base):
    """One detector version over one item. It exists whether or not anything was found, so "did not look" shows."""

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("evidence_id", "detector", "version"),
        CheckConstraint("state IN ('queued', 'done', 'failed', 'not_applicable')", name="state_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    detector: Mapped[str]
    version: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    took_ms: Mapped[int | None]
    finished_at: Mapped[datetime | None]


class Signal(Base):
    """The fingerprint one detector version made of one item."""

    __tablename__ = "signal"

    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    detector: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class Match(Base):
    """A signal pair: reported item against reference, with distance, band and what a person can see of it.

    Pairs that are far apart are kept too (verdict 'does_not_support'): looking and finding nothing is an answer.
    """

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("query_id", "reference_id", "detector", "version"),
        CheckConstraint("verdict IN ('supports', 'does_not_support', 'cannot_tell')", name="verdict_known"),
        CheckConstraint("band IN ('strong', 'possible', 'weak', 'none')", name="band_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    query_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    reference_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    detector: Mapped[str]
    version: Mapped[str]
    distance: Mapped[float]
    threshold: Mapped[float]
    band: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    findings: Mapped[list[Any]]
    made_at: Mapped[datetime]
