"""Rooms of the desk

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


LIVE = sa.text("state IN ('open', 'asked', 'proposed')")
# The words of every entry: a table of SQLite's full text search, or PostgreSQL's own vectors.
WORDS = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "words, content='', contentless_delete=1, detail='none', tokenize='ascii')"
    ],
    "postgresql": [
        "CREATE TABLE search_words ("
        "id integer PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_words ON search_words USING gin (words) WITH (fastupdate = off)",
    ],
}
# What was there before gets its place: order by the due time until the case is weighed again, messages nobody dealt
# with, and everything to be found by words (the timers of search and of the queues take it from there).
FILL = """
UPDATE "case" SET order_at = due_at;
UPDATE message SET late = TRUE WHERE sent_by = 'party' AND EXISTS (SELECT 1 FROM "case"
  WHERE "case".id = message.case_id AND message.sent_at >= COALESCE("case".decided_at, "case".closed_at));
INSERT INTO search_due (what, object_id, since) SELECT 'case', id, opened_at FROM "case";
INSERT INTO search_due (what, object_id, since) SELECT 'account', id, CURRENT_TIMESTAMP FROM respondent;
INSERT INTO search_due (what, object_id, since) SELECT 'registration', id, added_at FROM registration
"""


def upgrade() -> None:
    op.create_table(
        "counted_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_counted_day")),
    )
    op.create_table(
        "day_figure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("two", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", "one", "two", name=op.f("pk_day_figure")),
    )
    op.create_table(
        "queue_count",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_queue_count")),
    )
    op.create_table(
        "search_due",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("what", "object_id", name=op.f("pk_search_due")),
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.CheckConstraint("what IN ('case', 'account', 'registration')", name=op.f("ck_search_entry_what_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("what", "object_id", name=op.f("uq_search_entry_what_object_id")),
    )
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undoes_id", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_bulk_act_state_known")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_bulk_act_staff_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["bulk_act.id"], name=op.f("fk_bulk_act_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_act_undoes_id")),
    )
    with op.batch_alter_table("bulk_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_act_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "exposure",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("shift", sa.Date(), nullable=False),
        sa.Column("harm", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("settled_items", sa.Integer(), nullable=False),
        sa.Column("settled_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_exposure_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "shift", "harm", name=op.f("pk_exposure")),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exposure_shift"), ["shift"], unique=False)

    op.create_table(
        "interest",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("declared_by_id", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('account', 'reporter', 'content')", name=op.f("ck_interest_kind_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_interest_ended_has_who")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["staff.id"], name=op.f("fk_interest_declared_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["staff.id"], name=op.f("fk_interest_ended_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_interest_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(
            "uq_interest_live",
            ["staff_id", "kind", "target"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "rule_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("alpha", sa.Double(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (staff_id IS NULL)", name=op.f("ck_rule_note_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rule_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_note")),
    )
    with op.batch_alter_table("rule_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_note_kind"), ["kind"], unique=False)
        batch_op.create_index(
            "uq_rule_note_open",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "saved_search",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_search_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_search_staff_id_name")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_search_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "shift",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("shift", sa.Date(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("heavy_run", sa.Integer(), nullable=False),
        sa.Column("heavy_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("choice IN ('', 'pause', 'light', 'on')", name=op.f("ck_shift_choice_known")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_shift_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_shift")),
    )
    op.create_table(
        "basket_item",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("why_params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_basket_item_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_basket_item_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "case_id", name=op.f("pk_basket_item")),
    )
    op.create_table(
        "bulk_step",
        sa.Column("act_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("why_params", sa.JSON(), nullable=False),
        sa.Column("back", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'already', 'cannot')", name=op.f("ck_bulk_step_state_known")),
        sa.ForeignKeyConstraint(["act_id"], ["bulk_act.id"], name=op.f("fk_bulk_step_act_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_step_case_id")),
        sa.PrimaryKeyConstraint("act_id", "position", name=op.f("pk_bulk_step")),
    )
    with op.batch_alter_table("bulk_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_step_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_bulk_step_waiting",
            ["act_id", "position"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "case_merge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kept_id", sa.String(), nullable=False),
        sa.Column("gone_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("reports", sa.JSON(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.String(), nullable=True),
        sa.CheckConstraint("kept_id != gone_id", name=op.f("ck_case_merge_two_cases")),
        sa.ForeignKeyConstraint(["gone_id"], ["case.id"], name=op.f("fk_case_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["case.id"], name=op.f("fk_case_merge_kept_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_merge_staff_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["staff.id"], name=op.f("fk_case_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    with op.batch_alter_table("case_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_merge_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(
            "uq_case_merge_holds",
            ["gone_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "decision_draft",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_back", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_draft_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_decision_draft_staff_id")),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_decision_draft")),
    )
    with op.batch_alter_table("decision_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_draft_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("from_id", sa.String(), nullable=False),
        sa.Column("to_id", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended = '')", name=op.f("ck_handover_ended_has_time")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_handover_case_id")),
        sa.ForeignKeyConstraint(["from_id"], ["staff.id"], name=op.f("fk_handover_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["staff.id"], name=op.f("fk_handover_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_handover_waiting",
            ["to_id", "at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_handover_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "held_choice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("choice", sa.LargeBinary(), nullable=False),
        sa.Column("foreseen", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'held') = (ended_at IS NULL)", name=op.f("ck_held_choice_ended_has_time")),
        sa.CheckConstraint("state IN ('held', 'made', 'undone', 'returned')", name=op.f("ck_held_choice_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_held_choice_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_held_choice_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_choice")),
    )
    with op.batch_alter_table("held_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_choice_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_held_choice_staff",
            ["staff_id"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(
            "uq_held_choice_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )

    op.create_table(
        "rerouting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("before_fixed", sa.Boolean(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verb IN ('move', 'escalate', 'return')", name=op.f("ck_rerouting_verb_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_rerouting_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rerouting_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rerouting")),
    )
    with op.batch_alter_table("rerouting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rerouting_case_id"), ["case_id"], unique=False)

    op.create_table(
        "second_eyes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.String(), nullable=False),
        sa.Column("asked_of_id", sa.String(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.String(), nullable=True),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "finding IN ('', 'supported', 'not_supported', 'cannot_tell')", name=op.f("ck_second_eyes_finding_known")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_second_eyes_answered_has_person")
        ),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id != asked_by_id", name=op.f("ck_second_eyes_another_answers")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["staff.id"], name=op.f("fk_second_eyes_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_second_eyes_asked_by_id")),
        sa.ForeignKeyConstraint(["asked_of_id"], ["staff.id"], name=op.f("fk_second_eyes_asked_of_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_second_eyes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_eyes")),
    )
    with op.batch_alter_table("second_eyes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_eyes_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_second_eyes_open",
            ["asked_of_id", "asked_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_index(
            "ix_second_eyes_unread",
            ["asked_by_id", "asked_at"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "skip",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_skip_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_skip_staff_id")),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_skip")),
    )
    with op.batch_alter_table("skip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skip_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "golden_case",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_golden_case_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_golden_case_decision_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_golden_case_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_case")),
        sa.UniqueConstraint("case_id", name=op.f("uq_golden_case_case_id")),
    )
    op.create_table(
        "precedent",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("account_kind", sa.String(), nullable=False),
        sa.Column("account_days", sa.Integer(), nullable=True),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "appeal IN ('', 'upheld', 'varied', 'reversed', 'restored')", name=op.f("ck_precedent_appeal_known")
        ),
        sa.CheckConstraint("verdict IN ('upheld', 'rejected')", name=op.f("ck_precedent_verdict_known")),
        sa.CheckConstraint("history BETWEEN 0 AND 3", name=op.f("ck_precedent_history_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_precedent_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_precedent_decision_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_precedent")),
    )
    with op.batch_alter_table("precedent", schema=None) as batch_op:
        batch_op.create_index("ix_precedent_alike", ["about", "band", "history", "decided_at"], unique=False)

    op.create_table(
        "blind_look",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("golden_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("first_findings", sa.JSON(), nullable=False),
        sa.Column("first_ground", sa.String(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(state = 'found') = (found_at IS NOT NULL)", name=op.f("ck_blind_look_found_has_time")),
        sa.CheckConstraint("state != 'taken' OR reviewer_id IS NOT NULL", name=op.f("ck_blind_look_taken_by_somebody")),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'found', 'let_go')", name=op.f("ck_blind_look_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_blind_look_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_blind_look_decision_id")),
        sa.ForeignKeyConstraint(["golden_id"], ["golden_case.id"], name=op.f("fk_blind_look_golden_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_blind_look_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_look")),
        sa.UniqueConstraint("reference", name=op.f("uq_blind_look_reference")),
    )
    with op.batch_alter_table("blind_look", schema=None) as batch_op:
        batch_op.create_index(
            "ix_blind_look_apart",
            ["found_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'found' AND NOT agrees"),
            postgresql_where=sa.text("state = 'found' AND NOT agrees"),
        )
        batch_op.create_index(batch_op.f("ix_blind_look_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_blind_look_found",
            ["kind", "found_at"],
            unique=False,
            sqlite_where=sa.text("state = 'found'"),
            postgresql_where=sa.text("state = 'found'"),
        )
        batch_op.create_index(batch_op.f("ix_blind_look_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_index(
            "ix_blind_look_waiting",
            ["drawn_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('waiting', 'taken')"),
        )
        batch_op.create_index(
            "uq_blind_look_decision",
            ["decision_id"],
            unique=True,
            sqlite_where=sa.text("golden_id IS NULL"),
            postgresql_where=sa.text("golden_id IS NULL"),
        )
        batch_op.create_index(
            "uq_blind_look_golden",
            ["golden_id", "reviewer_id"],
            unique=True,
            sqlite_where=sa.text("golden_id IS NOT NULL"),
            postgresql_where=sa.text("golden_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_blind_look_in_hand",
            ["reviewer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'taken'"),
            postgresql_where=sa.text("state = 'taken'"),
        )

    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_decided_at"), ["decided_at"], unique=False)
        batch_op.create_index("ix_appeal_state", ["state", "filed_at"], unique=False)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("queue_fixed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("order_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00")
        )
        batch_op.add_column(sa.Column("points", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("merged_into_id", sa.String(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_case_queue"), sqlite_where=LIVE)
        batch_op.create_index(
            "ix_case_queue", ["rank", "order_at", "id"], unique=False, sqlite_where=LIVE, postgresql_where=LIVE
        )
        batch_op.drop_index(batch_op.f("uq_case_open_subject"), sqlite_where=LIVE)
        batch_op.create_index(
            "uq_case_open_subject", ["subject_id", "part"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        )
        batch_op.create_index(
            "ix_case_asked",
            ["queue", "rank", "order_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.create_index(
            "ix_case_kind",
            ["queue", "kind", "rank", "order_at", "id"],
            unique=False,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        batch_op.create_index(
            "ix_case_merged",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_case_next",
            ["queue", "rank", "order_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open' AND ready"),
            postgresql_where=sa.text("state = 'open' AND ready"),
        )
        batch_op.create_index(batch_op.f("ix_case_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(
            "ix_case_queue_named",
            ["queue", "rank", "order_at", "id"],
            unique=False,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        batch_op.create_index(
            "ix_case_undecided",
            ["closed_at"],
            unique=False,
            sqlite_where=sa.text("state = 'closed' AND decided_at IS NULL"),
            postgresql_where=sa.text("state = 'closed' AND decided_at IS NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_case_merged_into_id"), "case", ["merged_into_id"], ["id"])

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wanted_by_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wanted_why", sa.LargeBinary(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_claim_wanted_by_id"), "staff", ["wanted_by_id"], ["id"])

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clock_alert",
            ["alert_at", "code"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(
            "ix_clock_breached",
            ["breached_at"],
            unique=False,
            sqlite_where=sa.text("breached_at IS NOT NULL"),
            postgresql_where=sa.text("breached_at IS NOT NULL"),
        )
        batch_op.create_index("ix_clock_ended", ["ended_at", "code", "state"], unique=False)

    with op.batch_alter_table("counter_notice", schema=None) as batch_op:
        batch_op.create_index("ix_counter_notice_state", ["state", "filed_at"], unique=False)

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("apart", sa.String(), nullable=False, server_default=""))
        batch_op.create_index("ix_decision_decided", ["decided_at", "id"], unique=False)

    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index("ix_effect_state", ["state"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_state", ["state", "type", "created_at"], unique=False)

    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_report_id"), ["report_id"], unique=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            "ix_message_late",
            ["late", "sent_at", "id"],
            unique=False,
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_answered_at"), ["answered_at"], unique=False)

    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reporter_email_index"))
        batch_op.create_index("ix_reporter_email_index", ["email_index", "created_at"], unique=False)

    with op.batch_alter_table("respondent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_respondent_handle"), ["handle"], unique=False)

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skills", sa.JSON(), nullable=False, server_default='["minors", "intimate"]'))
        batch_op.add_column(sa.Column("reads", sa.JSON(), nullable=False, server_default='["zh", "en"]'))
        batch_op.add_column(sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))

    for statement in (*WORDS[op.get_bind().dialect.name], *FILL.split(";\n")):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    # Choices still held for their minute go back to the reviewers' queue.
    op.execute("UPDATE \"case\" SET state = 'open' WHERE id IN (SELECT case_id FROM held_choice WHERE state = 'held')")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("settings")
        batch_op.drop_column("reads")
        batch_op.drop_column("skills")

    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.drop_index("ix_reporter_email_index")
        batch_op.create_index(batch_op.f("ix_reporter_email_index"), ["email_index"], unique=False)

    with op.batch_alter_table("respondent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_respondent_handle"))

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_answered_at"))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_late",
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )
        batch_op.drop_column("late")

    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_report_id"))

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_state")

    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index("ix_effect_state")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_decided")
        batch_op.drop_column("apart")

    with op.batch_alter_table("counter_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_counter_notice_state")

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_ended")
        batch_op.drop_index(
            "ix_clock_breached",
            sqlite_where=sa.text("breached_at IS NOT NULL"),
            postgresql_where=sa.text("breached_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_clock_alert", sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'")
        )

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_wanted_by_id"), type_="foreignkey")
        batch_op.drop_column("wanted_why")
        batch_op.drop_column("wanted_at")
        batch_op.drop_column("wanted_by_id")

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_case_merged_into_id"), type_="foreignkey")
        batch_op.drop_index(
            "ix_case_undecided",
            sqlite_where=sa.text("state = 'closed' AND decided_at IS NULL"),
            postgresql_where=sa.text("state = 'closed' AND decided_at IS NULL"),
        )
        batch_op.drop_index("ix_case_queue_named", sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.drop_index(batch_op.f("ix_case_opened_at"))
        batch_op.drop_index(
            "ix_case_next",
            sqlite_where=sa.text("state = 'open' AND ready"),
            postgresql_where=sa.text("state = 'open' AND ready"),
        )
        batch_op.drop_index(
            "ix_case_merged",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_case_kind", sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.drop_index(
            "ix_case_asked", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index("uq_case_open_subject", sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.create_index(
            batch_op.f("uq_case_open_subject"), ["subject_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        )
        batch_op.drop_index("ix_case_queue", sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.create_index(
            batch_op.f("ix_case_queue"),
            ["rank", "due_at", "id"],
            unique=False,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("part")
        batch_op.drop_column("ready")
        batch_op.drop_column("points")
        batch_op.drop_column("order_at")
        batch_op.drop_column("queue_fixed")
        batch_op.drop_column("queue")

    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index("ix_appeal_state")
        batch_op.drop_index(batch_op.f("ix_appeal_decided_at"))

    with op.batch_alter_table("blind_look", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_blind_look_in_hand",
            sqlite_where=sa.text("state = 'taken'"),
            postgresql_where=sa.text("state = 'taken'"),
        )
        batch_op.drop_index(
            "uq_blind_look_golden",
            sqlite_where=sa.text("golden_id IS NOT NULL"),
            postgresql_where=sa.text("golden_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_blind_look_decision",
            sqlite_where=sa.text("golden_id IS NULL"),
            postgresql_where=sa.text("golden_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_blind_look_waiting",
            sqlite_where=sa.text("state IN ('waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('waiting', 'taken')"),
        )
        batch_op.drop_index(batch_op.f("ix_blind_look_reviewer_id"))
        batch_op.drop_index(
            "ix_blind_look_found", sqlite_where=sa.text("state = 'found'"), postgresql_where=sa.text("state = 'found'")
        )
        batch_op.drop_index(batch_op.f("ix_blind_look_case_id"))
        batch_op.drop_index(
            "ix_blind_look_apart",
            sqlite_where=sa.text("state = 'found' AND NOT agrees"),
            postgresql_where=sa.text("state = 'found' AND NOT agrees"),
        )

    op.drop_table("blind_look")
    with op.batch_alter_table("precedent", schema=None) as batch_op:
        batch_op.drop_index("ix_precedent_alike")

    op.drop_table("precedent")
    op.drop_table("golden_case")
    with op.batch_alter_table("skip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skip_staff_id"))

    op.drop_table("skip")
    with op.batch_alter_table("second_eyes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_second_eyes_unread",
            sqlite_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_second_eyes_open",
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_second_eyes_case_id"))

    op.drop_table("second_eyes")
    with op.batch_alter_table("rerouting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rerouting_case_id"))

    op.drop_table("rerouting")
    with op.batch_alter_table("held_choice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_held_choice_case", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )
        batch_op.drop_index(
            "ix_held_choice_staff", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )
        batch_op.drop_index(batch_op.f("ix_held_choice_case_id"))

    op.drop_table("held_choice")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_handover_case", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(
            "ix_handover_waiting",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_handover_case_id"))

    op.drop_table("handover")
    with op.batch_alter_table("decision_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_draft_staff_id"))

    op.drop_table("decision_draft")
    with op.batch_alter_table("case_merge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_merge_holds",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_case_merge_kept_id"))

    op.drop_table("case_merge")
    with op.batch_alter_table("bulk_step", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bulk_step_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_bulk_step_case_id"))

    op.drop_table("bulk_step")
    op.drop_table("basket_item")
    op.drop_table("shift")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_search_staff_id"))

    op.drop_table("saved_search")
    with op.batch_alter_table("rule_note", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rule_note_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_rule_note_kind"))

    op.drop_table("rule_note")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_interest_live", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )

    op.drop_table("interest")
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exposure_shift"))

    op.drop_table("exposure")
    with op.batch_alter_table("bulk_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_act_staff_id"))

    op.drop_table("bulk_act")
    op.drop_table("search_entry")
    op.drop_table("search_due")
    op.drop_table("queue_count")
    op.drop_table("day_figure")
    op.drop_table("counted_day")
