"""The unit of review: one subject, one or more reports, one reviewer at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, db
from webapp.core.sealed import Sealed
from webapp.domain.reports.models import Report, Subject
from webapp.domain.staff.models import Staff

LIVE_SQL = "state IN ('open', 'asked', 'proposed')"


def _along(name: str, where: str, *columns: str) -> tuple[Index]:
    """A partial index over the cases that `where` names."""
    return (Index(name, *columns, sqlite_where=db.text(where), postgresql_where=db.text(where)),)


class Case(Base):
    """At most one open case a part of a subject (partial unique index). Only `cases.service.move` writes `state`."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'asked', 'proposed', 'decided', 'closed')", name="state_known"),
        CheckConstraint("state != 'decided' OR decided_at IS NOT NULL", name="decided_has_time"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        Index(
            "uq_case_open_subject",
            "subject_id",
            "part",
            unique=True,
            sqlite_where=db.text(LIVE_SQL),
            postgresql_where=db.text(LIVE_SQL),
        ),
        # What the lists walk along: all live cases, those of one queue, of one kind in it, those one may begin with.
        *_along("ix_case_queue", LIVE_SQL, "rank", "order_at", "id"),
        *_along("ix_case_queue_named", LIVE_SQL, "queue", "rank", "order_at", "id"),
        *_along("ix_case_kind", LIVE_SQL, "queue", "kind", "rank", "order_at", "id"),
        *_along("ix_case_next", "state = 'open' AND ready", "queue", "rank", "order_at", "id"),
        *_along("ix_case_asked", "state = 'asked'", "queue", "rank", "order_at", "id"),
        # What was merged into which.
        *_along("ix_case_merged", "merged_into_id IS NOT NULL", "merged_into_id"),
        # What ended without anybody deciding it, for the figures of a day.
        *_along("ix_case_undecided", "state = 'closed' AND decided_at IS NULL", "closed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("subject.id"), index=True)
    state: Mapped[str]
    # Counts what a decision depends on: reports joined or withdrawn, answers, steps. A late match does not count.
    version: Mapped[int] = mapped_column(default=1)
    # SQLAlchemy's guard against two writers of one row.
    row_version: Mapped[int] = mapped_column()
    # 'P0' … 'P4': the most urgent of its reports' kinds.
    priority: Mapped[str]
    kind: Mapped[str]
    # What the queue sorts by: 0 urgent, 1 the rest, 2 only reports of people slowed down for misuse; then the
    # strictest desk clock that runs, whose code (of clocks.toml) is `due_code`.
    rank: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]
    due_code: Mapped[str] = mapped_column(default="")
    # Which queue (of queues.toml) the case waits in; `queue_fixed` when a person put it there. Within rank a queue is
    # walked by `order_at`: for most queues the due time moved earlier by what `points` add up to (an hour a point).
    queue: Mapped[str] = mapped_column(default="")
    queue_fixed: Mapped[bool] = mapped_column(default=False)
    order_at: Mapped[datetime] = mapped_column(default=lambda context: context.get_current_parameters()["due_at"])
    # The sum behind the place: [[code of queues.toml, points], …] without the clock's own part.
    points: Mapped[list[Any]] = mapped_column(default=list)
    # There is something to do for the desk now: a notice is whole, or the kind is urgent, and some clock runs.
    ready: Mapped[bool] = mapped_column(default=True)
    # 0 for the case new reports join; more for what a reviewer split off. Merged into another case: which.
    part: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # What the queue shows, kept up to date by `cases.service.weigh` so that a page needs no query per row.
    report_count: Mapped[int] = mapped_column(default=0)
    best_band: Mapped[str] = mapped_column(default="")
    thumb_evidence_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    subject: Mapped[Subject] = relationship()
    entries: Mapped[list[CaseReport]] = relationship(back_populates="case", order_by="CaseReport.joined_at")
    claim: Mapped[Claim | None] = relationship(back_populates="case")

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  # SQLAlchemy reads it


class CaseReport(Base):
    """A report's own row in its case, so that each reporter is answered, and can withdraw, alone."""

    __tablename__ = "case_report"
    __table_args__ = (CheckConstraint("notice IN ('complete', 'returned', 'lapsed')", name="notice_known"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    joined_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    # 'complete', 'returned' (waits for missing items), 'lapsed'; a tip is complete as it is.
    notice: Mapped[str] = mapped_column(default="complete")
    # When its redacted content was forwarded to the respondent (Civil Code 1195, 17 USC 512).
    forwarded_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship(back_populates="entries")
    report: Mapped[Report] = relationship()


class Claim(Base):
    """A reviewer's lease on a case: a row with an expiry, renewed by activity. One a case (primary key)."""

    __tablename__ = "claim"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # A colleague who would like to have it, since when, and why (it may say something of people).
    wanted_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    wanted_at: Mapped[datetime | None]
    wanted_why: Mapped[str | None] = mapped_column(Sealed("claim.wanted_why"))
    case: Mapped[Case] = relationship(back_populates="claim")
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    wanted_by: Mapped[Staff | None] = relationship(foreign_keys=[wanted_by_id])


class Handover(Base):
    """A case one reviewer gave to another by name, with a note; it comes first in their next cases until it ends.

    `ended` says how: 'taken' by them, 'passed' to somebody else, 'undone' by who gave it.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended = '')", name="ended_has_time"),
        *_along("ix_handover_waiting", "ended_at IS NULL", "to_id", "at"),
        Index(
            "uq_handover_case",
            "case_id",
            unique=True,
            sqlite_where=db.text("ended_at IS NULL"),
            postgresql_where=db.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(Sealed("handover.note"), default="")
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended: Mapped[str] = mapped_column(default="")
    case: Mapped[Case] = relationship()
    giver: Mapped[Staff] = relationship(foreign_keys=[from_id])


class Message(Base):
    """One message between the desk and one reporter, or the respondent; the two sides never see each other's."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("side IN ('reporter', 'respondent')", name="side_known"),
        CheckConstraint("sent_by IN ('staff', 'party')", name="sender_known"),
        *_along("ix_message_late", "handled_at IS NULL", "late", "sent_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"), index=True)
    side: Mapped[str]
    sent_by: Mapped[str]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    sent_at: Mapped[datetime]
    # A question that waits for an answer.
    asks: Mapped[bool] = mapped_column(default=False)
    # Written by a party after their case was over, so that no queue shows it.
    late: Mapped[bool] = mapped_column(default=False)
    # Somebody at the desk has dealt with it.
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship()


class NoticeReturn(Base):
    """A notice sent back for completion: what is missing, until when; then completed or lapsed."""

    __tablename__ = "notice_return"
    __table_args__ = (
        Index(
            "uq_notice_return_open",
            "report_id",
            unique=True,
            sqlite_where=db.text("completed_at IS NULL AND lapsed_at IS NULL"),
            postgresql_where=db.text("completed_at IS NULL AND lapsed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    # Codes of evidence.toml.
    missing: Mapped[list[Any]]
    text: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    returned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    report: Mapped[Report] = relationship()


class CaseTouch(Base):
    """Who has worked on a case: took it, decided it, agreed to it. The database keeps them from deciding its appeal."""

    __tablename__ = "case_touch"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    first_at: Mapped[datetime]


class Referral(Base):
    """The case was handed to an authority (police, hotline, regulator) over a channel outside Redress."""

    __tablename__ = "referral"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    authority: Mapped[str]
    note: Mapped[str] = mapped_column(Sealed("referral.note"), default="")
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    referred_at: Mapped[datetime]
