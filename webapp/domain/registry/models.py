"""Registered works and virtual humans: what a reported picture is looked up against, whoever reports it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed
from webapp.domain.evidence.models import Evidence


class Registration(Base):
    """One registered work or virtual human, under the number people know it by. It ends, it is never deleted."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'virtual_human')", name="kind_known"),
        CheckConstraint("state IN ('active', 'ended')", name="state_known"),
        Index("ix_registration_listing", "added_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[str]
    holder: Mapped[str] = mapped_column(Sealed("registration.holder"))
    state: Mapped[str] = mapped_column(default="active")
    # When it was registered, which may be long before it was added here.
    registered_at: Mapped[datetime]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    items: Mapped[list[RegistrationItem]] = relationship(
        back_populates="registration", order_by="RegistrationItem.added_at"
    )


class RegistrationItem(Base):
    """A reference picture (or other file) of what is registered."""

    __tablename__ = "registration_item"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]
    registration: Mapped[Registration] = relationship(back_populates="items")
    evidence: Mapped[Evidence] = relationship()
