"""Migrations: up from empty gives exactly the models; down and up again works; append-only tables refuse change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from apiflask import APIFlask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.core.sealed import SealedBytes
from webapp.domain.biometrics.models import Template
from webapp.domain.cases.models import Case, CaseTouch
from webapp.domain.claimants.models import Consent
from webapp.domain.clocks.models import Clock
from webapp.domain.decisions.models import Decision
from webapp.domain.matching.models import Match
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[APIFlask]:
    """An app on a database without a single table."""
    app = create_base_app(Settings(REDRESS_DATA=tmp_path, SECRET_KEY="0" * 40))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_from_empty_equals_the_models(empty: APIFlask) -> None:
    """Alembic finds nothing that the migrations left out."""
    flask_migrate.upgrade()
    flask_migrate.check()


def test_down_and_up_again(empty: APIFlask) -> None:
    """A way back exists, and leaves nothing behind."""
    flask_migrate.upgrade()
    tables = set(inspect(db.engine).get_table_names())
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    flask_migrate.upgrade()
    assert set(inspect(db.engine).get_table_names()) == tables


def test_the_guards_are_in_the_migrated_schema(empty: APIFlask) -> None:
    """The triggers come with the migration, not only with the models."""
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    for table in ("decision", "finding", "action", "statement", "audit_entry", "custody"):
        assert {f"{table}_no_update", f"{table}_no_delete"} <= names
    assert {"appeal_other_person_insert", "appeal_other_person_update"} <= names


OLD_ROWS = """
INSERT INTO staff VALUES ('s1', 'rui@desk.example', 'Rui', 'reviewer', 'en', 'x', 1, '2026-11-01');
INSERT INTO reporter VALUES ('p1', x'00', x'00', 'i', 'en', '2026-11-01');
INSERT INTO standing VALUES ('t1', 'p1', NULL, 'SELF', '2026-11-01');
INSERT INTO consent VALUES ('c1', 't1', 'face', '1', '2026-11-01', NULL);
INSERT INTO subject (id, key, platform, content_ref, address, title, capture, created_at)
  VALUES ('u1', 'k1', '', '', 'a', '', '', '2026-11-01'), ('u2', 'k2', '', '', 'a', '', '', '2026-11-01'),
         ('u3', 'k3', '', '', 'a', '', '', '2026-11-01');
INSERT INTO report (id, reference, secret_digest, form_key, kind, standing_id, subject_id, wrong, work_title,
                    time_position, source, language, book_version, good_faith_at, received_at)
  VALUES ('r1', 'R-1', 'd', 'f1', 'LIKENESS', 't1', 'u1', '这是我的脸', '', '', '', 'zh', '1', '2026-11-01',
          '2026-11-01');
INSERT INTO "case" (id, reference, subject_id, state, version, row_version, priority, kind, due_at, opened_at,
                    decided_at, report_count, best_band)
  VALUES ('a1', 'C-1', 'u1', 'open', 1, 1, 'P1', 'LIKENESS', '2026-11-03', '2026-11-01', NULL, 1, ''),
         ('a2', 'C-2', 'u2', 'closed', 1, 1, 'P1', 'LIKENESS', '2026-11-03', '2026-11-01', NULL, 0, ''),
         ('a3', 'C-3', 'u3', 'decided', 1, 1, 'P1', 'LIKENESS', '2026-11-03', '2026-11-01', '2026-11-02', 0, '');
INSERT INTO case_report VALUES ('r1', 'a1', '2026-11-01', NULL);
INSERT INTO decision (id, case_id, case_version, staff_id, verdict, ground, reason, note, book_version, decided_at)
  VALUES ('d1', 'a3', 1, 's1', 'upheld', 'LIKENESS', 'why', '', '1', '2026-11-02');
INSERT INTO action VALUES ('m1', 'd1', 0, 'remove', NULL, NULL);
INSERT INTO evidence VALUES
  ('e1', 'alleged', 'platform', 'h1', 1, 'image/png', 8, 8, 'a', '2026-11-01', NULL, NULL, NULL),
  ('e2', 'reference', 'reporter', 'h2', 1, 'image/png', 8, 8, 'b', '2026-11-01', NULL, NULL, NULL);
INSERT INTO match VALUES ('x1', 'e1', 'e2', 'phash', '1', 4.0, 56.0, 'strong', 'supports', 'same_picture', '[]',
  '2026-11-01');
"""


def test_what_is_there_comes_along(empty: APIFlask) -> None:
    """An installation of the first tables goes on: words sealed, clocks running, who decided known, nothing lost."""
    flask_migrate.upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in OLD_ROWS.split(";\n"):
            if statement.strip():
                connection.execute(text(statement.strip()))
    flask_migrate.upgrade()
    report = db.session.get_one(Report, "r1")
    assert (report.wrong, report.loss, report.mode) == ("这是我的脸", "", "notice")
    assert "脸".encode() not in db.session.execute(text("SELECT wrong FROM report")).scalar_one()
    clock = db.session.scalars(select(Clock)).one()
    assert (clock.code, clock.on_id, clock.state) == ("DECISION", "report:r1", "running")
    assert clock.due_at.isoformat() == "2026-11-03T00:00:00+00:00"
    assert (db.session.get_one(Case, "a1").due_code, db.session.get_one(Case, "a2").closed_at is None) == (
        "DECISION",
        False,
    )
    assert db.session.get(CaseTouch, ("a3", "s1")) is not None
    assert db.session.get_one(Consent, "c1").report_id == "r1"
    assert db.session.get_one(Decision, "d1").stage == "first"
    opened = db.session.get_one(Case, "a1")
    assert (opened.order_at, opened.queue, opened.ready, opened.part) == (opened.due_at, "", True, 0)
    waiting = db.session.execute(text("SELECT object_id FROM search_due WHERE what = 'case' ORDER BY 1")).scalars()
    assert list(waiting) == ["a1", "a2", "a3"]
    # Who worked here before goes on in every queue, until an administrator says what they are trained for.
    assert db.session.get_one(Staff, "s1").skills == ["minors", "intimate"]
    match = db.session.get_one(Match, "x1")
    assert (match.origin, match.superseded_at, match.band) == ("report", None, "strong")
    assert (report.live, report.seen_at, report.part_from) == ("", None, None)
    db.session.execute(text("UPDATE evidence SET source = 'registry' WHERE id = 'e2'"))
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE decision SET verdict = 'rejected'"))
    db.session.rollback()
    db.session.remove()
    flask_migrate.downgrade(revision="0001")
    assert db.session.execute(text("SELECT CAST(wrong AS TEXT) FROM report")).scalar_one() == "这是我的脸"
    sources = db.session.execute(text("SELECT id, source FROM evidence ORDER BY id")).all()
    assert [tuple(row) for row in sources] == [("e1", "platform"), ("e2", "platform")]


def test_what_was_measured_of_faces_stays_readable(empty: APIFlask) -> None:
    """Templates move into the table of all purposes; the bytes open under the name they were sealed under."""
    flask_migrate.upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in OLD_ROWS.split(";\n"):
            if statement.strip():
                connection.execute(text(statement.strip()))
    flask_migrate.upgrade(revision="0004")
    sealed = SealedBytes("face_template.data", "biometrics").process_bind_param(b"measured", db.engine.dialect)
    row = (
        "INSERT INTO face_template (id, consent_id, evidence_id, detector, version, purpose, data, made_at, expires_at)"
        " VALUES ('t1', 'c1', 'e2', 'face', '1', 'face', :data, '2026-11-01', '2027-04-01')"
    )
    with db.engine.begin() as connection:
        connection.execute(text(row), {"data": sealed})
    flask_migrate.upgrade()
    kept = db.session.scalars(select(Template)).one()
    assert (kept.id, kept.purpose, kept.data) == ("t1", "face", b"measured")
    db.session.remove()
    flask_migrate.downgrade(revision="0004")
    assert db.session.execute(text("SELECT data FROM face_template")).scalar_one() == sealed
