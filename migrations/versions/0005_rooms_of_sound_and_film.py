"""Rooms of sound and film

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


# What was measured of faces is what is measured of anybody now; its sealed bytes keep the name they were sealed under.
TEMPLATES = """
INSERT INTO biometric_template (id, consent_id, evidence_id, detector, version, purpose, data, made_at, expires_at)
SELECT id, consent_id, evidence_id, detector, version, purpose, data, made_at, expires_at FROM face_template
"""
# What was measured of voices cannot stay where only faces were: it is made again with the consent that is there.
FACES = """
INSERT INTO face_template (id, consent_id, evidence_id, detector, version, purpose, data, made_at, expires_at)
SELECT id, consent_id, evidence_id, detector, version, purpose, data, made_at, expires_at FROM biometric_template
WHERE purpose = 'face'
"""
KINDS = "kind IN ('thumb', 'large', 'wave', 'strip', 'play') OR kind LIKE 'at-%'"


def upgrade() -> None:
    op.create_table(
        "arriving",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_arriving_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arriving")),
        sa.UniqueConstraint("owner", "field", "sign", name=op.f("uq_arriving_owner_field_sign")),
    )
    with op.batch_alter_table("arriving", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arriving_began_at"), ["began_at"], unique=False)

    op.create_table(
        "detector_here",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_detector_here")),
    )
    op.create_table(
        "index_sound",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_index_sound_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_sound")),
        sa.UniqueConstraint(
            "evidence_id", "detector", "version", name=op.f("uq_index_sound_evidence_id_detector_version")
        ),
    )
    op.create_table(
        "index_mark",
        sa.Column("name", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sound_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["sound_id"], ["index_sound.id"], name=op.f("fk_index_mark_sound_id")),
        sa.PrimaryKeyConstraint("name", "sound_id", "at", name=op.f("pk_index_mark")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("index_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_mark_sound_id"), ["sound_id"], unique=False)

    op.create_table(
        "listening_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(about = 'file') = (evidence_id IS NOT NULL)", name=op.f("ck_listening_note_file_is_named")
        ),
        sa.CheckConstraint("about IN ('file', 'test', 'right')", name=op.f("ck_listening_note_about_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_listening_note_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_listening_note_evidence_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_listening_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening_note")),
    )
    with op.batch_alter_table("listening_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listening_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "biometric_template",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_biometric_template_consent_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_biometric_template_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_biometric_template")),
        sa.UniqueConstraint(
            "consent_id",
            "evidence_id",
            "detector",
            "version",
            name=op.f("uq_biometric_template_consent_id_evidence_id_detector_version"),
        ),
    )
    with op.batch_alter_table("biometric_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_biometric_template_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_biometric_template_expires_at"), ["expires_at"], unique=False)

    op.execute(TEMPLATES)
    op.drop_table("face_template")
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Double(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_preview_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_preview_kind_known"), KINDS)

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("live", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("part_from", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("part_to", sa.Double(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_report_live_known"), "live IN ('', 'now', 'was', 'no')")


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_live_known"), type_="check")
        batch_op.drop_column("part_to")
        batch_op.drop_column("part_from")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("live")

    op.execute("DELETE FROM preview WHERE kind NOT IN ('thumb', 'large')")
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_preview_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_preview_kind_known"), "kind IN ('thumb', 'large')")
        batch_op.drop_column("seconds")

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
        batch_op.create_index(batch_op.f("ix_face_template_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_face_template_evidence_id"), ["evidence_id"], unique=False)

    op.execute(FACES)
    with op.batch_alter_table("biometric_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_biometric_template_expires_at"))
        batch_op.drop_index(batch_op.f("ix_biometric_template_evidence_id"))

    op.drop_table("biometric_template")
    with op.batch_alter_table("listening_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listening_note_case_id"))

    op.drop_table("listening_note")
    with op.batch_alter_table("index_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_index_mark_sound_id"))

    op.drop_table("index_mark")
    op.drop_table("index_sound")
    op.drop_table("detector_here")
    with op.batch_alter_table("arriving", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arriving_began_at"))

    op.drop_table("arriving")
