"""Toy handlers, and the real worker and sweeper running them: `python -m tests.workers.toys worker work|sweeper`.

Only the page of routes is longer here than in production; everything else is the real thing.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from webapp.core import audit, outbox
from webapp.core.audit import SYSTEM
from workers import routes, sweeper, worker
from workers.routes import Handler
from workers.run import Work

HERE = "tests.workers.toys."


def note(work: Work, thing: str) -> None:
    """The smallest handler: one effect, counted in the audit log."""
    with work.finish():
        audit.record(SYSTEM, "toy.note", "toy", thing)


def slow(work: Work, thing: str, ms: int) -> None:
    """Takes `ms` milliseconds before its effect, so that it can be killed in the middle."""
    with work.holding():
        time.sleep(ms / 1000)
    with work.finish():
        audit.record(SYSTEM, "toy.slow", "toy", thing)


def broken(work: Work, thing: str) -> None:
    """Fails every time."""
    raise ValueError(f"{thing} holds somebody's address: a@example.org")


def hopeless(work: Work, thing: str) -> None:
    """Knows that trying again is no use."""
    raise outbox.Permanent("nobody lives there")


def patient(work: Work, thing: str) -> None:
    """Knows when to try again."""
    raise outbox.Later(timedelta(minutes=7), "the platform sleeps")


def forgetful(work: Work, thing: str) -> None:
    """Comes back without finishing."""


def half(work: Work, thing: str) -> None:
    """Fails in the middle of saving."""
    with work.finish():
        audit.record(SYSTEM, "toy.half", "toy", thing)
        raise RuntimeError("half way")


ROUTES = {
    "toy.note": (Handler(HERE + "note"),),
    "toy.slow": (Handler(HERE + "slow"),),
    "toy.broken": (Handler(HERE + "broken"),),
    "toy.hopeless": (Handler(HERE + "hopeless"),),
    "toy.patient": (Handler(HERE + "patient"),),
    "toy.forgetful": (Handler(HERE + "forgetful"),),
    "toy.half": (Handler(HERE + "half"),),
    "toy.both": (Handler(HERE + "note"), Handler(HERE + "hopeless", "mail")),
    "toy.nobody": (),
}


def add_routes() -> None:
    """Lengthen the page of routes in this process."""
    routes.ROUTES.update(ROUTES)


if __name__ == "__main__":
    add_routes()
    sys.exit(worker.main(sys.argv[2:]) if sys.argv[1] == "worker" else sweeper.main())
