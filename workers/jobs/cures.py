"""What time does to cures and live challenges: offers lapse, unanswered challenges count as failed."""

from __future__ import annotations

from webapp.domain.cures import queries
from webapp.domain.cures import service as cures
from workers.jobs.counters import one_by_one
from workers.run import Work


def lapse(work: Work) -> None:
    """`cures.lapsing`: offers whose time is over bring their case back to the desk."""
    one_by_one(work, queries.lapsing(), cures.lapse)


def fail(work: Work) -> None:
    """`challenges.failing`: challenges nobody answered in time count as failed."""
    one_by_one(work, queries.unanswered(), cures.fail)
