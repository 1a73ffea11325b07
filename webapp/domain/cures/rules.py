"""Thinking about cures and the live challenge: what is offered, until when, what the phrase is, what comes after."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from webapp.core.lifecycle import Lifecycle
from webapp.domain.policy.shape import Book, Cure

OFFER = Lifecycle(
    "cure",
    "offered",
    {("offered", "cure"): "cured", ("offered", "lapse"): "lapsed", ("offered", "withdraw"): "withdrawn"},
)
CHALLENGE = Lifecycle("challenge", "asked", {("asked", "pass"): "passed", ("asked", "fail"): "failed"})
# One colour and four digits: about 80,000 phrases, so none can be recorded beforehand; words a child knows, said in
# two seconds, and the same in both languages, since nobody knows yet which one the person on the stream speaks.
COLOURS = (
    ("红色", "red"),
    ("橙色", "orange"),
    ("黄色", "yellow"),
    ("绿色", "green"),
    ("蓝色", "blue"),
    ("紫色", "purple"),
    ("黑色", "black"),
    ("白色", "white"),
)
DIGITS = 4


def cure_of(kind: str, book: Book) -> Cure | None:
    """How an account can put this kind right by itself; None where the book knows no cure."""
    found = book.kinds.get(kind)
    return found.cure if found else None


def clock_of(kind: str, started_by: str, book: Book) -> str:
    """The party's clock that this event starts for the kind, '' when the book has none."""
    for code, clock in book.clocks.items():
        fits = not clock.kinds or kind in clock.kinds
        if clock.enabled and clock.on == "case" and clock.starts == started_by and clock.duty == "party" and fits:
            return code
    return ""


def phrase() -> str:
    """A phrase nobody can know beforehand, in both languages: "蓝色 4 0 7 2 · blue 4 0 7 2"."""
    zh, en = secrets.choice(COLOURS)
    digits = " ".join(str(secrets.randbelow(10)) for _ in range(DIGITS))
    return f"{zh} {digits} · {en} {digits}"


def failures(states: Sequence[str]) -> int:
    """How many tries in a row failed up to now; a passed one wipes the slate. `states` are in the order asked."""
    failed = 0
    for state in states:
        failed = 0 if state == "passed" else failed + (state == "failed")
    return failed


def tries_left(states: Sequence[str], book: Book) -> int:
    """How many more challenges may be asked; `states` as `failures` takes them."""
    return max(0, book.numbers.live_tries - failures(states))


def suggested(kind: str, lapsed: bool, failed: int, book: Book) -> tuple[str, ...]:
    """Measures the desk finds ticked: what the book says of a live stream nobody answered for (the kind's default
    measures) once every try failed; the cure's own measure when it lapsed; else nothing beyond the usual."""
    if kind not in book.kinds:
        return ()
    if failed >= book.numbers.live_tries:
        return book.kinds[kind].default_actions
    cure = cure_of(kind, book)
    return (cure.lapse or cure.action,) if lapsed and cure else ()
