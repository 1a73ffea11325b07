"""The first tables

Revision: 0001, after nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.core.db import append_only_ddl

revision = "0001"
down_revision = None
APPEND_ONLY = (
    "action",
    "audit_entry",
    "custody",
    "decision",
    "finding",
    "statement",
)
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_audit_entry_object", ["object_kind", "object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_verb"), ["verb"], unique=False)

    op.create_table(
        "claimant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claimant")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("form_key", name=op.f("uq_draft_form_key")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_draft_token_digest")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_touched_at"), ["touched_at"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('alleged', 'reference', 'proof')", name=op.f("ck_evidence_role_known")),
        sa.CheckConstraint("source IN ('reporter', 'platform', 'respondent')", name=op.f("ck_evidence_source_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_sha256"), ["sha256"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letter_sent_has_time")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'no_address')", name=op.f("ck_letter_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("cause", "recipient", "name", name=op.f("uq_letter_cause_recipient_name")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_case_id", ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_recipient"), ["recipient"], unique=False)

    op.create_table(
        "platform",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("api_url", sa.String(), nullable=False),
        sa.Column("hook_url", sa.String(), nullable=False),
        sa.Column("hook_secret", sa.LargeBinary(), nullable=False),
        sa.Column("api_token", sa.LargeBinary(), nullable=False),
        sa.Column("inbound_digest", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_platform")),
        sa.UniqueConstraint("inbound_digest", name=op.f("uq_platform_inbound_digest")),
    )
    op.create_table(
        "reporter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporter")),
    )
    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reporter_email_index"), ["email_index"], unique=False)

    op.create_table(
        "respondent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account_ref", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent")),
        sa.UniqueConstraint("platform", "account_ref", name=op.f("uq_respondent_platform_account_ref")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('reviewer', 'lead', 'admin')", name=op.f("ck_staff_role_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_task_done_has_time")),
        sa.CheckConstraint("state IN ('todo', 'run', 'done', 'dead')", name=op.f("ck_task_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("key", name=op.f("uq_task_key")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_open",
            ["queue", "due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('todo', 'run')"),
            postgresql_where=sa.text("state IN ('todo', 'run')"),
        )
        batch_op.create_index(batch_op.f("ix_task_topic"), ["topic"], unique=False)

    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_custody_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
    )
    with op.batch_alter_table("custody", schema=None) as batch_op:
        batch_op.create_index("ix_custody_evidence_id", ["evidence_id"], unique=False)

    op.create_table(
        "draft_file",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_draft_file_evidence_id")),
        sa.PrimaryKeyConstraint("draft_id", "evidence_id", name=op.f("pk_draft_file")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform_slug", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["platform_slug"], ["platform.slug"], name=op.f("fk_event_platform_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("platform_slug", "cause", name=op.f("uq_event_platform_slug_cause")),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("query_id", sa.String(), nullable=False),
        sa.Column("reference_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("band IN ('strong', 'possible', 'weak', 'none')", name=op.f("ck_match_band_known")),
        sa.CheckConstraint(
            "verdict IN ('supports', 'does_not_support', 'cannot_tell')", name=op.f("ck_match_verdict_known")
        ),
        sa.ForeignKeyConstraint(["query_id"], ["evidence.id"], name=op.f("fk_match_query_id")),
        sa.ForeignKeyConstraint(["reference_id"], ["evidence.id"], name=op.f("fk_match_reference_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint(
            "query_id",
            "reference_id",
            "detector",
            "version",
            name=op.f("uq_match_query_id_reference_id_detector_version"),
        ),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_reference_id"), ["reference_id"], unique=False)

    op.create_table(
        "preview",
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('thumb', 'large')", name=op.f("ck_preview_kind_known")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_preview_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", "kind", name=op.f("pk_preview")),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'done', 'failed', 'not_applicable')", name=op.f("ck_scan_state_known")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_scan_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("evidence_id", "detector", "version", name=op.f("uq_scan_evidence_id_detector_version")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "signal",
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_signal_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", "detector", "version", name=op.f("pk_signal")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reporter_id", sa.String(), nullable=False),
        sa.Column("claimant_id", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claimant_id"], ["claimant.id"], name=op.f("fk_standing_claimant_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_standing_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_claimant_id"), ["claimant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "subject",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("content_ref", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("respondent_id", sa.String(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capture", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_subject_respondent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("key", name=op.f("uq_subject_key")),
    )
    with op.batch_alter_table("subject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subject_respondent_id"), ["respondent_id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attempt_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_attempt")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("best_band", sa.String(), nullable=False),
        sa.Column("thumb_evidence_id", sa.String(), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name=op.f("ck_case_decided_has_time")),
        sa.CheckConstraint("state IN ('open', 'asked', 'decided', 'closed')", name=op.f("ck_case_state_known")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_case_subject_id")),
        sa.ForeignKeyConstraint(["thumb_evidence_id"], ["evidence.id"], name=op.f("fk_case_thumb_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_reference")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_queue",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )
        batch_op.create_index(batch_op.f("ix_case_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(
            "uq_case_open_subject",
            ["subject_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("standing_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('face', 'voice')", name=op.f("ck_consent_purpose_known")),
        sa.ForeignKeyConstraint(["standing_id"], ["standing.id"], name=op.f("fk_consent_standing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_standing_id"), ["standing_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("standing_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("wrong", sa.String(), nullable=False),
        sa.Column("work_title", sa.String(), nullable=False),
        sa.Column("time_position", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("book_version", sa.String(), nullable=False),
        sa.Column("good_faith_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["standing_id"], ["standing.id"], name=op.f("fk_report_standing_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_report_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("form_key", name=op.f("uq_report_form_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_report_reference")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_standing_id"), ["standing_id"], unique=False)
        batch_op.create_index("ix_report_subject_id", ["subject_id"], unique=False)

    op.create_table(
        "case_report",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_report_case_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_report_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_case_report")),
    )
    with op.batch_alter_table("case_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_report_case_id"), ["case_id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_claim_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_claim_staff_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("book_version", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.String(), nullable=True),
        sa.CheckConstraint("verdict IN ('upheld', 'rejected')", name=op.f("ck_decision_verdict_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_decision_staff_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["decision.id"], name=op.f("fk_decision_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("case_id", "case_version", name=op.f("uq_decision_case_id_case_version")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.CheckConstraint("sent_by IN ('staff', 'party')", name=op.f("ck_message_sender_known")),
        sa.CheckConstraint("side IN ('reporter', 'respondent')", name=op.f("ck_message_side_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_case_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_message_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_message_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_evidence",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_report_evidence_evidence_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_evidence_report_id")),
        sa.PrimaryKeyConstraint("report_id", "evidence_id", name=op.f("pk_report_evidence")),
    )
    with op.batch_alter_table("report_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_evidence_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_action_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("decision_id", "kind", name=op.f("uq_action_decision_id_kind")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_decision_id"), ["decision_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('supported', 'not_supported', 'cannot_tell')", name=op.f("ck_finding_answer_known")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_finding_decision_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_finding_report_id")),
        sa.PrimaryKeyConstraint("decision_id", "report_id", name=op.f("pk_finding")),
    )
    op.create_table(
        "statement",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_statement_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "language", name=op.f("pk_statement")),
    )
    op.create_table(
        "strike",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("respondent_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_strike_decision_id")),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_strike_respondent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_strike_decision_id")),
    )
    with op.batch_alter_table("strike", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strike_respondent_id"), ["respondent_id"], unique=False)

    op.create_table(
        "effect",
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'drifted')) <= (confirmed_at IS NOT NULL)",
            name=op.f("ck_effect_confirmed_has_time"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'confirmed', 'drifted', 'failed')", name=op.f("ck_effect_state_known")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_effect_action_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_effect_event_id")),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_effect")),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_effect_event_id"), ["event_id"], unique=False)

    for name in APPEND_ONLY:
        for statement in append_only_ddl(name)[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_effect_event_id"))

    op.drop_table("effect")
    with op.batch_alter_table("strike", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strike_respondent_id"))

    op.drop_table("strike")
    op.drop_table("statement")
    op.drop_table("finding")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_decision_id"))

    op.drop_table("action")
    with op.batch_alter_table("report_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_evidence_evidence_id"))

    op.drop_table("report_evidence")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_report_id"))
        batch_op.drop_index(batch_op.f("ix_message_case_id"))

    op.drop_table("message")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_staff_id"))
        batch_op.drop_index(batch_op.f("ix_decision_case_id"))

    op.drop_table("decision")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_staff_id"))

    op.drop_table("claim")
    with op.batch_alter_table("case_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_report_case_id"))

    op.drop_table("case_report")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_subject_id")
        batch_op.drop_index(batch_op.f("ix_report_standing_id"))

    op.drop_table("report")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_standing_id"))

    op.drop_table("consent")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_open_subject",
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )
        batch_op.drop_index(batch_op.f("ix_case_subject_id"))
        batch_op.drop_index(
            "ix_case_queue",
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )

    op.drop_table("case")
    op.drop_table("attempt")
    with op.batch_alter_table("subject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subject_respondent_id"))

    op.drop_table("subject")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_standing_claimant_id"))

    op.drop_table("standing")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("signal")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_evidence_id"))

    op.drop_table("scan")
    op.drop_table("preview")
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_reference_id"))

    op.drop_table("match")
    op.drop_table("event")
    op.drop_table("draft_file")
    with op.batch_alter_table("custody", schema=None) as batch_op:
        batch_op.drop_index("ix_custody_evidence_id")

    op.drop_table("custody")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_topic"))
        batch_op.drop_index(
            "ix_task_open",
            sqlite_where=sa.text("state IN ('todo', 'run')"),
            postgresql_where=sa.text("state IN ('todo', 'run')"),
        )

    op.drop_table("task")
    op.drop_table("staff")
    op.drop_table("respondent")
    with op.batch_alter_table("reporter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reporter_email_index"))

    op.drop_table("reporter")
    op.drop_table("platform")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_recipient"))
        batch_op.drop_index("ix_letter_case_id")

    op.drop_table("letter")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_sha256"))

    op.drop_table("evidence")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_touched_at"))

    op.drop_table("draft")
    op.drop_table("claimant")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_verb"))
        batch_op.drop_index("ix_audit_entry_object")
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
