"""One command, one transaction: nothing half-saved, nothing nested, effects only after the commit."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from tests.builders import rearm, unguard
from webapp.core import audit, outbox
from webapp.core.audit import Actor, AuditEntry
from webapp.core.db import after_commit, db, in_transaction, keep_statistics, transaction
from webapp.core.outbox import Task

ME = Actor("system", "test")


def test_an_error_undoes_everything_and_runs_no_hook(app: APIFlask) -> None:
    """What failed half way leaves no row and tells nobody."""
    told: list[str] = []
    with pytest.raises(ValueError, match="half way"), transaction():
        outbox.post("something", evidence_id="1")
        audit.record(ME, "do", "thing", "1")
        after_commit(lambda: told.append("hook"))
        raise ValueError("half way")
    assert db.session.query(Task).count() == db.session.query(AuditEntry).count() == 0
    assert not told and not in_transaction()


def test_transactions_do_not_nest(app: APIFlask) -> None:
    """A verb that opens its own transaction inside another's is a mistake, and says so."""
    with transaction(), pytest.raises(RuntimeError, match="do not nest"), transaction():
        pass


@pytest.mark.parametrize("verb", [lambda: outbox.post("x"), lambda: audit.record(ME, "v", "o", "1")])
def test_effects_need_a_transaction(app: APIFlask, verb: object) -> None:
    """Messages and audit entries outside a transaction would be effects without a cause."""
    with pytest.raises(RuntimeError, match="open transaction"):
        verb()  # type: ignore[operator]  # a parametrised callable


def test_naive_times_are_refused_and_zones_become_utc(app: APIFlask) -> None:
    """An instant knows its zone; Shanghai noon is four in the morning in UTC."""
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=8)))
    with transaction():
        task = outbox.post("x", due_at=noon)
    assert db.session.get_one(Task, task.id).due_at == datetime(2026, 11, 22, 4, tzinfo=UTC)
    with pytest.raises(StatementError, match="time zone"), transaction():
        outbox.post("x").due_at = datetime(2026, 1, 1)  # noqa: DTZ001  # that is the mistake
        db.session.flush()


def test_forty_writers_all_get_their_turn(app: APIFlask) -> None:
    """Writers queue for the ticket instead of failing with "database is locked"."""
    errors: list[BaseException] = []

    def write() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    with transaction():
                        outbox.post("x")
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert db.session.query(Task).count() == 40


def test_the_audit_chain_shows_every_tampering(app: APIFlask) -> None:
    """Rows refuse change through the database; a change made behind its back breaks the chain at that row."""
    for number in range(5):
        with transaction():
            audit.record(ME, "do", "thing", str(number), words="人")
    assert audit.verify() is None
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text("UPDATE audit_entry SET object_id = '9' WHERE id = 3"))
    unguard("audit_entry")
    with transaction():
        db.session.execute(text("UPDATE audit_entry SET object_id = '9' WHERE id = 3"))
    assert audit.verify() == 3
    rearm("audit_entry")


def test_the_database_counts_anew_only_inside_a_transaction(app: APIFlask) -> None:
    with pytest.raises(RuntimeError):
        keep_statistics()
    with transaction():
        keep_statistics()
    with transaction():  # the connection is as good as before
        db.session.execute(text("SELECT 1"))
