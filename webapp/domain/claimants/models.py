"""Who speaks, whose right is touched, on what basis, and which comparisons they allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed


class Reporter(Base):
    """Who pressed send. Name and address are sealed; `email_index` finds the same address again."""

    __tablename__ = "reporter"
    __table_args__ = (Index("ix_reporter_email_index", "email_index", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Sealed("reporter.name"))
    email: Mapped[str] = mapped_column(Sealed("reporter.email"))
    email_index: Mapped[str]
    language: Mapped[str]
    # Asked only where a regime cannot do without it (RTCI art 14, 17 USC 512(c)(3)); '' elsewhere.
    postal_address: Mapped[str] = mapped_column(Sealed("reporter.postal_address"), default="")
    created_at: Mapped[datetime]


class Claimant(Base):
    """Whose right or likeness is said to be touched; the reporter herself, or someone she speaks for."""

    __tablename__ = "claimant"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Sealed("claimant.name"))
    created_at: Mapped[datetime]


class Standing(Base):
    """On what basis a reporter speaks for a claimant: claimed, checked once by a person, scoped, expiring, used again.

    `claimant` is empty where anyone may report. Whether it has expired is read from `valid_to`, never stored.
    """

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("state IN ('claimed', 'verified', 'refused')", name="state_known"),
        CheckConstraint("(state = 'claimed') = (checked_at IS NULL)", name="checked_has_time"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reporter_id: Mapped[str] = mapped_column(ForeignKey("reporter.id"), index=True)
    claimant_id: Mapped[str | None] = mapped_column(ForeignKey("claimant.id"), index=True)
    basis: Mapped[str]
    # What the authority covers, in the paper's words, and the kinds of report it reaches (empty: every kind).
    matters: Mapped[str] = mapped_column(Sealed("standing.matters"), default="")
    scope: Mapped[list[Any]] = mapped_column(default=list)
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    # What the reporter declared, codes of evidence.toml (NO_SPOUSE, NO_CHILD, PARENTS_DEAD …).
    declarations: Mapped[list[Any]] = mapped_column(default=list)
    # PIPL art 49: did the deceased arrange it otherwise? 'yes', 'no', 'unknown', '' = not asked.
    prior_arrangement: Mapped[str] = mapped_column(default="")
    registry_ref: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="claimed")
    level: Mapped[str] = mapped_column(default="V0")
    checked_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    reporter: Mapped[Reporter] = relationship()
    claimant: Mapped[Claimant | None] = relationship()
    proofs: Mapped[list[StandingProof]] = relationship(back_populates="standing", order_by="StandingProof.added_at")


class StandingProof(Base):
    """A paper that shows the standing: an item of the evidence room, and what it is said to prove (POA, KIN …)."""

    __tablename__ = "standing_proof"

    standing_id: Mapped[str] = mapped_column(ForeignKey("standing.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    code: Mapped[str]
    added_at: Mapped[datetime]
    standing: Mapped[Standing] = relationship(back_populates="proofs")


class Consent(Base):
    """A separate, withdrawable consent to compare a face or a voice (PIPL art 29: never bundled, never pre-ticked)."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("purpose IN ('face', 'voice')", name="purpose_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    standing_id: Mapped[str] = mapped_column(ForeignKey("standing.id"), index=True)
    # The report it was given for; it allows no comparison in another, though the standing serves that one too.
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
