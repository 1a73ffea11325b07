"""Second, blind looks at decided cases, the golden cases everybody sees once, and notes on unclear rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.core.sealed import Sealed
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.staff.models import Staff


def _where(name: str, where: str, *columns: str, unique: bool = False) -> tuple[Index]:
    """A partial index over the rows that `where` names."""
    found = db.text(where)
    return (Index(name, *columns, unique=unique, sqlite_where=found, postgresql_where=found),)


class GoldenCase(Base):
    """A decided case whose right answer was agreed on. Nobody can tell it from a drawn one before they answered."""

    __tablename__ = "golden_case"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), unique=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    # The agreed answer {report id: answer}, and the kind of violation, '' for none.
    findings: Mapped[dict[str, Any]]
    ground: Mapped[str] = mapped_column(default="")
    # Why this is the answer; shown to everybody who answered.
    why: Mapped[str] = mapped_column(Sealed("golden_case.why"))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    marked_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    decision: Mapped[Decision] = relationship()
    staff: Mapped[Staff] = relationship()


class BlindLook(Base):
    """One decided case, decided once more by somebody who does not know how. `golden_id` says it is a golden one."""

    __tablename__ = "blind_look"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'found', 'let_go')", name="state_known"),
        CheckConstraint("state != 'taken' OR reviewer_id IS NOT NULL", name="taken_by_somebody"),
        CheckConstraint("(state = 'found') = (found_at IS NOT NULL)", name="found_has_time"),
        *_where("uq_blind_look_decision", "golden_id IS NULL", "decision_id", unique=True),
        *_where("uq_blind_look_golden", "golden_id IS NOT NULL", "golden_id", "reviewer_id", unique=True),
        *_where("uq_blind_look_in_hand", "state = 'taken'", "reviewer_id", unique=True),
        *_where("ix_blind_look_waiting", "state IN ('waiting', 'taken')", "drawn_at", "id"),
        *_where("ix_blind_look_found", "state = 'found'", "kind", "found_at"),
        *_where("ix_blind_look_apart", "state = 'found' AND NOT agrees", "found_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    golden_id: Mapped[str | None] = mapped_column(ForeignKey("golden_case.id"))
    # The rule it is about: the ground found first, else the kind that was reported.
    kind: Mapped[str]
    queue: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="waiting")
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    drawn_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    found_at: Mapped[datetime | None]
    # The second answer {report id: answer}, its ground and why; and beside it what the first one (or the agreed one)
    # was, so that agreement is counted from these rows alone.
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ground: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Sealed("blind_look.note"), default="")
    first_findings: Mapped[dict[str, Any]]
    first_ground: Mapped[str] = mapped_column(default="")
    agrees: Mapped[bool | None]
    case: Mapped[Case] = relationship()
    decision: Mapped[Decision] = relationship()
    golden: Mapped[GoldenCase | None] = relationship()
    reviewer: Mapped[Staff | None] = relationship()


class RuleNote(Base):
    """“People do not read this rule alike”: opened once agreement on a kind is low, answered by who keeps the book."""

    __tablename__ = "rule_note"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (staff_id IS NULL)", name="answered_by_somebody"),
        *_where("uq_rule_note_open", "answered_at IS NULL", "kind", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    # What was measured when it was opened: Krippendorff's alpha, over so many answers in so many looks.
    alpha: Mapped[float]
    answers: Mapped[int]
    looks: Mapped[int]
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    answer: Mapped[str] = mapped_column(default="")
