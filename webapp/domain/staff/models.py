"""Who works at the desk, and the sessions they are signed in with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base


class Staff(Base):
    """A person at the desk. Never deleted, only made inactive: decisions keep pointing at them."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('reviewer', 'lead', 'admin')", name="role_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    # What the person is trained for (skills of queues.toml), and the languages they read ('zh', 'en').
    skills: Mapped[list[Any]] = mapped_column(default=list)
    reads: Mapped[list[Any]] = mapped_column(default=lambda: ["zh", "en"])
    # How they like their screen, over the house's defaults (desk.toml).
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    sessions: Mapped[list[StaffSession]] = relationship(back_populates="staff")


class StaffSession(Base):
    """One sign-in. The cookie holds a 256-bit token; only its digest is kept, so a session can be revoked at once."""

    __tablename__ = "staff_session"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship(back_populates="sessions")
