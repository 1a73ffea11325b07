"""Who passed over what, who moved a case where, who has an interest in whom, and how many cases wait in each queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.core.sealed import Sealed
from webapp.domain.staff.models import Staff


class Skip(Base):
    """Somebody passed a case over: for the rest of the shift it is not offered to them, to everyone else it is."""

    __tablename__ = "skip"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)
    # A code of queues.toml `skip_reasons`, and what they added.
    why: Mapped[str]
    note: Mapped[str] = mapped_column(Sealed("skip.note"), default="")
    skipped_at: Mapped[datetime]
    until_at: Mapped[datetime]


class Rerouting(Base):
    """A person put a case into another queue, or passed it on to the one for hard cases."""

    __tablename__ = "rerouting"
    __table_args__ = (CheckConstraint("verb IN ('move', 'escalate', 'return')", name="verb_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    verb: Mapped[str]
    # Queues before and after, and whether a person had put it into the one before.
    before: Mapped[str]
    before_fixed: Mapped[bool]
    after: Mapped[str]
    why: Mapped[str] = mapped_column(Sealed("rerouting.why"), default="")
    moved_at: Mapped[datetime]
    staff: Mapped[Staff] = relationship()


class Interest(Base):
    """A conflict of interest: this person gets no case of that account, of that reporter, about that content."""

    __tablename__ = "interest"
    __table_args__ = (
        CheckConstraint("kind IN ('account', 'reporter', 'content')", name="kind_known"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_has_who"),
        # The same one once, as long as it lasts.
        Index(
            "uq_interest_live",
            *("staff_id", "kind", "target"),
            unique=True,
            sqlite_where=db.text("ended_at IS NULL"),
            postgresql_where=db.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    # Id of the respondent or subject; for a reporter the blind index of the address, so that nobody is named here.
    target: Mapped[str]
    # What was typed, for whoever declared it to recognise it, and why.
    label: Mapped[str] = mapped_column(Sealed("interest.label"))
    reason: Mapped[str] = mapped_column(Sealed("interest.reason"), default="")
    declared_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    declared_at: Mapped[datetime]
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    declared_by: Mapped[Staff] = relationship(foreign_keys=[declared_by_id])


class QueueCount(Base):
    """How one queue stood when it was last counted: no page counts by itself."""

    __tablename__ = "queue_count"

    queue: Mapped[str] = mapped_column(primary_key=True)
    # Free or held, there is something to do; waiting for a party or a second person; over its strictest clock.
    waiting: Mapped[int]
    asked: Mapped[int]
    late: Mapped[int]
    # Since when the longest waiting has been open, and when the next is due; None for an empty queue.
    oldest_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    counted_at: Mapped[datetime]
