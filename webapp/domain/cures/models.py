"""Offers to put something right without a penalty, and the challenge to a live stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.domain.cases.models import Case


class CureOffer(Base):
    """The account may put it right within a time: done → case closes, no strike; not done → back to the desk."""

    __tablename__ = "cure_offer"
    __table_args__ = (
        CheckConstraint("state IN ('offered', 'cured', 'lapsed', 'withdrawn')", name="state_known"),
        Index(
            "uq_cure_offer_open",
            "case_id",
            unique=True,
            sqlite_where=db.text("state = 'offered'"),
            postgresql_where=db.text("state = 'offered'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str]
    action: Mapped[str]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(default="offered")
    offered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()


class LabelCheck(Base):
    """A second look after an account put its label: did the copy the platform gives out say so then?

    It is told to the desk and changes nothing by itself. `found` needs a declaration, `trace` is less than that.
    """

    __tablename__ = "label_check"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'found', 'trace', 'not_found', 'unread', 'missing', 'unreachable')",
            name="state_known",
        ),
        CheckConstraint("(state = 'waiting') = (checked_at IS NULL)", name="checked_has_time"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("cure_offer.id"), unique=True)
    state: Mapped[str] = mapped_column(default="waiting")
    # The copies that were read, by evidence id.
    items: Mapped[list[Any]] = mapped_column(default=list)
    due_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()


class LiveChallenge(Base):
    """A random phrase the person behind a live stream must say within minutes; the desk notes what happened."""

    __tablename__ = "live_challenge"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'passed', 'failed')", name="state_known"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_has_time"),
        Index(
            "uq_live_challenge_open",
            "case_id",
            unique=True,
            sqlite_where=db.text("state = 'asked'"),
            postgresql_where=db.text("state = 'asked'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    phrase: Mapped[str]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
