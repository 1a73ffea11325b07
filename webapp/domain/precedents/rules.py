"""Thinking about likeness: which earlier decisions are near, and whether a choice stands apart from them. Pure.

Numbers are those of precedents.toml (field.md §3.6, item 33). A nudge to proportion, never a bar: whoever decides
otherwise says why in one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from webapp.domain.decisions.rules import WEIGHTS
from webapp.domain.policy.shape import Book

# From nothing compared to the same thing; a step is one place in this line.
BANDS = ("", "none", "weak", "possible", "strong")
# What an account had against it: nobody knows the account, nothing, some, much.
UNKNOWN, CLEAN, SOME, MUCH = range(4)
VERDICT, ACCOUNT = "verdict", "account"  # in what a choice stands apart
Measure = tuple[str, int | None]
NO_MEASURE: Measure = ("", None)


@dataclass(frozen=True)
class Features:
    """What makes two cases alike."""

    about: str
    band: str
    history: int


@dataclass(frozen=True)
class Alike:
    """An earlier decision. `steps`: how far off it is (0: the same band and history)."""

    case_id: str
    reference: str
    features: Features
    verdict: str
    measures: tuple[Measure, ...]
    account: Measure
    appeal: str
    decided_at: datetime
    steps: int


@dataclass(frozen=True)
class Likeness:
    """A choice beside the decisions like it. `low` and `high` bound the middle half of their measures for the account
    (None: too few to say); `apart` holds VERDICT and ACCOUNT as far as the choice stands apart in them."""

    found: tuple[Alike, ...]
    upheld: int
    overturned: int
    middle: tuple[Measure, Measure] | None
    apart: tuple[str, ...] = ()


def history(points: int, known: bool, book: Book) -> int:
    """How much an account with so many active points has against it."""
    some, much = book.precedents.history
    if not known:
        return UNKNOWN
    return MUCH if points >= much else SOME if points >= some else CLEAN


def cells(features: Features) -> Iterator[tuple[str, int, int]]:
    """(band, history, steps) of what is like it: the same, or one step off in either."""
    place = BANDS.index(features.band) if features.band in BANDS else 0
    for band in range(max(0, place - 1), min(len(BANDS), place + 2)):
        for amount in range(max(UNKNOWN, features.history - 1), min(MUCH, features.history + 1) + 1):
            yield BANDS[band], amount, abs(band - place) + abs(amount - features.history)


def heaviest(measures: Sequence[Measure], book: Book) -> Measure:
    """The heaviest of the four statutory steps among measures; NO_MEASURE where the account gets none."""
    account = [m for m in measures if m[0] in book.actions and book.actions[m[0]].target == "account"]
    return max(account, key=lambda measure: weight(measure, book), default=NO_MEASURE)


def weight(measure: Measure, book: Book) -> tuple[int, float]:
    """What a measure weighs for the account: its place among the statutory steps, then its days."""
    kind, days = measure
    rung = book.actions[kind].rung if kind in book.actions else ""
    if rung not in WEIGHTS:
        return -1, 0.0
    return WEIGHTS.index(rung), float("inf") if days is None else days


def compare(
    found: Sequence[Alike], verdict: str, account: Measure | None, book: Book, *, by_ladder: bool = False
) -> Likeness:
    """A choice beside what is like it, nearest first.

    `account` is the measure it takes against the account, None where no account is known. What the ladder itself asks
    (`by_ladder`) never stands apart: it is the house's own measure of proportion.
    """
    near = tuple(found[: book.precedents.nearest])
    middle = _middle([one.account for one in near if one.verdict == "upheld" and one.features.history != UNKNOWN], book)
    apart = []
    if len(near) >= book.precedents.least:
        same = sum(one.verdict == verdict for one in near)
        if same * 100 < book.precedents.share_percent * len(near):
            apart.append(VERDICT)
    if verdict == "upheld" and account is not None and middle is not None and not by_ladder:
        low, high = (weight(bound, book) for bound in middle)
        if not low <= weight(account, book) <= high:
            apart.append(ACCOUNT)
    return Likeness(
        near,
        sum(one.verdict == "upheld" for one in near),
        sum(one.appeal in ("varied", "reversed") for one in near),
        middle,
        tuple(apart),
    )


def _middle(measures: Sequence[Measure], book: Book) -> tuple[Measure, Measure] | None:
    """The bounds of the middle half (first and third quartile, taken outward to a measure that was in fact given)."""
    if len(measures) < book.precedents.least:
        return None
    ranked = sorted(measures, key=lambda measure: weight(measure, book))
    last = len(ranked) - 1
    return ranked[last // 4], ranked[ceil(last * 3 / 4)]
