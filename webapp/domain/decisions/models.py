"""What was decided, by whom, why, and what follows from it. Nothing here is ever edited; a new decision supersedes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, append_only
from webapp.domain.cases.models import Case
from webapp.domain.reports.models import Respondent
from webapp.domain.staff.models import Staff


class Decision(Base):
    """A person's verdict on a case. Unique per case version, so that of two at once one wins."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("case_id", "case_version"),
        CheckConstraint("verdict IN ('upheld', 'rejected')", name="verdict_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case_version: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    verdict: Mapped[str]
    # The kind of violation found (a code of the book), empty when rejected.
    ground: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    book_version: Mapped[str]
    decided_at: Mapped[datetime]
    supersedes_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    case: Mapped[Case] = relationship()
    staff: Mapped[Staff] = relationship()
    findings: Mapped[list[Finding]] = relationship(back_populates="decision")
    actions: Mapped[list[Action]] = relationship(back_populates="decision", order_by="Action.position")
    statements: Mapped[list[Statement]] = relationship(back_populates="decision")


class Finding(Base):
    """The answer to one allegation (one report)."""

    __tablename__ = "finding"
    __table_args__ = (CheckConstraint("answer IN ('supported', 'not_supported', 'cannot_tell')", name="answer_known"),)

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    answer: Mapped[str]
    decision: Mapped[Decision] = relationship(back_populates="findings")


class Action(Base):
    """One measure that follows, as decided. Whether the platform carried it out is kept by the partners room."""

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("decision_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    days: Mapped[int | None]
    ends_at: Mapped[datetime | None]
    decision: Mapped[Decision] = relationship(back_populates="actions")


class Strike(Base):
    """Counted, expiring consequence on a respondent."""

    __tablename__ = "strike"

    id: Mapped[str] = mapped_column(primary_key=True)
    respondent_id: Mapped[str] = mapped_column(ForeignKey("respondent.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), unique=True)
    kind: Mapped[str]
    points: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    respondent: Mapped[Respondent] = relationship()


class Statement(Base):
    """The statement of reasons as frozen at the decision, in one language."""

    __tablename__ = "statement"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    # [{"title": …, "text": …}, …]: the parts of DSA art 17(3) in order.
    parts: Mapped[list[Any]]
    decision: Mapped[Decision] = relationship(back_populates="statements")


for kept in (Decision, Finding, Action, Statement):
    append_only(kept.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table here
