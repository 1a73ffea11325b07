"""Who speaks, whose right is touched, on what basis, and which comparisons they allowed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed


class Reporter(Base):
    """Who pressed send. Name and address are sealed; `email_index` finds the same address again."""

    __tablename__ = "reporter"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Sealed("reporter.name"))
    email: Mapped[str] = mapped_column(Sealed("reporter.email"))
    email_index: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    created_at: Mapped[datetime]


class Claimant(Base):
    """Whose right or likeness is said to be touched; the reporter herself, or someone she speaks for."""

    __tablename__ = "claimant"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Sealed("claimant.name"))
    created_at: Mapped[datetime]


class Standing(Base):
    """On what basis a reporter speaks for a claimant. `claimant` is empty where anyone may report."""

    __tablename__ = "standing"

    id: Mapped[str] = mapped_column(primary_key=True)
    reporter_id: Mapped[str] = mapped_column(ForeignKey("reporter.id"), index=True)
    claimant_id: Mapped[str | None] = mapped_column(ForeignKey("claimant.id"), index=True)
    basis: Mapped[str]
    created_at: Mapped[datetime]
    reporter: Mapped[Reporter] = relationship()
    claimant: Mapped[Claimant | None] = relationship()


class Consent(Base):
    """A separate, withdrawable consent to compare a face or a voice (PIPL art 29: never bundled, never pre-ticked)."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("purpose IN ('face', 'voice')", name="purpose_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    standing_id: Mapped[str] = mapped_column(ForeignKey("standing.id"), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
