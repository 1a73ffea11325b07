"""Migrations: up from empty gives exactly the models; down and up again works; append-only tables refuse change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from apiflask import APIFlask
from sqlalchemy import inspect, text

from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db


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
