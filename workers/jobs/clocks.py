"""Tells a lead of clocks that are about to be missed, or were."""

from __future__ import annotations

from webapp.core.db import transaction
from webapp.domain.clocks import service
from workers.run import Work


def watch(work: Work) -> None:
    """`clocks.due`: post what passed its alert or its due time since the last look, a batch a transaction."""
    while True:
        work.renew()
        with transaction():
            if service.watch() < service.BATCH:
                break
    with work.finish():
        pass  # each batch was kept by itself; a repeat finds only what is left
