"""Counter-notices with their waiting time, appeals with their second reviewer, and what the respondent hands in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, ddl
from webapp.core.sealed import Sealed
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.evidence.models import Evidence


class ProofItem(Base):
    """Something the respondent put into the proof drawer: a consent, a licence. No reporter ever sees the file."""

    __tablename__ = "proof_item"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    # A defence of the book (defences.toml), '' = just a paper.
    defence: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Sealed("proof_item.note"), default="")
    added_at: Mapped[datetime]
    evidence: Mapped[Evidence] = relationship()


class CounterNotice(Base):
    """The respondent's legal statement that the content does not infringe; starts the regime's waiting time."""

    __tablename__ = "counter_notice"
    __table_args__ = (
        CheckConstraint(
            "state IN ('returned', 'valid', 'forwarded', 'waiting', 'held', 'restored', 'refused', 'withdrawn')",
            name="state_known",
        ),
        CheckConstraint("state != 'waiting' OR restore_by IS NOT NULL", name="waiting_has_end"),
        Index("ix_counter_notice_state", "state", "filed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    # One against each decision.
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), unique=True)
    regime: Mapped[str]
    # Field of the regime → what was typed (JSON); identity and address stay with the desk.
    fields: Mapped[str] = mapped_column(Sealed("counter_notice.fields"))
    statement: Mapped[str] = mapped_column(Sealed("counter_notice.statement"))
    defence: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    missing: Mapped[list[Any]] = mapped_column(default=list)
    filed_at: Mapped[datetime]
    valid_at: Mapped[datetime | None]
    forwarded_at: Mapped[datetime | None]
    # When the last claimant had it for certain; the waiting time runs from here (ECOM) or from its receipt (DMCA).
    arrived_at: Mapped[datetime | None]
    restore_from: Mapped[datetime | None]
    restore_by: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Why it ended: 'elapsed', 'immediate' (RTCI art 17), 'claim_withdrawn', 'court', 'upheld', 'appeal', 'withdrawn'.
    end: Mapped[str] = mapped_column(default="")
    # How many days before restoring the claimants were reminded; empty again when the time was extended.
    reminded: Mapped[list[Any]] = mapped_column(default=list)
    case: Mapped[Case] = relationship()
    decision: Mapped[Decision] = relationship()
    forwards: Mapped[list[CounterForward]] = relationship(back_populates="counter")


class CounterForward(Base):
    """The redacted counter-notice on its way to one claimant: sent, proven arrival, proof of suit or complaint."""

    __tablename__ = "counter_forward"
    __table_args__ = (CheckConstraint("proof_kind IN ('', 'suit', 'complaint')", name="proof_known"),)

    counter_id: Mapped[str] = mapped_column(ForeignKey("counter_notice.id"), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    # Accepted by the mail server; arrived = read on the tracking page, or accepted and `arrival_hours` past.
    mailed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    proof_kind: Mapped[str] = mapped_column(default="")
    proof_evidence_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    proved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    counter: Mapped[CounterNotice] = relationship(back_populates="forwards")


class Appeal(Base):
    """A party asks for a second look. Once per party and case; the reviewer must not have touched the case."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("case_id", "party"),
        CheckConstraint("state IN ('filed', 'taken', 'found', 'decided')", name="state_known"),
        CheckConstraint("outcome IN ('', 'upheld', 'varied', 'reversed')", name="outcome_known"),
        CheckConstraint("(state = 'decided') = (outcome != '')", name="decided_has_outcome"),
        CheckConstraint("state NOT IN ('found', 'decided') OR found_at IS NOT NULL", name="found_has_time"),
        Index("ix_appeal_state", "state", "filed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    # 'respondent' or 'reporter:<report id>'.
    party: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed("appeal.text"))
    state: Mapped[str] = mapped_column(default="filed")
    filed_at: Mapped[datetime]
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None]
    # The second person's own findings {report id: answer}, made before the first decision is shown.
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    # Why the second person left it as it was; a changed decision carries its own reason.
    reason: Mapped[str] = mapped_column(default="")
    outcome_decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    case: Mapped[Case] = relationship()
    decision: Mapped[Decision] = relationship(foreign_keys=[decision_id])


# The database itself keeps whoever touched the case from its appeal (DSA 20(6), DSM 17(9); law.md §4.1 invariants).
# Checked whenever a reviewer is named and whenever her appeal moves on; deciding it touches the case only afterwards.
TOUCHED = "EXISTS (SELECT 1 FROM case_touch t WHERE t.case_id = NEW.case_id AND t.staff_id = NEW.reviewer_id)"


def guard_ddl() -> dict[str, list[str]]:
    """The triggers that refuse a touched reviewer, by dialect; migrations run the same text."""
    refusal = "the reviewer of an appeal must not have touched the case"
    moments = {"insert": "INSERT", "update": "UPDATE OF reviewer_id, state"}
    body = f"WHEN NEW.reviewer_id IS NOT NULL AND {TOUCHED} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    return {
        "sqlite": [
            f"CREATE TRIGGER appeal_other_person_{name} BEFORE {moment} ON appeal {body}"
            for name, moment in moments.items()
        ],
        "postgresql": [
            "CREATE OR REPLACE FUNCTION refuse_touched() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.reviewer_id IS NOT NULL AND {TOUCHED} THEN RAISE EXCEPTION '{refusal}'; END IF; "
            "RETURN NEW; END $$",
            f"CREATE TRIGGER appeal_other_person BEFORE {' OR '.join(moments.values())} ON appeal "
            "FOR EACH ROW EXECUTE FUNCTION refuse_touched()",
        ],
    }


for dialect, statements in guard_ddl().items():
    for statement in statements:
        event.listen(Appeal.__table__, "after_create", ddl(statement, dialect))
