"""Carries an act on many cases out, a case a transaction; what cannot be done is noted and leaves the others alone."""

from __future__ import annotations

from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.domain.bulk import queries, service
from workers.run import Work


def carry_out(work: Work, act_id: str) -> None:
    """`bulk.started`: every case that waits. A repeat goes on where the first try stopped."""
    while (position := queries.next_waiting(act_id)) is not None:
        db.session.rollback()
        work.renew()
        try:
            with transaction():
                service.carry_out(act_id, position)
        except DomainError as error:
            with transaction():
                service.cannot(act_id, position, error)
    with work.finish():
        service.finish(act_id)
