"""Rooms of the rule book

Revision: 0002, after 0001
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.core.db import append_only_ddl
from webapp.core.sealed import seal, unseal
from webapp.domain.appeals.models import guard_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


LIVE = "state IN ('open', 'asked', 'proposed')"
LIVE_BEFORE = "state IN ('open', 'asked')"
# Append-only tables that SQLite makes anew lose their triggers on the way; new ones get theirs.
MADE_ANEW = ("action", "decision")
NEW_APPEND_ONLY = ()
# The checks of the tables changed here, before and after.
OLD = {
    "case": {
        "decided_has_time": "(state = 'decided') = (decided_at IS NOT NULL)",
        "state_known": "state IN ('open', 'asked', 'decided', 'closed')",
    },
    "case_report": {},
    "decision": {"verdict_known": "verdict IN ('upheld', 'rejected')"},
    "effect": {
        "confirmed_has_time": "(state IN ('confirmed', 'drifted')) <= (confirmed_at IS NOT NULL)",
        "state_known": "state IN ('pending', 'sent', 'confirmed', 'drifted', 'failed')",
    },
    "report": {},
    "standing": {},
}
NEW = {
    "case": {
        "closed_has_time": "(state = 'closed') = (closed_at IS NOT NULL)",
        "decided_has_time": "state != 'decided' OR decided_at IS NOT NULL",
        "state_known": "state IN ('open', 'asked', 'proposed', 'decided', 'closed')",
    },
    "case_report": {"notice_known": "notice IN ('complete', 'returned', 'lapsed')"},
    "decision": {
        "person_decides": "staff_id IS NOT NULL OR stage IN ('cure', 'restoration')",
        "second_is_another": "second_id IS NULL OR second_id != staff_id",
        "stage_known": "stage IN ('interim', 'first', 'cure', 'restoration', 'appeal')",
        "verdict_known": "verdict IN ('upheld', 'rejected', 'provisional', 'cured', 'restored')",
    },
    "effect": {
        "confirmed_has_time": "(state IN ('confirmed', 'drifted')) <= (confirmed_at IS NOT NULL)",
        "ended_has_time": "(state IN ('ended', 'undone')) <= (ended_at IS NOT NULL)",
        "state_known": "state IN ('pending', 'sent', 'confirmed', 'drifted', 'failed', 'ending', "
        "'ended', 'stuck', 'undone')",
    },
    "report": {"mode_known": "mode IN ('notice', 'tip')"},
    "standing": {
        "checked_has_time": "(state = 'claimed') = (checked_at IS NULL)",
        "state_known": "state IN ('claimed', 'verified', 'refused')",
    },
}
SEALED = {"report": ("signature", "loss"), "reporter": ("postal_address",), "standing": ("matters",)}


def hold(batch_op: Any, table: str, checks: dict[str, dict[str, str]]) -> None:
    """Exchange a changed table's checks."""
    here, there = checks[table], (OLD if checks is NEW else NEW)[table]
    for name in there:
        if there[name] != here.get(name):
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    for name, condition in here.items():
        if there.get(name) != condition:
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(condition))


def guard(tables: tuple[str, ...]) -> None:
    """The triggers of append-only tables."""
    for name in tables:
        for statement in append_only_ddl(name)[op.get_bind().dialect.name]:
            op.execute(statement)


def seal_rows() -> None:
    """What is sealed from now on, in the rows that are there: what was reported, and the new columns, empty so far."""
    report = sa.table("report", sa.column("id"), sa.column("wrong", sa.LargeBinary()))
    for row in op.get_bind().execute(sa.select(report)).all():
        text = row.wrong if isinstance(row.wrong, str) else bytes(row.wrong).decode()
        op.execute(report.update().where(report.c.id == row.id).values(wrong=seal(text, "report.wrong")))
    for name, columns in SEALED.items():
        table = sa.table(name, sa.column("id"), *(sa.column(c, sa.LargeBinary()) for c in columns))
        for (row_id,) in op.get_bind().execute(sa.select(table.c.id)).all():
            empty = {column: seal("", f"{name}.{column}") for column in columns}
            op.execute(table.update().where(table.c.id == row_id).values(empty))


def unseal_rows() -> None:
    """The way back: what was reported is plain text again."""
    report = sa.table("report", sa.column("id"), sa.column("wrong", sa.LargeBinary()))
    for row in op.get_bind().execute(sa.select(report)).all():
        plain = unseal(bytes(row.wrong), "report.wrong").encode()
        op.execute(report.update().where(report.c.id == row.id).values(wrong=plain))


def fill() -> None:
    """What the new rooms need to know of cases that are there: when they closed, whose consent is whose, that the
    decision's time runs, and who has worked on them."""
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE \"case\" SET rank = 0 WHERE priority = 'P0'"))
    bind.execute(
        sa.text(
            "UPDATE consent SET report_id = (SELECT MIN(r.id) FROM report r WHERE r.standing_id = consent.standing_id)"
        )
    )
    bind.execute(
        sa.text(
            "INSERT INTO case_touch (case_id, staff_id, first_at) "
            "SELECT case_id, staff_id, MIN(decided_at) FROM decision WHERE staff_id IS NOT NULL "
            "GROUP BY case_id, staff_id"
        )
    )
    _run_clocks(bind)


def _run_clocks(bind: sa.Connection) -> None:
    at = sa.DateTime(timezone=True)
    case = sa.table("case", *(sa.column(c) for c in ("id", "priority", "state")), sa.column("due_at", at))
    report = sa.table("report", sa.column("id"), sa.column("book_version"), sa.column("received_at", at))
    entry = sa.table("case_report", *(sa.column(c) for c in ("case_id", "report_id", "withdrawn_at")))
    text_columns = ("id", "code", "on_id", "case_id", "regime", "state", "priority", "book_version")
    times = ("started_at", "due_at", "alert_at", "watch_at")
    clock = sa.table(
        "clock", *(sa.column(c) for c in text_columns), *(sa.column(c, at) for c in times), sa.column("span", sa.JSON())
    )
    live = (
        sa.select(case.c.id, case.c.priority, case.c.due_at, report.c.id, report.c.received_at, report.c.book_version)
        .join_from(case, entry, entry.c.case_id == case.c.id)
        .join(report, report.c.id == entry.c.report_id)
        .where(case.c.state.in_(("open", "asked")), entry.c.withdrawn_at.is_(None))
    )
    for case_id, priority, due_at, report_id, received_at, version in bind.execute(live).all():
        length = due_at - received_at
        alert_at = received_at + length * 0.75
        bind.execute(
            clock.insert().values(
                id=uuid.uuid4().hex,
                code="DECISION",
                on_id=f"report:{report_id}",
                case_id=case_id,
                regime="HOUSE",
                state="running",
                priority=priority,
                book_version=version,
                started_at=received_at,
                due_at=due_at,
                alert_at=alert_at,
                watch_at=alert_at,
                span={"hours": max(1, round(length.total_seconds() / 3600))},
            )
        )
    bind.execute(sa.text("UPDATE \"case\" SET due_code = 'DECISION' WHERE state IN ('open', 'asked')"))


def upgrade() -> None:
    op.add_column("case", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody wrote down when; from now on a closed case must know.
    op.execute("UPDATE \"case\" SET closed_at = opened_at WHERE state = 'closed'")
    op.create_table(
        "letter_stop",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "name", name=op.f("pk_letter_stop")),
    )
    op.create_table(
        "notice_bar",
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("reporter_index", sa.String(), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_notice_bar_subject_id")),
        sa.PrimaryKeyConstraint("subject_id", "reporter_index", "regime", name=op.f("pk_notice_bar")),
    )
    op.create_table(
        "standing_proof",
        sa.Column("standing_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_standing_proof_evidence_id")),
        sa.ForeignKeyConstraint(["standing_id"], ["standing.id"], name=op.f("fk_standing_proof_standing_id")),
        sa.PrimaryKeyConstraint("standing_id", "evidence_id", name=op.f("pk_standing_proof")),
    )
    op.create_table(
        "case_touch",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_touch_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_touch_staff_id")),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_touch")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("on_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("span", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earliest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("book_version", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('running', 'paused')) = (ended_at IS NULL)", name=op.f("ck_clock_ended_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'met', 'late', 'cancelled')", name=op.f("ck_clock_state_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clock_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("code", "on_id", name=op.f("uq_clock_code_on_id")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_clock_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(batch_op.f("ix_clock_on_id"), ["on_id"], unique=False)
        batch_op.create_index(
            "ix_clock_watch",
            ["watch_at"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.create_table(
        "conduct_mark",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("reporter_index", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade IN ('unfounded', 'bad_faith')", name=op.f("ck_conduct_mark_grade_known")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_conduct_mark_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conduct_mark_staff_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_conduct_mark")),
    )
    with op.batch_alter_table("conduct_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conduct_mark_reporter_index"), ["reporter_index"], unique=False)

    op.create_table(
        "conduct_step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reporter_index", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "step IN ('education', 'warning', 'slower', 'suspended')", name=op.f("ck_conduct_step_step_known")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_conduct_step_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conduct_step_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_step")),
    )
    with op.batch_alter_table("conduct_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conduct_step_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conduct_step_reporter_index"), ["reporter_index"], unique=False)
        batch_op.create_index(
            "uq_conduct_step_report",
            ["report_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "cure_offer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'cured', 'lapsed', 'withdrawn')", name=op.f("ck_cure_offer_state_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_cure_offer_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_cure_offer_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cure_offer")),
    )
    with op.batch_alter_table("cure_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cure_offer_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_cure_offer_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.create_table(
        "live_challenge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_live_challenge_answered_has_time")
        ),
        sa.CheckConstraint("state IN ('asked', 'passed', 'failed')", name=op.f("ck_live_challenge_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_live_challenge_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_live_challenge_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_challenge")),
    )
    with op.batch_alter_table("live_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_challenge_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_live_challenge_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "notice_return",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_notice_return_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notice_return_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_return")),
    )
    with op.batch_alter_table("notice_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_return_report_id"), ["report_id"], unique=False)
        batch_op.create_index(
            "uq_notice_return_open",
            ["report_id"],
            unique=True,
            sqlite_where=sa.text("completed_at IS NULL AND lapsed_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL AND lapsed_at IS NULL"),
        )

    op.create_table(
        "proof_item",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("defence", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_proof_item_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_proof_item_evidence_id")),
        sa.PrimaryKeyConstraint("case_id", "evidence_id", name=op.f("pk_proof_item")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_id", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'agreed', 'refused', 'outdated')", name=op.f("ck_proposal_state_known")
        ),
        sa.CheckConstraint("second_id IS NULL OR second_id != staff_id", name=op.f("ck_proposal_second_is_another")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_proposal_case_id")),
        sa.ForeignKeyConstraint(["second_id"], ["staff.id"], name=op.f("fk_proposal_second_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_proposal_waiting",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "referral",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_referral_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_case_id"), ["case_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("outcome_decision_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (outcome != '')", name=op.f("ck_appeal_decided_has_outcome")),
        sa.CheckConstraint("outcome IN ('', 'upheld', 'varied', 'reversed')", name=op.f("ck_appeal_outcome_known")),
        sa.CheckConstraint("state IN ('filed', 'taken', 'found', 'decided')", name=op.f("ck_appeal_state_known")),
        sa.CheckConstraint(
            "state NOT IN ('found', 'decided') OR found_at IS NOT NULL", name=op.f("ck_appeal_found_has_time")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_appeal_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id")),
        sa.ForeignKeyConstraint(["outcome_decision_id"], ["decision.id"], name=op.f("fk_appeal_outcome_decision_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_appeal_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("case_id", "party", name=op.f("uq_appeal_case_id_party")),
        sa.UniqueConstraint("reference", name=op.f("uq_appeal_reference")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_case_id"), ["case_id"], unique=False)

    op.create_table(
        "clock_pause",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clock_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_pause_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pause")),
    )
    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_pause_clock_id"), ["clock_id"], unique=False)

    op.create_table(
        "counter_notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("defence", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restore_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restore_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.String(), nullable=False),
        sa.Column("reminded", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state != 'waiting' OR restore_by IS NOT NULL", name=op.f("ck_counter_notice_waiting_has_end")
        ),
        sa.CheckConstraint(
            "state IN ('returned', 'valid', 'forwarded', 'waiting', 'held', 'restored', 'refused', 'withdrawn')",
            name=op.f("ck_counter_notice_state_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_counter_notice_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_counter_notice_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_notice")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_counter_notice_decision_id")),
    )
    with op.batch_alter_table("counter_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counter_notice_case_id"), ["case_id"], unique=False)

    op.create_table(
        "counter_forward",
        sa.Column("counter_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof_kind", sa.String(), nullable=False),
        sa.Column("proof_evidence_id", sa.String(), nullable=True),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proof_kind IN ('', 'suit', 'complaint')", name=op.f("ck_counter_forward_proof_known")),
        sa.ForeignKeyConstraint(["counter_id"], ["counter_notice.id"], name=op.f("fk_counter_forward_counter_id")),
        sa.ForeignKeyConstraint(
            ["proof_evidence_id"], ["evidence.id"], name=op.f("fk_counter_forward_proof_evidence_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_counter_forward_report_id")),
        sa.PrimaryKeyConstraint("counter_id", "report_id", name=op.f("pk_counter_forward")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undoes_id", sa.String(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_action_decision_id_kind"), type_="unique")
        batch_op.create_index(batch_op.f("ix_action_undoes_id"), ["undoes_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_action_decision_id_kind_undoes_id"), ["decision_id", "kind", "undoes_id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_action_undoes_id"), "action", ["undoes_id"], ["id"])

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("due_code", sa.String(), nullable=False, server_default=""))
        batch_op.drop_index("uq_case_open_subject")
        batch_op.create_index(
            "uq_case_open_subject",
            ["subject_id"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )
        batch_op.drop_index(batch_op.f("ix_case_queue"), sqlite_where=sa.text("state IN ('open', 'asked')"))
        batch_op.create_index(
            "ix_case_queue",
            ["rank", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )
        hold(batch_op, "case", NEW)

    with op.batch_alter_table("case_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice", sa.String(), nullable=False, server_default="complete"))
        batch_op.add_column(sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True))
        hold(batch_op, "case_report", NEW)

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_id", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_consent_report_id"), ["report_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_consent_report_id"), "report", ["report_id"], ["id"])

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(), nullable=False, server_default="first"))
        batch_op.add_column(sa.Column("second_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.alter_column("staff_id", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_decision_second_id"), "staff", ["second_id"], ["id"])
        hold(batch_op, "decision", NEW)

    with op.batch_alter_table("draft_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        hold(batch_op, "effect", NEW)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("handled_by_id", sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_message_handled_by_id"), "staff", ["handled_by_id"], ["id"])

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(), nullable=False, server_default="notice"))
        batch_op.add_column(sa.Column("regimes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("statements", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("signature", sa.LargeBinary(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("circumstances", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("loss", sa.LargeBinary(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("registry_ref", sa.String(), nullable=False, server_default=""))
        batch_op.alter_column(
            "wrong",
            existing_type=sa.VARCHAR(),
            type_=sa.LargeBinary(),
            existing_nullable=False,
            postgresql_using="convert_to(wrong, 'UTF8')",
        )
        batch_op.alter_column("good_faith_at", existing_type=sa.DATETIME(), nullable=True)
        hold(batch_op, "report", NEW)

    with op.batch_alter_table("report_evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("postal_address", sa.LargeBinary(), nullable=False, server_default=""))

    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("matters", sa.LargeBinary(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("scope", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declarations", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("prior_arrangement", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("registry_ref", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("state", sa.String(), nullable=False, server_default="claimed"))
        batch_op.add_column(sa.Column("level", sa.String(), nullable=False, server_default="V0"))
        batch_op.add_column(sa.Column("checked_by_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refusal", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_standing_checked_by_id"), "staff", ["checked_by_id"], ["id"])
        hold(batch_op, "standing", NEW)

    with op.batch_alter_table("strike", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rung", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("removed_by_id", sa.String(), nullable=True))
        batch_op.alter_column("expires_at", existing_type=sa.DATETIME(), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_strike_removed_by_id"), "decision", ["removed_by_id"], ["id"])

    guard((*MADE_ANEW, *NEW_APPEND_ONLY) if op.get_bind().dialect.name == "sqlite" else NEW_APPEND_ONLY)
    for statement in guard_ddl()[op.get_bind().dialect.name]:
        op.execute(statement)
    seal_rows()
    fill()


def downgrade() -> None:
    unseal_rows()
    with op.batch_alter_table("strike", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_strike_removed_by_id"), type_="foreignkey")
        batch_op.alter_column("expires_at", existing_type=sa.DATETIME(), nullable=False)
        batch_op.drop_column("removed_by_id")
        batch_op.drop_column("removed_at")
        batch_op.drop_column("rung")

    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_standing_checked_by_id"), type_="foreignkey")
        batch_op.drop_column("refusal")
        batch_op.drop_column("checked_at")
        batch_op.drop_column("checked_by_id")
        batch_op.drop_column("level")
        batch_op.drop_column("state")
        batch_op.drop_column("registry_ref")
        batch_op.drop_column("prior_arrangement")
        batch_op.drop_column("declarations")
        batch_op.drop_column("valid_to")
        batch_op.drop_column("valid_from")
        batch_op.drop_column("scope")
        batch_op.drop_column("matters")
        hold(batch_op, "standing", OLD)

    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.drop_column("postal_address")

    with op.batch_alter_table("report_evidence", schema=None) as batch_op:
        batch_op.drop_column("code")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.alter_column("good_faith_at", existing_type=sa.DATETIME(), nullable=False)
        batch_op.alter_column(
            "wrong",
            existing_type=sa.LargeBinary(),
            type_=sa.VARCHAR(),
            existing_nullable=False,
            postgresql_using="convert_from(wrong, 'UTF8')",
        )
        batch_op.drop_column("registry_ref")
        batch_op.drop_column("loss")
        batch_op.drop_column("circumstances")
        batch_op.drop_column("signature")
        batch_op.drop_column("statements")
        batch_op.drop_column("regimes")
        batch_op.drop_column("mode")
        hold(batch_op, "report", OLD)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_handled_by_id"), type_="foreignkey")
        batch_op.drop_column("handled_by_id")
        batch_op.drop_column("handled_at")

    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
        hold(batch_op, "effect", OLD)

    with op.batch_alter_table("draft_file", schema=None) as batch_op:
        batch_op.drop_column("code")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decision_second_id"), type_="foreignkey")
        batch_op.alter_column("staff_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("ladder")
        batch_op.drop_column("second_id")
        batch_op.drop_column("stage")
        hold(batch_op, "decision", OLD)

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_consent_report_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_consent_report_id"))
        batch_op.drop_column("report_id")

    with op.batch_alter_table("case_report", schema=None) as batch_op:
        batch_op.drop_column("forwarded_at")
        batch_op.drop_column("notice")
        hold(batch_op, "case_report", OLD)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("uq_case_open_subject")
        batch_op.create_index(
            "uq_case_open_subject",
            ["subject_id"],
            unique=True,
            sqlite_where=sa.text(LIVE_BEFORE),
            postgresql_where=sa.text(LIVE_BEFORE),
        )
        batch_op.drop_index("ix_case_queue", sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))
        batch_op.create_index(
            batch_op.f("ix_case_queue"), ["priority", "due_at", "id"], unique=False, sqlite_where=sa.text(LIVE_BEFORE)
        )
        batch_op.drop_column("closed_at")
        batch_op.drop_column("due_code")
        batch_op.drop_column("rank")
        hold(batch_op, "case", OLD)

    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_action_undoes_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_action_decision_id_kind_undoes_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_action_undoes_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_action_decision_id_kind"), ["decision_id", "kind"])
        batch_op.drop_column("undoes_id")

    op.drop_table("counter_forward")
    with op.batch_alter_table("counter_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counter_notice_case_id"))

    op.drop_table("counter_notice")
    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clock_pause_clock_id"))

    op.drop_table("clock_pause")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_case_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_case_id"))

    op.drop_table("referral")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_proposal_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_proposal_case_id"))

    op.drop_table("proposal")
    op.drop_table("proof_item")
    with op.batch_alter_table("notice_return", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_return_open",
            sqlite_where=sa.text("completed_at IS NULL AND lapsed_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL AND lapsed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_return_report_id"))

    op.drop_table("notice_return")
    with op.batch_alter_table("live_challenge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_live_challenge_open",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index(batch_op.f("ix_live_challenge_case_id"))

    op.drop_table("live_challenge")
    with op.batch_alter_table("cure_offer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cure_offer_open",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(batch_op.f("ix_cure_offer_case_id"))

    op.drop_table("cure_offer")
    with op.batch_alter_table("conduct_step", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conduct_step_report",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_conduct_step_reporter_index"))
        batch_op.drop_index(batch_op.f("ix_conduct_step_report_id"))

    op.drop_table("conduct_step")
    with op.batch_alter_table("conduct_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conduct_mark_reporter_index"))

    op.drop_table("conduct_mark")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_watch", sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'")
        )
        batch_op.drop_index(batch_op.f("ix_clock_on_id"))
        batch_op.drop_index(
            "ix_clock_due", sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'")
        )
        batch_op.drop_index(batch_op.f("ix_clock_case_id"))

    op.drop_table("clock")
    op.drop_table("case_touch")
    op.drop_table("standing_proof")
    op.drop_table("notice_bar")
    op.drop_table("letter_stop")
    if op.get_bind().dialect.name == "sqlite":
        guard(MADE_ANEW)
