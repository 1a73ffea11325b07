"""What was sent in, unchanged, and what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence.models import Evidence


class Respondent(Base):
    """The account behind the content, as its platform names it."""

    __tablename__ = "respondent"
    __table_args__ = (UniqueConstraint("platform", "account_ref"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    account_ref: Mapped[str]
    handle: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(Sealed("respondent.email"))
    language: Mapped[str] = mapped_column(default="zh")


class Subject(Base):
    """The content complained of. Its `key` makes two ways of naming one item meet: platform and id, else address."""

    __tablename__ = "subject"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str] = mapped_column(default="")
    content_ref: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    respondent_id: Mapped[str | None] = mapped_column(ForeignKey("respondent.id"), index=True)
    # When the platform was last asked, and what it said: 'found', 'missing', 'unreachable', 'unknown_platform';
    # '' = not asked yet.
    captured_at: Mapped[datetime | None]
    capture: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    respondent: Mapped[Respondent | None] = relationship()


class Report(Base):
    """One report as it was sent; what was missing may be supplied later. `form_key` makes a repeat the same report."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_subject_id", "subject_id"),
        CheckConstraint("mode IN ('notice', 'tip')", name="mode_known"),
        CheckConstraint("live IN ('', 'now', 'was', 'no')", name="live_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    secret_digest: Mapped[str]
    form_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    standing_id: Mapped[str] = mapped_column(ForeignKey("standing.id"), index=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("subject.id"))
    wrong: Mapped[str] = mapped_column(Sealed("report.wrong"))
    work_title: Mapped[str] = mapped_column(default="")
    time_position: Mapped[str] = mapped_column(default="")
    # Of a live stream: 'now' (it ran when it was reported), 'was', 'no' or '' (not asked), and when it was seen. Of the
    # recording sent along: the part to look at, in seconds.
    live: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime | None]
    part_from: Mapped[float | None]
    part_to: Mapped[float | None]
    source: Mapped[str] = mapped_column(default="")
    # 'notice', or 'tip': a signal of someone without standing, with no notice clock and no counter-notice (law.md §2).
    mode: Mapped[str] = mapped_column(default="notice")
    # The regimes it runs under: the book's for the kind, as far as served here, and what the claimant elected.
    regimes: Mapped[list[Any]] = mapped_column(default=list)
    # Statements given, codes of evidence.toml (GF, NOCONS, PERJURY, AUTHORITY); the typed signature.
    statements: Mapped[list[Any]] = mapped_column(default=list)
    signature: Mapped[str] = mapped_column(Sealed("report.signature"), default="")
    # Circumstances that raise the priority (kinds.toml `raises`), loss, the registered virtual human meant.
    circumstances: Mapped[list[Any]] = mapped_column(default=list)
    loss: Mapped[str] = mapped_column(Sealed("report.loss"), default="")
    registry_ref: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    book_version: Mapped[str]
    # None where the law lets nobody demand the declaration (house rules in the public interest, law.md §3).
    good_faith_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    standing: Mapped[Standing] = relationship()
    subject: Mapped[Subject] = relationship()
    items: Mapped[list[ReportEvidence]] = relationship(back_populates="report", order_by="ReportEvidence.added_at")


class ReportEvidence(Base):
    """An item that belongs to a report: sent with it, added later, or captured from the platform for its subject."""

    __tablename__ = "report_evidence"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]
    # What a proof is said to show: a code of evidence.toml (POA, TITLE …); '' for the content and references.
    code: Mapped[str] = mapped_column(default="")
    report: Mapped[Report] = relationship(back_populates="items")
    evidence: Mapped[Evidence] = relationship()


class NoticeBar(Base):
    """Restored after a counter-notice: the same claimant cannot notify the same item again under this regime
    (RTCI art 17; the way from there is the court)."""

    __tablename__ = "notice_bar"

    subject_id: Mapped[str] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    # Blind index of the reporter's address: the same person is found again without being named.
    reporter_index: Mapped[str] = mapped_column(primary_key=True)
    regime: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
