"""What was decided, by whom, why, and what follows from it. Nothing here is ever edited; a new decision supersedes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, append_only, db
from webapp.core.sealed import Sealed
from webapp.domain.cases.models import Case
from webapp.domain.reports.models import Respondent
from webapp.domain.staff.models import Staff


class Decision(Base):
    """What was ruled on a case at one stage. Unique per case version, so that of two at once one wins.

    Stages: 'interim' (provisional, ends by itself, no strike), 'first' (the verdict), 'cure' (the account put it right
    itself), 'restoration' (the waiting time after a counter-notice ended, the claim was withdrawn, or a court said so),
    'appeal' (a second person's verdict, superseding). Only cure and restoration need no person.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("case_id", "case_version"),
        CheckConstraint("verdict IN ('upheld', 'rejected', 'provisional', 'cured', 'restored')", name="verdict_known"),
        CheckConstraint("stage IN ('interim', 'first', 'cure', 'restoration', 'appeal')", name="stage_known"),
        CheckConstraint("staff_id IS NOT NULL OR stage IN ('cure', 'restoration')", name="person_decides"),
        CheckConstraint("second_id IS NULL OR second_id != staff_id", name="second_is_another"),
        Index("ix_decision_decided", "decided_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case_version: Mapped[int]
    stage: Mapped[str] = mapped_column(default="first")
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    # The second person who agreed, where the book asks for one.
    second_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    verdict: Mapped[str]
    # The kind of violation found (a code of the book), empty when rejected.
    ground: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    # Why it was decided otherwise than similar cases before; for the desk only.
    apart: Mapped[str] = mapped_column(default="")
    book_version: Mapped[str]
    # What the what-if sentence said when it was decided: {"before", "points", "after", "rung", "modifiers", …}.
    ladder: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_at: Mapped[datetime]
    supersedes_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    case: Mapped[Case] = relationship()
    staff: Mapped[Staff | None] = relationship(foreign_keys=[staff_id])
    findings: Mapped[list[Finding]] = relationship(back_populates="decision")
    actions: Mapped[list[Action]] = relationship(back_populates="decision", order_by="Action.position")
    statements: Mapped[list[Statement]] = relationship(back_populates="decision")


class Finding(Base):
    """The answer to one allegation (one report)."""

    __tablename__ = "finding"
    __table_args__ = (CheckConstraint("answer IN ('supported', 'not_supported', 'cannot_tell')", name="answer_known"),)

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True, index=True)
    answer: Mapped[str]
    decision: Mapped[Decision] = relationship(back_populates="findings")


class Action(Base):
    """One measure that follows, as decided. Whether the platform carried it out is kept by the partners room."""

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("decision_id", "kind", "undoes_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    days: Mapped[int | None]
    ends_at: Mapped[datetime | None]
    # The measure this one takes back.
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("action.id"), index=True)
    decision: Mapped[Decision] = relationship(back_populates="actions")


class Strike(Base):
    """Counted, expiring consequence on a respondent. Removed, never deleted, when an appeal overturns it."""

    __tablename__ = "strike"

    id: Mapped[str] = mapped_column(primary_key=True)
    respondent_id: Mapped[str] = mapped_column(ForeignKey("respondent.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), unique=True)
    kind: Mapped[str]
    points: Mapped[int]
    issued_at: Mapped[datetime]
    # None: never (the last rung).
    expires_at: Mapped[datetime | None]
    rung: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    respondent: Mapped[Respondent] = relationship()


class Proposal(Base):
    """A choice that needs a second person before it becomes a decision (long suspensions, closures, urgent kinds)."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'agreed', 'refused', 'outdated')", name="state_known"),
        CheckConstraint("second_id IS NULL OR second_id != staff_id", name="second_is_another"),
        Index(
            "uq_proposal_waiting",
            "case_id",
            unique=True,
            sqlite_where=db.text("state = 'waiting'"),
            postgresql_where=db.text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case_version: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    # The Choice as JSON (decisions.rules.Choice.to_json).
    choice: Mapped[dict[str, Any]]
    # Why a second person is needed: codes of decisions.rules.needs_second.
    why: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    proposed_at: Mapped[datetime]
    second_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")
    case: Mapped[Case] = relationship()


class HeldChoice(Base):
    """A choice a reviewer submitted that can still be taken back: at `due_at` it becomes the decision.

    'held' → 'made' (it is the decision, or the proposal it turned out to need), 'undone' (its reviewer took it back) or
    'returned' (the case or the consequences changed, so a person has to look again).
    """

    __tablename__ = "held_choice"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'made', 'undone', 'returned')", name="state_known"),
        CheckConstraint("(state = 'held') = (ended_at IS NULL)", name="ended_has_time"),
        Index(
            "uq_held_choice_case",
            "case_id",
            unique=True,
            sqlite_where=db.text("state = 'held'"),
            postgresql_where=db.text("state = 'held'"),
        ),
        Index(
            "ix_held_choice_staff",
            "staff_id",
            sqlite_where=db.text("state = 'held'"),
            postgresql_where=db.text("state = 'held'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    # The case's version while it is held: any other later on means that the case changed.
    case_version: Mapped[int]
    # What the case waited for before ('open', 'asked', 'proposed'): it waits for that again when this is taken back.
    before: Mapped[str]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    # The Choice as JSON; emptied once it is the decision, which keeps it.
    choice: Mapped[str] = mapped_column(Sealed("held_choice.choice"))
    # The measures as the reviewer saw them foretold: [[kind, days], …].
    foreseen: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="held")
    held_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()


class DecisionDraft(Base):
    """What a reviewer typed into a case's decision form and did not submit yet, or got back. One a case and person."""

    __tablename__ = "decision_draft"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)
    # The form's fields as they were sent, or a Choice: {"form": [[name, value], …]} or {"choice": {…}}, as JSON.
    content: Mapped[str] = mapped_column(Sealed("decision_draft.content"))
    # The case's version when it was typed.
    case_version: Mapped[int]
    saved_at: Mapped[datetime]
    # Why it lies here although it had been submitted: '' or a code of `held.RETURNS`.
    came_back: Mapped[str] = mapped_column(default="")


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
