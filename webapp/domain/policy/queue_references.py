"""What queues.toml names in the rest of the book: every code exists, and no queue hides what its kinds need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from webapp.domain.policy.shape import Book, Queue

Wrong = tuple[tuple[str | int, ...], str]


def queue_wrongs(book: Book) -> Iterator[Wrong]:
    """Everything the shape alone cannot see: (place, one sentence without its full stop)."""
    chapter = book.queues
    for code, queue in chapter.queue.items():
        yield from _names(book, code, queue)
        yield from _hides(book, code, queue)
    points = ("queues", "points")
    for missing in sorted(book.priorities.keys() - chapter.points.harm.keys()):
        yield (*points, "harm"), f"points.harm says nothing of {missing}"
    yield from _known((*points, "minor_groups"), chapter.points.minor_groups, book.matrix, "matrix.toml")


def _names(book: Book, code: str, queue: Queue) -> Iterator[Wrong]:
    here = ("queues", "queue", code)
    yield from _known((*here, "takes"), queue.takes.kinds, book.kinds, "kinds")
    yield from _known((*here, "takes"), queue.takes.groups, book.matrix, "matrix.toml")
    yield from _known((*here, "takes"), queue.takes.priorities, book.priorities, "priorities.toml")
    yield from _known((*here, "skills"), queue.skills, book.queues.skills, "skills")
    yield from _known((*here, "hidden_actions"), queue.hidden_actions, book.actions, "actions")
    yield from _known((*here, "escalate_to"), filter(None, [queue.escalate_to]), book.queues.queue, "queues.toml")
    if queue.escalate_to == code:
        yield (*here, "escalate_to"), f"{code} passes hard cases on to itself"


def _hides(book: Book, code: str, queue: Queue) -> Iterator[Wrong]:
    """A measure that a kind of this queue suggests by default must be on offer there."""
    for kind in queue.takes.claims(book.kinds):
        if hidden := sorted(set(book.kinds[kind].default_actions) & set(queue.hidden_actions)):
            place = ("queues", "queue", code, "hidden_actions")
            yield place, f"{code} hides {hidden[0]!r}, which {kind} suggests"


def _known(place: tuple[str | int, ...], names: Iterable[str], known: Collection[str], where: str) -> Iterator[Wrong]:
    for name in names:
        if name not in known:
            yield place, f"{'.'.join(str(step) for step in place[1:])} names {name!r}, which is not in {where}"
