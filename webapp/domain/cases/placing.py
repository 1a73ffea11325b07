"""Which queue a case waits in, and where: pure functions of what is known of it and of the rule book's queues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from webapp.domain.policy.shape import Book, Queue
from webapp.domain.policy.shape.queues import Criteria

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """What is known of a case that decides about its place."""

    kind: str
    priority: str
    rank: int
    band: str
    # The kinds of all its reports, also of those less urgent than the one that leads it.
    kinds: frozenset[str] = frozenset()
    # Languages its reports are written in; how many reporters are independent of one another (one address is one).
    languages: frozenset[str] = frozenset()
    reporters: int = 1
    # A report rests on a standing that somebody checked; every reporter has misused the form before.
    verified: bool = False
    misused: bool = False


def route(known: Known, book: Book) -> str:
    """The code of the first queue whose criteria fit; the queue for the rest fits always.

    A queue that asks for a training takes a case for any of its reports: who was not trained for what one of them shows
    must not meet it because another kind leads the case.
    """
    for code, queue in book.queues.queue.items():
        kinds = {known.kind} | (known.kinds if queue.skills else set())
        if not queue.by_hand and any(fits(queue.takes, replace(known, kind=kind), book) for kind in kinds):
            return code
    return book.queues.rest


def fits(wanted: Criteria, known: Known, book: Book) -> bool:
    """Whether a case is what the criteria ask for: each list given must hold what the case has."""
    kind = book.kinds.get(known.kind)
    named = known.kind in wanted.kinds or (kind is not None and kind.group in wanted.groups)
    return (
        (named or not (wanted.kinds or wanted.groups))
        and (known.priority in wanted.priorities or not wanted.priorities)
        and (known.rank in wanted.ranks or not wanted.ranks)
        and (known.band in wanted.bands or not wanted.bands)
        and (not wanted.languages or (bool(known.languages) and known.languages <= set(wanted.languages)))
    )


def points(known: Known, book: Book) -> list[list[str | int]]:
    """What moves the case forward or back, as [code of queues.toml, points]; what counts nothing is left out."""
    table, kind = book.queues.points, book.kinds.get(known.kind)
    further = min(max(0, known.reporters - 1) * table.reporters_each, table.reporters_most)
    found: dict[str, int] = {
        "harm": table.harm.get(known.priority, 0),
        "match": table.match.get(known.band, 0),
        "reporters": further,
        "verified": table.verified if known.verified else 0,
        "misuse": table.misuse if known.misused else 0,
        "minors": table.minors if kind is not None and kind.group in table.minor_groups else 0,
    }
    return [[code, number] for code, number in found.items() if number]


def lead(parts: list[list[str | int]], book: Book) -> int:
    """By how many hours these points move a case forward: their sum, never further than the book lets them."""
    most = book.queues.points.most
    return max(-most, min(most, sum(int(number) for _code, number in parts)))


def order_at(queue: Queue, *, due_at: datetime, opened_at: datetime, hours: int, asked: bool, book: Book) -> datetime:
    """The instant by which a queue is walked; it never changes by itself, whatever time it is.

    By priority: the due time, `hours` (see `lead`) earlier. By age: as if every case had the longest time there is,
    so that queues of different order can be read as one list. A case that waits for an answer: when it is due, for
    that is when the desk takes it up again (numbers.last_call_hours).
    """
    if asked or queue.order == "due":
        return due_at
    if queue.order == "oldest":
        return opened_at + longest(book)
    return due_at - hours * HOUR


def longest(book: Book) -> timedelta:
    """The longest time for a decision the book gives any case."""
    return max(priority.decision_hours for priority in book.priorities.values()) * HOUR
