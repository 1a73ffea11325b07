"""Limits while the queue server goes away under many requests at once: none breaks, none goes unlimited."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from apiflask import APIFlask

from webapp.core import limits
from webapp.core.limits import limiter

AT_ONCE = 12


def test_requests_that_all_meet_the_dead_server_at_once_are_answered_and_counted(app: APIFlask) -> None:
    """One of them notices first and switches over; the others, already on their way to the server, follow it."""
    fresh = APIFlask("doors", static_folder=None)
    fresh.config["SETTINGS"] = app.config["SETTINGS"]  # names a queue server that is not there
    counted = type(limiter)(key_func=lambda: "somebody", in_memory_fallback_enabled=True, key_prefix="test")
    limits.init_app(fresh, counted)
    together = Barrier(AT_ONCE)

    @fresh.before_request
    def wait_for_all() -> None:
        together.wait(10)

    @fresh.get("/door")
    @counted.limit("10 per hour")
    def door() -> str:
        return "open"

    def knock(_number: int) -> int:
        return fresh.test_client().get("/door").status_code

    with ThreadPoolExecutor(AT_ONCE) as people:
        assert Counter(people.map(knock, range(AT_ONCE))) == {200: 10, 429: 2}
