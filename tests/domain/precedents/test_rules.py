"""What is like what, and when a choice stands apart: tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from webapp.domain.policy.queries import book
from webapp.domain.precedents.rules import (
    ACCOUNT,
    CLEAN,
    MUCH,
    NO_MEASURE,
    SOME,
    UNKNOWN,
    VERDICT,
    Alike,
    Features,
    Measure,
    cells,
    compare,
    heaviest,
    history,
)

WARN: Measure = ("warn", None)
DAY: Measure = ("no_posting", 1)
DAYS: Measure = ("no_posting", 3)
WEEK: Measure = ("limit", 7)
CLOSE: Measure = ("close", None)


def earlier(verdict: str, account: Measure = NO_MEASURE, appeal: str = "", amount: int = CLEAN) -> Alike:
    """A decision that is as near as can be."""
    features = Features("COPY_IMAGE", "strong", amount)
    return Alike("c", "C-1", features, verdict, (), account, appeal, datetime(2026, 11, 1, tzinfo=UTC), 0)


def many(upheld: Sequence[Measure], rejected: int = 0) -> list[Alike]:
    """Upheld with these measures for the account, and so many dismissed."""
    return [earlier("upheld", m) for m in upheld] + [earlier("rejected")] * rejected


@pytest.mark.parametrize(
    ("points", "known", "amount"),
    [(0, True, CLEAN), (1, True, SOME), (5, True, SOME), (6, True, MUCH), (0, False, UNKNOWN)],
)
def test_how_much_an_account_has_against_it(points: int, known: bool, amount: int) -> None:
    """By the points of precedents.toml."""
    assert history(points, known, book()) == amount


def test_the_same_and_one_step_off_is_like_it() -> None:
    """Nothing two bands away, and nothing over the ends of either line."""
    found = set(cells(Features("VOICE", "possible", CLEAN)))
    assert ("possible", CLEAN, 0) in found
    assert ("strong", SOME, 2) in found
    assert not any(band in ("none", "") or amount == MUCH for band, amount, _steps in found)
    assert set(cells(Features("VOICE", "strong", MUCH))) == {
        ("strong", MUCH, 0), ("strong", SOME, 1), ("possible", MUCH, 1), ("possible", SOME, 2),
    }  # fmt: skip


# Earlier decisions, the choice, and in what it stands apart.
APART: list[tuple[str, list[Alike], str, Measure | None, tuple[str, ...]]] = [
    ("four are too few to say", many([], 4), "upheld", WARN, ()),
    ("all dismissed, and now upheld", many([], 5), "upheld", WARN, (VERDICT,)),
    ("all upheld, and now dismissed", many([WARN] * 5), "rejected", None, (VERDICT,)),
    ("one in four is enough company", many([WARN] * 2, 6), "upheld", WARN, ()),
    ("one in ten is not", many([WARN], 9), "upheld", WARN, (VERDICT,)),
    ("within the middle half", many([WARN, DAY, DAY, DAYS, WEEK]), "upheld", DAY, ()),
    ("at its bound", many([WARN, DAY, DAY, DAYS, WEEK]), "upheld", DAYS, ()),
    ("heavier than the middle half", many([WARN, DAY, DAY, DAYS, WEEK]), "upheld", CLOSE, (ACCOUNT,)),
    ("lighter than the middle half", many([DAY, DAY, DAY, DAYS, WEEK]), "upheld", NO_MEASURE, (ACCOUNT,)),
    ("an account nobody knows gets no measure", many([WARN] * 6), "upheld", None, ()),
    ("too few upheld for a middle half", many([WARN] * 4, 4), "upheld", CLOSE, ()),
]


@pytest.mark.parametrize(
    ("found", "verdict", "account", "apart"), [row[1:] for row in APART], ids=[r[0] for r in APART]
)
def test_when_a_choice_stands_apart(
    found: list[Alike], verdict: str, account: Measure | None, apart: tuple[str, ...]
) -> None:
    """Fewer than a quarter decided so, or the account's measure outside the middle half."""
    assert compare(found, verdict, account, book()).apart == apart


def test_what_the_ladder_asks_never_stands_apart() -> None:
    """It is the house's own measure of proportion."""
    assert compare(many([WARN] * 6), "upheld", CLOSE, book(), by_ladder=True).apart == ()


def test_the_nearest_are_counted_and_no_more() -> None:
    """Ten of them; how many stand as upheld, how many an appeal changed."""
    found = [earlier("upheld", WARN, "reversed"), *many([WARN] * 3, 20)]
    likeness = compare(found, "upheld", WARN, book())
    assert (len(likeness.found), likeness.upheld, likeness.overturned) == (10, 4, 1)


def test_the_heaviest_measure_for_the_account() -> None:
    """Among all measures of a decision; measures on content weigh nothing here."""
    assert heaviest([("remove", None), WARN, DAYS, DAY], book()) == DAYS
    assert heaviest([("remove", None)], book()) == NO_MEASURE
