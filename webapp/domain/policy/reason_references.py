"""What the ready reasons must keep: every kind can be decided either way in words, and both languages say the same."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.domain.policy.shape import Book
from webapp.domain.policy.shape.composing import Reason

Wrong = tuple[tuple[str | int, ...], str]
VERDICTS = ("upheld", "rejected")


def reason_wrongs(book: Book) -> Iterator[Wrong]:
    """What is wrong with the reasons: (place, one sentence without its full stop)."""
    for code, reason in book.reasons.items():
        yield from _reason(code, reason, book)
    for kind in book.kinds:
        for verdict in VERDICTS:
            if not any(reason.fits(kind) and reason.verdict == verdict for reason in book.reasons.values()):
                yield ("reasons",), f"{kind} has no reason for the verdict {verdict!r}"
    if book.precedents.least > book.precedents.nearest:
        yield ("precedents", "least"), "least is more than nearest, so that no choice would ever stand apart"
    if not 0 < book.precedents.history[0] < book.precedents.history[1]:
        yield ("precedents", "history"), "history must rise from 1 on"


def _reason(code: str, reason: Reason, book: Book) -> Iterator[Wrong]:
    here = ("reasons", code)
    for kind in reason.kinds:
        if kind not in book.kinds:
            yield (*here, "kinds"), f"{code}.kinds names {kind!r}, which is not in kinds"
    zh, en = set(reason.gaps("zh")), set(reason.gaps("en"))
    if zh != en:
        yield (*here, "text"), f"{code}: only one language has the gap {{{{{sorted(zh ^ en)[0]}}}}}"
    for gap in sorted(zh - set(book.gaps)):
        yield (*here, "text"), f"{code} has the gap {{{{{gap}}}}}, which is not in gaps.toml"
