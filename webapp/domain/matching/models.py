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
        CheckConstraint("origin IN ('report', 'registered', 'decided')", name="origin_known"),
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
    # Whose the reference is: 'report' (the reporter's own), 'registered' (a registered work or virtual human),
    # 'decided' (content decided before). The last two were found in the index.
    origin: Mapped[str] = mapped_column(default="report")
    # Set when a later version of the same detector compared the same two: history, no longer what is shown or weighed.
    superseded_at: Mapped[datetime | None]


class Suppression(Base):
    """A match confirmed wrong for one claimant ("my twin", "licensed", "the original itself"): for her, and only for
    her, the like is set aside from now on. It is still computed and shown, and no longer counts."""

    __tablename__ = "suppression"
    __table_args__ = (
        CheckConstraint("scope IN ('content', 'account')", name="scope_known"),
        UniqueConstraint("claimant_key", "detector", "scope", "value"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    # Finds the same person in her next report without naming her: see `setting_aside.key_of`.
    claimant_key: Mapped[str]
    detector: Mapped[str]  # '' for whatever any of them says
    # 'content': the SHA-256 of the reported file; 'account': the respondent's id.
    scope: Mapped[str]
    value: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    match_id: Mapped[str | None] = mapped_column(ForeignKey("match.id"))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ThresholdChange(Base):
    """A lead moved the bands of one detector version, after seeing them replayed on all decided cases."""

    __tablename__ = "threshold_change"
    __table_args__ = (CheckConstraint("0 <= strong AND strong <= possible AND possible <= weak", name="bands_widen"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    detector: Mapped[str] = mapped_column(index=True)
    version: Mapped[str]
    strong: Mapped[float]
    possible: Mapped[float]
    weak: Mapped[float]
    why: Mapped[str]
    # What the replay showed when it was confirmed: counts by old and new verdict and by how the case ended.
    replay: Mapped[dict[str, Any]]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]


class Rescan(Base):
    """Looking at everything again with a detector's new version, in the background; it can be paused and resumed."""

    __tablename__ = "rescan"
    __table_args__ = (CheckConstraint("state IN ('running', 'paused', 'done')", name="state_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    detector: Mapped[str]
    version: Mapped[str]
    state: Mapped[str]
    # Items are taken in the order of their ids; `cursor` is the last one handed out.
    cursor: Mapped[str] = mapped_column(default="")
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DetectorHere(Base):
    """A detector or reader as the workshop last found it in itself: here, or why not. Pages only read it."""

    __tablename__ = "detector_here"

    name: Mapped[str] = mapped_column(primary_key=True)
    present: Mapped[bool]
    why: Mapped[str]
    said_at: Mapped[datetime]
