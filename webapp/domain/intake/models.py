"""A report that is still being written: what was typed so far, on the server, sealed, and swept after a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed
from webapp.domain.evidence.models import Evidence


class Draft(Base):
    """A draft opened by the random token in the person's cookie; only the token's digest is kept."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    form_key: Mapped[str] = mapped_column(unique=True)
    data: Mapped[str] = mapped_column(Sealed("draft.data"))
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    files: Mapped[list[DraftFile]] = relationship(
        back_populates="draft", order_by="DraftFile.added_at", cascade="all, delete-orphan"
    )


class DraftFile(Base):
    """An item attached to a draft."""

    __tablename__ = "draft_file"

    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    added_at: Mapped[datetime]
    # What a proof is said to show (a code of evidence.toml).
    code: Mapped[str] = mapped_column(default="")
    draft: Mapped[Draft] = relationship(back_populates="files")
    evidence: Mapped[Evidence] = relationship()
