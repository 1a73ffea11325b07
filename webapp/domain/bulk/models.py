"""A person's basket of cases, the acts carried out on baskets, and what became of each case in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.core.sealed import Sealed
from webapp.domain.cases.models import Case
from webapp.domain.staff.models import Staff


class BasketItem(Base):
    """A case somebody put aside to do something with it together with others."""

    __tablename__ = "basket_item"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    added_at: Mapped[datetime]
    # Why the last act could not be done to it: an error code with what its sentence names; '' = nothing was tried.
    why: Mapped[str] = mapped_column(default="")
    why_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    case: Mapped[Case] = relationship()


class BulkAct(Base):
    """One act on many cases, or the undoing of one (`undoes_id`)."""

    __tablename__ = "bulk_act"
    __table_args__ = (CheckConstraint("state IN ('running', 'done')", name="state_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    # A code of bulk.verbs; what it was asked with, as JSON: a reason may speak of people.
    verb: Mapped[str]
    asked: Mapped[str] = mapped_column(Sealed("bulk_act.asked"))
    state: Mapped[str] = mapped_column(default="running")
    started_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("bulk_act.id"), unique=True)
    staff: Mapped[Staff] = relationship()
    steps: Mapped[list[BulkStep]] = relationship(back_populates="act", order_by="BulkStep.position")


class BulkStep(Base):
    """One case in an act: what was seen of it when the act was confirmed, and what became of it."""

    __tablename__ = "bulk_step"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'already', 'cannot')", name="state_known"),
        Index(
            "ix_bulk_step_waiting",
            "act_id",
            "position",
            sqlite_where=db.text("state = 'waiting'"),
            postgresql_where=db.text("state = 'waiting'"),
        ),
    )

    act_id: Mapped[str] = mapped_column(ForeignKey("bulk_act.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    # The case's version in the dry run: what changed since is left for a person to look at.
    seen_version: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    # Why it could not be done: an error code with what its sentence names.
    why: Mapped[str] = mapped_column(default="")
    why_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What undoing needs: ids of the rows the act made.
    back: Mapped[dict[str, Any]] = mapped_column(default=dict)
    act: Mapped[BulkAct] = relationship(back_populates="steps")
    case: Mapped[Case] = relationship()
