"""Templates of claimants' faces and voices, each resting on one consent, and the receipts of their deletion."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, append_only
from webapp.core.sealed import SealedBytes
from webapp.domain.biometrics.rules import ENDS


class Template(Base):
    """What a detector version measured of the claimant's own face or voice in one reference.

    Sealed with a key of its own. It is read for the reports its consent was given for and for nothing else; a face or a
    voice of anybody else is never a row here.
    """

    __tablename__ = "biometric_template"
    __table_args__ = (UniqueConstraint("consent_id", "evidence_id", "detector", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    detector: Mapped[str]
    version: Mapped[str]
    # A code of the book's biometric purposes: what its owner was told it is for.
    purpose: Mapped[str]
    # The label is the column's name from the time when only faces had templates: what was sealed then still opens.
    data: Mapped[bytes] = mapped_column(SealedBytes("face_template.data", "biometrics"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TemplateDeletion(Base):
    """The receipt of one deleted template. Templates that went together carry one `number`; it can be shown to anyone
    who asks what became of them, since it holds no measurement: only the digest of the sealed bytes that are gone.
    """

    __tablename__ = "template_deletion"
    __table_args__ = (
        CheckConstraint(f"why IN ({', '.join(repr(w) for w in ENDS)})", name="why_known"),
        Index("ix_template_deletion_consent_id", "consent_id", "deleted_at"),
    )

    # The template's own id: nothing is deleted twice.
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    detector: Mapped[str]
    version: Mapped[str]
    purpose: Mapped[str]
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime]
    why: Mapped[str]
    # SHA-256 of the sealed value as it lay in the database.
    sha256: Mapped[str]


append_only(TemplateDeletion.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table here
