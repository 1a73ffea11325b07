"""The page of routes is whole: every message anybody leaves has a line on it, and every line leads to a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from workers import routes
from workers.queues import QUEUES
from workers.schedule import TIMERS

ROOT = Path(__file__).parents[2]


def _posted() -> Iterator[tuple[str, str]]:
    """(topic, place) of every `outbox.post("…")` in the house and the workshop."""
    for folder in ("webapp", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or ast.unparse(node.func) != "outbox.post":
                    continue
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value), f"{path.name}:{node.lineno}"


def test_every_message_has_a_line() -> None:
    """A topic nobody knows would be parked; timers post theirs by name."""
    posted = dict(_posted())
    assert {"report.received", "decision.made", "event.created", "letter.written"} <= set(posted)
    lost = {topic: place for topic, place in posted.items() if topic not in routes.ROUTES}
    assert lost == {}
    assert {timer.topic for timer in TIMERS} <= set(routes.ROUTES)


def test_copying_from_a_platform_holds_nobodys_webhooks_back() -> None:
    """A platform may take its time to show its media; measures and read-backs have a worker of their own."""
    queue = {handler.name: handler.queue for handlers in routes.ROUTES.values() for handler in handlers}
    slow = queue["workers.jobs.capture.subject"]
    assert slow in QUEUES
    assert [name for name, other in queue.items() if other == slow] == ["workers.jobs.capture.subject"]


def test_every_line_leads_to_a_function_in_a_queue_that_is_served() -> None:
    """As the workers load it."""
    routes.load()
    assert {handler.queue for handlers in routes.ROUTES.values() for handler in handlers} <= set(QUEUES)
