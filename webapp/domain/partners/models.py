"""Connected platforms, what was sent to them, and whether it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.core.sealed import Sealed
from webapp.domain.decisions.models import Action


class Platform(Base):
    """A connected platform. `api_token` opens its state to us, `inbound_digest` is its token for our API."""

    __tablename__ = "platform"

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    api_url: Mapped[str]
    hook_url: Mapped[str]
    hook_secret: Mapped[str] = mapped_column(Sealed("platform.hook_secret"))
    api_token: Mapped[str] = mapped_column(Sealed("platform.api_token"))
    inbound_digest: Mapped[str | None] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Event(Base):
    """One message to a platform. The id goes out as webhook-id: a repeat is recognisable there."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("platform_slug", "cause"),
        Index("ix_event_state", "state", "type", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    platform_slug: Mapped[str] = mapped_column(ForeignKey("platform.slug"))
    # What it follows from, e.g. 'action:<id>', 'end:<id>': the natural key that makes a second one impossible.
    cause: Mapped[str]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    # 'pending', 'delivered', 'failed' (given up), 'void' (taken back before the platform had it).
    state: Mapped[str] = mapped_column(default="pending")
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[list[Attempt]] = relationship(back_populates="event", order_by="Attempt.number")


class Attempt(Base):
    """One try to deliver an event, and what came back."""

    __tablename__ = "attempt"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")
    took_ms: Mapped[int]
    event: Mapped[Event] = relationship(back_populates="attempts")


class Effect(Base):
    """Whether an action holds on the platform, by reading it back; the steps are rules.LIFE.

    pending → sent → confirmed (→ drifted when it no longer shows) or failed (not taken, not shown: the desk sees it).
    At its time: ending → ended when read back, or stuck while the platform still restricts. Taken back: undone.
    """

    __tablename__ = "effect"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'sent', 'confirmed', 'drifted', 'failed', 'ending', 'ended', 'stuck', 'undone')",
            name="state_known",
        ),
        CheckConstraint("(state IN ('confirmed', 'drifted')) <= (confirmed_at IS NOT NULL)", name="confirmed_has_time"),
        CheckConstraint("(state IN ('ended', 'undone')) <= (ended_at IS NOT NULL)", name="ended_has_time"),
        Index("ix_effect_state", "state"),
    )

    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"), primary_key=True)
    event_id: Mapped[str | None] = mapped_column(ForeignKey("event.id"), index=True)
    state: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    # When it stopped restricting anybody: lifted and read back, replaced by another measure, or taken back.
    ended_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    action: Mapped[Action] = relationship()
    event: Mapped[Event | None] = relationship()
