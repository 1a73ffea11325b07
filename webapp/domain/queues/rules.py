"""Who may enter a queue, where two queues claim the same, and what a note may hold: pure functions of the rule book."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from webapp.core.errors import NotAllowed, Refused
from webapp.domain.policy.shape import Book, Queue
from webapp.domain.policy.shape.queues import Criteria

LONGEST_NOTE = 500  # characters of a reason; enough for a few sentences, too little for a file


@dataclass(frozen=True)
class Overlap:
    """Two queues name the same kinds. `first` takes what fits both; `never` are kinds that cannot reach `second`."""

    first: str
    second: str
    kinds: tuple[str, ...]
    never: tuple[str, ...]


def barred(queue: Queue, role: str, skills: Collection[str], reads: Collection[str]) -> str:
    """Why a person may not work in this queue: 'role', 'skill' or 'language'; '' where they may."""
    if role not in queue.roles:
        return "role"
    if not set(queue.skills) <= set(skills):
        return "skill"
    return "" if set(queue.reads) <= set(reads) else "language"


def require(queue: Queue, role: str, skills: Collection[str], reads: Collection[str]) -> None:
    """Raise NotAllowed('queue_role', 'queue_skill' or 'queue_language') where the queue is closed to the person."""
    if why := barred(queue, role, skills, reads):
        raise NotAllowed(f"queue_{why}")


def overlaps(book: Book) -> list[Overlap]:
    """Every two queues that name some of the same kinds and can both fit one case, in the order of the file."""
    named = [(code, q.takes, q.takes.claims(book.kinds)) for code, q in book.queues.queue.items()]
    return list(_overlaps([row for row in named if row[2]]))


def _overlaps(named: list[tuple[str, Criteria, tuple[str, ...]]]) -> Iterator[Overlap]:
    for n, (second, later, claimed) in enumerate(named):
        for first, earlier, taken in named[:n]:
            both = tuple(kind for kind in claimed if kind in taken)
            if both and _meet(earlier, later):
                yield Overlap(first, second, both, both if _covers(earlier, later) else ())


# The lists beside the kinds; each may narrow what a queue takes.
NARROWING = ("priorities", "bands", "languages", "ranks")


def _meet(one: Criteria, other: Criteria) -> bool:
    """Whether a case can be what both ask for, kinds aside."""
    for name in NARROWING:
        a, b = getattr(one, name), getattr(other, name)
        if a and b and not set(a) & set(b):
            return False
    return True


def _covers(one: Criteria, other: Criteria) -> bool:
    """Whether everything `other` asks for is what `one` asks for, kinds aside: then `other` is never reached."""
    for name in NARROWING:
        a, b = getattr(one, name), getattr(other, name)
        if a and not (b and set(b) <= set(a)):
            return False
    return True


def check_reason(text: str) -> str:
    """The reason without spaces around. Raises Refused('reroute_why_missing' or 'text_too_long')."""
    text = text.strip()
    if not text:
        raise Refused("reroute_why_missing")
    return check_note(text)


def check_note(text: str) -> str:
    """An optional note. Raises Refused('text_too_long')."""
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Refused("text_too_long", length=len(text), limit=LONGEST_NOTE)
    return text
