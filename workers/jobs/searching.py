"""Reads again what changed, so that search finds it as it is now."""

from __future__ import annotations

from webapp.core.db import transaction
from webapp.domain.search import service
from workers.run import Work


def catch_up(work: Work, **_ids: str) -> None:
    """`search.due`, and whatever should be found at once: a batch a transaction, until nothing is left."""
    while True:
        work.renew()
        with transaction():
            if service.catch_up() < service.BATCH:
                break
    with work.finish():
        pass  # each batch was kept by itself; a repeat finds only what is left
