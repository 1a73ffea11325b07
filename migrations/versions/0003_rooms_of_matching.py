"""Rooms of matching

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.core.db import append_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# A fingerprint: 32 bytes on SQLite; PostgreSQL counts differing bits itself.
BITS = sa.LargeBinary(32).with_variant(postgresql.BIT(256), "postgresql")
SOURCES_BEFORE = "source IN ('reporter', 'platform', 'respondent')"
SOURCES = "source IN ('reporter', 'platform', 'respondent', 'registry')"
ORIGINS = "origin IN ('report', 'registered', 'decided')"


def upgrade() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('work', 'virtual_human')", name=op.f("ck_registration_kind_known")),
        sa.CheckConstraint("state IN ('active', 'ended')", name=op.f("ck_registration_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("number", name=op.f("uq_registration_number")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index("ix_registration_listing", ["added_at", "id"], unique=False)

    op.create_table(
        "tally",
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("supported", sa.Integer(), nullable=False),
        sa.Column("not_supported", sa.Integer(), nullable=False),
        sa.Column("cannot_tell", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("detector", "version", "band", name=op.f("pk_tally")),
    )
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("bits", BITS, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_fingerprint_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint")),
        sa.UniqueConstraint(
            "evidence_id", "detector", "version", name=op.f("uq_fingerprint_evidence_id_detector_version")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.create_index("ix_fingerprint_search", ["detector", "version", "id"], unique=False)

    op.create_table(
        "index_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("origin IN ('registered', 'decided')", name=op.f("ck_index_entry_origin_known")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_index_entry_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entry")),
        sa.UniqueConstraint("evidence_id", "origin", name=op.f("uq_index_entry_evidence_id_origin")),
    )
    op.create_table(
        "index_hit",
        sa.Column("query_id", sa.String(), nullable=False),
        sa.Column("found_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("identical", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('registered', 'decided')", name=op.f("ck_index_hit_origin_known")),
        sa.ForeignKeyConstraint(["found_id"], ["evidence.id"], name=op.f("fk_index_hit_found_id")),
        sa.ForeignKeyConstraint(["query_id"], ["evidence.id"], name=op.f("fk_index_hit_query_id")),
        sa.PrimaryKeyConstraint("query_id", "found_id", "origin", name=op.f("pk_index_hit")),
    )
    with op.batch_alter_table("index_hit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_hit_found_id"), ["found_id"], unique=False)

    op.create_table(
        "lookup",
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("among", sa.Integer(), nullable=False),
        sa.Column("age", sa.Double(), nullable=False),
        sa.Column("lacking", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('done', 'stale', 'bytes')", name=op.f("ck_lookup_state_known")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_lookup_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_lookup")),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('declared', 'suspected', 'no_evidence')", name=op.f("ck_reading_answer_known")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_reading_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("evidence_id", "reader", "version", name=op.f("uq_reading_evidence_id_reader_version")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "registration_item",
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_registration_item_evidence_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_registration_item_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", "evidence_id", name=op.f("pk_registration_item")),
    )
    with op.batch_alter_table("registration_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_item_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "rescan",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'paused', 'done')", name=op.f("ck_rescan_state_known")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rescan_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescan")),
    )
    op.create_table(
        "threshold_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("strong", sa.Double(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("weak", sa.Double(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("replay", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= strong AND strong <= possible AND possible <= weak", name=op.f("ck_threshold_change_bands_widen")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_threshold_change_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_change")),
    )
    with op.batch_alter_table("threshold_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_threshold_change_detector"), ["detector"], unique=False)

    op.create_table(
        "suppression",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("claimant_key", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("match_id", sa.String(), nullable=True),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('content', 'account')", name=op.f("ck_suppression_scope_known")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_suppression_match_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_suppression_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint(
            "claimant_key", "detector", "scope", "value", name=op.f("uq_suppression_claimant_key_detector_scope_value")
        ),
    )
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suppression_value"), ["value"], unique=False)

    op.create_table(
        "face_template",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_face_template_consent_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_face_template_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_template")),
        sa.UniqueConstraint(
            "consent_id",
            "evidence_id",
            "detector",
            "version",
            name=op.f("uq_face_template_consent_id_evidence_id_detector_version"),
        ),
    )
    with op.batch_alter_table("face_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_face_template_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_face_template_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "judged",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('supported', 'not_supported', 'cannot_tell')", name=op.f("ck_judged_answer_known")
        ),
        sa.CheckConstraint("band IN ('strong', 'possible', 'weak', 'none')", name=op.f("ck_judged_band_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_judged_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_judged_decision_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_judged_report_id")),
        sa.PrimaryKeyConstraint("report_id", "detector", "version", name=op.f("pk_judged")),
    )
    with op.batch_alter_table("judged", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judged_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_judged_detector", ["detector", "version", "distance"], unique=False)

    op.create_table(
        "label_check",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("offer_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (checked_at IS NULL)", name=op.f("ck_label_check_checked_has_time")),
        sa.CheckConstraint(
            "state IN ('waiting', 'found', 'trace', 'not_found', 'unread', 'missing', 'unreachable')",
            name=op.f("ck_label_check_state_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_label_check_case_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["cure_offer.id"], name=op.f("fk_label_check_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_check")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_label_check_offer_id")),
    )
    with op.batch_alter_table("label_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_check_case_id"), ["case_id"], unique=False)

    op.create_table(
        "template_deletion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint(
            "why IN ('consent_withdrawn', 'report_withdrawn', 'standing_lost', 'case_closed', 'expired', 'erased')",
            name=op.f("ck_template_deletion_why_known"),
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_template_deletion_consent_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_template_deletion_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_deletion")),
    )
    with op.batch_alter_table("template_deletion", schema=None) as batch_op:
        batch_op.create_index("ix_template_deletion_consent_id", ["consent_id", "deleted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_template_deletion_number"), ["number"], unique=False)

    op.create_table(
        "block",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_why IN ('', 'time', 'taken_back')", name=op.f("ck_block_ended_why_known")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_block_action_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_block_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_block_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("action_id", name=op.f("uq_block_action_id")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_case_id"), ["case_id"], unique=False)

    op.create_table(
        "blocked_item",
        sa.Column("block_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_blocked_item_block_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_blocked_item_evidence_id")),
        sa.PrimaryKeyConstraint("block_id", "evidence_id", name=op.f("pk_blocked_item")),
    )
    with op.batch_alter_table("blocked_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocked_item_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "sighting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("block_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("found_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('identical', 'match')", name=op.f("ck_sighting_how_known")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_sighting_block_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_sighting_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_sighting_evidence_id")),
        sa.ForeignKeyConstraint(["found_id"], ["evidence.id"], name=op.f("fk_sighting_found_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("block_id", "evidence_id", name=op.f("uq_sighting_block_id_evidence_id")),
    )
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sighting_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sighting_evidence_id"), ["evidence_id"], unique=False)

    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(), nullable=False, server_default="report"))
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f("ck_match_origin_known"), sa.text(ORIGINS))

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_evidence_source_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_evidence_source_known"), sa.text(SOURCES))

    for statement in append_only_ddl("template_deletion")[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    # There is no registry any more; its files stay, as copies of the platform's own.
    op.execute("UPDATE evidence SET source = 'platform' WHERE source = 'registry'")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_evidence_source_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_evidence_source_known"), sa.text(SOURCES_BEFORE))
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_match_origin_known"), type_="check")
        batch_op.drop_column("superseded_at")
        batch_op.drop_column("origin")

    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sighting_evidence_id"))
        batch_op.drop_index(batch_op.f("ix_sighting_case_id"))

    op.drop_table("sighting")
    with op.batch_alter_table("blocked_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blocked_item_evidence_id"))

    op.drop_table("blocked_item")
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_block_case_id"))

    op.drop_table("block")
    with op.batch_alter_table("template_deletion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_deletion_number"))
        batch_op.drop_index("ix_template_deletion_consent_id")

    op.drop_table("template_deletion")
    with op.batch_alter_table("label_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_label_check_case_id"))

    op.drop_table("label_check")
    with op.batch_alter_table("judged", schema=None) as batch_op:
        batch_op.drop_index("ix_judged_detector")
        batch_op.drop_index(batch_op.f("ix_judged_case_id"))

    op.drop_table("judged")
    with op.batch_alter_table("face_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_face_template_expires_at"))
        batch_op.drop_index(batch_op.f("ix_face_template_evidence_id"))

    op.drop_table("face_template")
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suppression_value"))

    op.drop_table("suppression")
    with op.batch_alter_table("threshold_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_threshold_change_detector"))

    op.drop_table("threshold_change")
    op.drop_table("rescan")
    with op.batch_alter_table("registration_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_item_evidence_id"))

    op.drop_table("registration_item")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_evidence_id"))

    op.drop_table("reading")
    op.drop_table("lookup")
    with op.batch_alter_table("index_hit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_index_hit_found_id"))

    op.drop_table("index_hit")
    op.drop_table("index_entry")
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.drop_index("ix_fingerprint_search")

    op.drop_table("fingerprint")
    op.drop_table("tally")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_listing")

    op.drop_table("registration")
