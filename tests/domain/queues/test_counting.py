"""Counted in the background, found again after an upgrade, sorted after the book changed; and every look is a seek."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import event

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from tests.processing import process_all
from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.queues import counting, interests, queries, service
from webapp.domain.queues.models import QueueCount

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def count() -> dict[str, QueueCount]:
    """What the timer does."""
    with transaction():
        outbox.post("queues.counting")
    process_all()
    return queries.counts()


def test_what_waits_what_is_late_and_since_when(app: APIFlask, cast: Cast) -> None:
    """Open cases wait, held or not; those asked about wait for others; closed ones for nobody."""
    with time_machine.travel(NOON, tick=False) as clock:
        send("FRAUD", content_ref="a")
        clock.move_to(NOON + timedelta(hours=1))
        asked = send("FRAUD", content_ref="b")
        send(content_ref="c")
        gone = send(content_ref="d")
        with transaction():
            case = cases.case_of(asked.id)
            case_verbs.take(case.id, cast.rui)
            case_verbs.ask(case, asked, cast.rui, "Who sent you the link?")
            case_verbs.withdraw(gone, REPORTER)
        clock.move_to(NOON + timedelta(hours=30))
        found = count()
        urgent, works, nobody = (found[code] for code in ("urgent", "works", "minors"))
    assert (urgent.waiting, urgent.asked, urgent.late, urgent.oldest_at) == (1, 1, 1, NOON)
    assert (works.waiting, works.asked, works.oldest_at) == (1, 0, NOON + timedelta(hours=1))
    assert (nobody.waiting, nobody.oldest_at, nobody.due_at) == (0, None, None)
    assert urgent.counted_at == NOON + timedelta(hours=30)


def test_cases_of_a_queue_that_is_gone_find_one_by_themselves(app: APIFlask, cast: Cast) -> None:
    """As after an upgrade, when no case had a queue yet: the next count puts them where the book wants them."""
    lost = [cases.case_of(send(kind, content_ref=kind).id).id for kind in ("FRAUD", "COPY_IMAGE")]
    with transaction():
        db.session.query(Case).update({"queue": "", "queue_fixed": True})
    assert queries.next_for(cast.rui) is None
    count()
    assert [(cases.get(case_id).queue, cases.get(case_id).queue_fixed) for case_id in lost] == [
        ("urgent", False),
        ("works", False),
    ]
    count()
    assert db.session.query(Task).filter_by(topic="queues.sorting").count() == 1  # nothing was lost any more


def test_sorting_by_hand_leaves_what_a_person_moved(app: APIFlask, cast: Cast) -> None:
    """`flask queues sort` after queues.toml changed; `flask queues list` says how it stands."""
    moved, stale = (cases.case_of(send(content_ref=ref).id).id for ref in "ab")
    with transaction():
        service.move(moved, "labels", cast.rui, "It is about the label.")
        cases.get(stale).queue = "person"
    run = app.test_cli_runner().invoke
    done = run(args=["queues", "sort"])
    assert done.exit_code == 0 and "1 cases changed their queue" in done.output
    assert (cases.get(moved).queue, cases.get(stale).queue) == ("labels", "works")
    listed = run(args=["queues", "list"]).output
    assert re.search(r"works +1 waiting +0 with others", listed)
    assert "english and person both claim LIKENESS" in listed


@pytest.fixture
def plans(app: APIFlask) -> Iterator[Callable[[Callable[[], object]], list[str]]]:
    """How SQLite walks the table of cases while something is looked at."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if 'FROM "case"' in statement:
            sent.append((statement, parameters))

    def explain(look: Callable[[], object]) -> list[str]:
        sent.clear()
        look()
        asked = list(sent)
        cursor = db.session.connection().connection.cursor()
        steps = [
            row[3] for statement, values in asked for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
        return [step for step in steps if re.search(r"\bcase\b", step)]

    event.listen(db.engine, "before_cursor_execute", note)
    yield explain
    event.remove(db.engine, "before_cursor_execute", note)


def test_every_look_of_a_reviewer_is_a_seek(
    app: APIFlask, cast: Cast, plans: Callable[[Callable[[], object]], list[str]]
) -> None:
    """Next case, first page, a later page, one kind: along the partial indexes, whatever else there is."""
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL plans by the size of a table, and this one is nearly empty
    case = cases.case_of(send().id)
    place = (case.rank, case.order_at, case.id)
    with transaction():
        interests.declare(cast.rui, "reporter", "someone@example.org", "My sister", cast.rui)
    looks: list[tuple[Callable[[], object], set[str]]] = [
        (lambda: queries.next_for(cast.rui), {"ix_case_next", "ix_case_asked"}),
        (lambda: queries.page(cast.rui), {"ix_case_queue_named"}),
        (lambda: queries.page(cast.rui, "works", after=place), {"ix_case_queue_named"}),
        (lambda: queries.page(cast.rui, kind="FRAUD"), {"ix_case_kind"}),
        (counting.lost, {"ix_case_queue_named"}),
    ]
    for look, wanted in looks:
        steps = plans(look)
        assert steps and not [step for step in steps if step.startswith("SCAN")]
        used = {found[1] for step in steps if (found := re.search(r"INDEX (ix_\w+)", step))}
        assert used == wanted
    assert any("order_at<?" in step for step in plans(lambda: queries.next_for(cast.rui)) if "ix_case_asked" in step)
