"""What one reader read in one item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Reading(Base):
    """One reader version over one item: its answer and every claim it found. A reader that could not look leaves none
    (its scan says why); one that found nothing leaves a reading without claims."""

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("evidence_id", "reader", "version"),
        CheckConstraint("answer IN ('declared', 'suspected', 'no_evidence')", name="answer_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    reader: Mapped[str]
    version: Mapped[str]
    answer: Mapped[str]
    # Each: source, answer, trust, text, issues, box (matching.detector.Claim as plain values).
    claims: Mapped[list[Any]]
    made_at: Mapped[datetime]
