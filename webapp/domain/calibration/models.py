"""What the desk's decisions say of the detectors: for every allegation answered, how near each detector had put it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

ANSWERS = ("supported", "not_supported", "cannot_tell")


class Judged(Base):
    """One report that was decided, and the nearest match one detector version had for it. A new one replaces it."""

    __tablename__ = "judged"
    __table_args__ = (
        CheckConstraint("answer IN ('supported', 'not_supported', 'cannot_tell')", name="answer_known"),
        CheckConstraint("band IN ('strong', 'possible', 'weak', 'none')", name="band_known"),
        Index("ix_judged_detector", "detector", "version", "distance"),
    )

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    detector: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    distance: Mapped[float]
    # The band as the reviewer saw it.
    band: Mapped[str]
    answer: Mapped[str]
    judged_at: Mapped[datetime]


class Tally(Base):
    """How often a band was upheld here, counted along so that a case page reads a few rows and not all decisions."""

    __tablename__ = "tally"

    detector: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(primary_key=True)
    supported: Mapped[int] = mapped_column(default=0)
    not_supported: Mapped[int] = mapped_column(default=0)
    cannot_tell: Mapped[int] = mapped_column(default=0)

    @property
    def all(self) -> int:
        """All decided reports whose nearest match had this band."""
        return self.supported + self.not_supported + self.cannot_tell
