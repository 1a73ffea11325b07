"""How each queue stands, counted in the background and written down, so that no page ever counts."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from sqlalchemy import and_, case, delete, func, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.cases.models import Case
from webapp.domain.cases.weighing import weigh
from webapp.domain.policy.queries import book
from webapp.domain.queues.models import QueueCount
from webapp.domain.queues.queries import LIVE

BATCH = 100  # cases sorted in one transaction: other writers wait for as long as that takes


def look() -> list[QueueCount]:
    """The rows as they stand now, one a queue of the book, not written yet. One walk along the index of live cases,
    however many were closed.
    """
    moment = now()
    workable = and_(Case.state == "open", Case.ready)
    statement = (
        select(
            Case.queue,
            func.count().filter(workable),
            func.count().filter(~workable),
            func.count().filter(workable, Case.due_at < moment, Case.due_code != ""),
            func.min(case((workable, Case.opened_at))),
            func.min(case((and_(workable, Case.due_code != ""), Case.due_at))),
        )
        .where(LIVE)
        .group_by(Case.queue)
    )
    found = {code: numbers for code, *numbers in db.session.execute(statement)}
    return [_row(code, moment, *found.get(code, (0, 0, 0, None, None))) for code in book().queues.queue]


def _row(
    code: str, moment: datetime, waiting: int, asked: int, late: int, oldest: datetime | None, due: datetime | None
) -> QueueCount:
    return QueueCount(
        queue=code, waiting=waiting, asked=asked, late=late, oldest_at=oldest, due_at=due, counted_at=moment
    )


def keep(rows: list[QueueCount]) -> None:
    """Write down how the queues stand; a queue the book no longer has is forgotten."""
    require_transaction("queues.keep")
    db.session.execute(delete(QueueCount).where(QueueCount.queue.not_in(book().queues.queue)))
    for row in rows:
        db.session.merge(row)


def lost() -> list[Case]:
    """Live cases in a queue the book does not have (after an upgrade, or a queue was renamed); at most BATCH of them.

    Looks into the gaps between the codes the book has, so that it costs nothing while there are none.
    """
    known = sorted(book().queues.queue)
    gaps = [(None, known[0]), *pairwise(known), (known[-1], None)]
    found: list[Case] = []
    for above, below in gaps:
        inside = [Case.queue > above] if above is not None else []
        inside += [Case.queue < below] if below is not None else []
        walk = select(Case).where(LIVE, *inside).order_by(Case.queue, Case.rank, Case.order_at, Case.id)
        found += db.session.scalars(walk.limit(BATCH - len(found))) if len(found) < BATCH else []
    return found


def find_lost() -> int:
    """Put them where the book wants them; gives how many there were, BATCH when there may be more."""
    require_transaction("queues.find_lost")
    found = lost()
    for one in found:
        weigh(one)
    return len(found)


def sort(after: str = "") -> tuple[str, int]:
    """Weigh the next live cases again, so that they wait where the present book wants them; a case a person put
    somewhere stays there. Gives the last id ('' at the end: begin there next time) and how many changed their queue.
    """
    require_transaction("queues.sort")
    statement = select(Case).where(LIVE, Case.id > after).order_by(Case.id).limit(BATCH)
    found = list(db.session.scalars(statement))
    moved = 0
    for one in found:
        before = one.queue
        weigh(one)
        moved += one.queue != before
    return (found[-1].id if len(found) == BATCH else ""), moved
