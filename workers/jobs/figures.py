"""The figures for leads: days are counted by the clock, outside any transaction, and each is kept in a short one."""

from __future__ import annotations

from webapp.core.db import transaction
from webapp.domain.figures import service
from workers.run import Work

DAYS = 40  # counted at one time, so that a desk with years behind it catches up within an hour and stops nobody else


def count(work: Work) -> None:
    """`figures.due`: today, and days that ended since they were counted, the latest first."""
    for day in service.due(DAYS):
        counted, moment = service.count(day)
        work.renew()
        with transaction():
            service.keep(day, counted, moment)
    with work.finish():
        pass  # each day was kept by itself; a repeat counts the same
