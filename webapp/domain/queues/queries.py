"""Looking at the queues: what one person is offered next, a page of rows, who may enter, how each queue stood.

Nothing here counts or scans: every question is a seek along an index for each queue the person may enter, so that it
costs the same with a thousand cases and with a million.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, TextClause, exists, literal, select, text, tuple_, union_all
from sqlalchemy.orm import aliased, contains_eager

from webapp.core.clock import now
from webapp.core.db import Instant, db
from webapp.domain.cases.models import LIVE_SQL, Case, Claim
from webapp.domain.cases.queries import PAGE
from webapp.domain.cases.rules import ORDINARY, SLOWED, URGENT
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Queue
from webapp.domain.queues import interests, rules
from webapp.domain.queues.models import QueueCount, Rerouting, Skip
from webapp.domain.queues.rules import Overlap
from webapp.domain.reports.models import Subject
from webapp.domain.staff.models import Staff
from webapp.domain.wellbeing import queries as wellbeing

# The place of a case in the list: rank, then `order_at`, then the id.
Key = tuple[int, datetime, str]
# Written as the partial indexes have it: a bound parameter would keep the database from using them.
LIVE = text(f'"case".{LIVE_SQL}')
FREE = text('"case".state = \'open\' AND "case".ready')
ASKED = text("\"case\".state = 'asked'")


@dataclass(frozen=True)
class Entry:
    """A queue as one person finds it. `barred` is '' or why it is closed to them: 'role', 'skill', 'language'."""

    code: str
    queue: Queue
    barred: str


def entries(staff: Staff) -> list[Entry]:
    """Every queue of the book in its order, and whether this person may work in it."""
    return [
        Entry(code, queue, rules.barred(queue, staff.role, staff.skills, staff.reads))
        for code, queue in book().queues.queue.items()
    ]


def enterable(staff: Staff) -> list[str]:
    """Codes of the queues this person may work in, in the book's order."""
    return [entry.code for entry in entries(staff) if not entry.barred]


def overlaps() -> list[Overlap]:
    """Queues that claim the same kinds; none in a book whose queues are told apart by kind."""
    return rules.overlaps(book())


def page(staff: Staff, queue: str = "", kind: str = "", after: Key | None = None, limit: int = PAGE) -> Sequence[Case]:
    """Live cases of one queue, or of all this person may enter, in the order in which they are worked on.

    `after` is the key of the last row seen. With subject, claim and holder loaded; gives up to limit + 1 rows so that
    the caller knows of more. One query, whatever the number of rows.
    """
    codes = [code for code in enterable(staff) if queue in ("", code)]
    if not codes:
        return []
    statement = (
        select(Case)
        .join(Subject, Subject.id == Case.subject_id)
        .outerjoin(Claim, Claim.case_id == Case.id)
        .outerjoin(Staff, Staff.id == Claim.staff_id)
        .where(Case.id.in_(_first(_seeks(codes, LIVE, limit + 1, _beside(kind, after)), limit + 1)))
        .options(contains_eager(Case.subject), contains_eager(Case.claim).contains_eager(Claim.staff))
        .order_by(Case.rank, Case.order_at, Case.id)
    )
    return db.session.scalars(statement).all()


def _beside(kind: str, after: Key | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if kind:
        found.append(Case.kind == kind)
    if after is not None:
        rank, moment, case_id = after
        place = tuple_(literal(rank), literal(moment, Instant()), literal(case_id))
        found.append(tuple_(Case.rank, Case.order_at, Case.id) > place)
    return found


def next_for(staff: Staff, queue: str = "", skip: Collection[str] = ()) -> Case | None:
    """The case this person is offered next, from one queue or from all they may enter; None when nothing waits.

    Not what a colleague holds, what they passed over in this shift, or what they have an interest in. One that waits
    for an answer waits for the desk again shortly before it is due: the reporter was told so. Where every notice
    waits to be completed, or every clock stands still for a party, there is nothing to do yet; but urgent kinds never
    wait for papers (`Case.ready`). After much that is heavy something light comes first, unless they chose the queue.
    """
    codes = [code for code in enterable(staff) if queue in ("", code)]
    light = [code for code in codes if book().queues.of(code).exposure == "light"]
    found = None
    if not queue and wellbeing.avoid_heavy(staff.id):
        found = _next(staff, light, skip)
    found = found or _next(staff, codes, skip)
    return db.session.get(Case, found, populate_existing=True) if found else None


def _next(staff: Staff, codes: Sequence[str], skip: Collection[str]) -> str | None:
    if not codes:
        return None
    moment = now()
    last_call = moment + timedelta(hours=book().numbers.last_call_hours)
    offered = _offered(staff, skip, moment)
    # What waits for an answer is walked by its due time (placing.order_at), so this too is a range of the index.
    due: list[Any] = [Case.rank.in_((URGENT, ORDINARY, SLOWED)), Case.order_at < last_call, Case.ready]
    seeks = [*_seeks(codes, FREE, 1, offered), *_seeks(codes, ASKED, 1, [*due, *offered])]
    found: str | None = db.session.scalar(_first(seeks, 1))
    return found


def _offered(staff: Staff, skip: Collection[str], moment: datetime) -> list[ColumnElement[bool]]:
    """What makes a case one to offer to this person now. Each excludes few rows, so the seek stays short."""
    other = aliased(Claim)
    held = exists().where(other.case_id == Case.id, other.expires_at >= moment, other.staff_id != staff.id)
    passed = exists().where(Skip.case_id == Case.id, Skip.staff_id == staff.id, Skip.until_at > moment)
    found = [~held, ~passed, *interests.outside(staff.id)]
    return [*found, Case.id.not_in(skip)] if skip else found


def _seeks(
    codes: Sequence[str], state: TextClause, limit: int, beside: Sequence[ColumnElement[bool]]
) -> list[Subquery]:
    """For each queue its first cases in one state: where they stand, and which they are."""
    found = []
    for code in codes:
        statement = select(Case.rank, Case.order_at, Case.id).where(state, Case.queue == code, *beside)
        found.append(statement.order_by(Case.rank, Case.order_at, Case.id).limit(limit).subquery())
    return found


def _first(seeks: Sequence[Subquery], limit: int) -> Select[Any]:
    """The ids of the first over all of them."""
    merged = union_all(*(select(seek) for seek in seeks)).subquery()
    return select(merged.c.id).order_by(merged.c.rank, merged.c.order_at, merged.c.id).limit(limit)


def counts() -> dict[str, QueueCount]:
    """How each queue stood when it was last counted, by code; empty before the first count."""
    return {row.queue: row for row in db.session.scalars(select(QueueCount))}


def last_rerouting(case_id: str) -> Rerouting | None:
    """Who last put the case into another queue, from where and why."""
    return db.session.scalar(
        select(Rerouting).where(Rerouting.case_id == case_id).order_by(Rerouting.moved_at.desc()).limit(1)
    )


def skipped(case_id: str, staff_id: str) -> Skip | None:
    """This person's passing over of the case, as long as it lasts."""
    found = db.session.get(Skip, (case_id, staff_id))
    return found if found is not None and found.until_at > now() else None
