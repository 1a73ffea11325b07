"""The lot, equal answers, and how well people agree."""

from __future__ import annotations

import pytest

from webapp.domain.policy.queries import kept
from webapp.domain.quality.rules import agrees, drawn, level, lot, measure, units

CHAPTER = kept().quality.agreement
YES, NO, OPEN = "supported", "not_supported", "cannot_tell"


def test_the_lot_is_fair_and_always_the_same() -> None:
    ids = [f"{n:032x}" for n in range(4000)]
    share = sum(drawn(one, 0.05) for one in ids) / len(ids)
    assert 0.04 < share < 0.06
    assert all(drawn(one, 0.05) == drawn(one, 0.05) for one in ids[:50])
    assert not any(drawn(one, 0) for one in ids)
    assert all(drawn(one, 1) for one in ids)
    assert all(drawn(one, 0.5) for one in ids if drawn(one, 0.05)), "a larger sample holds the smaller one"


def test_two_people_meet_what_waits_in_different_orders() -> None:
    things = ["a", "b", "c", "d", "e", "f"]
    orders = {tuple(sorted(things, key=lambda t, who=who: lot(who, t))) for who in ("rui", "mei", "lan")}
    assert len(orders) > 1


@pytest.mark.parametrize(
    ("first", "first_ground", "second", "second_ground", "same"),
    [
        ({"a": YES}, "FRAUD", {"a": YES}, "FRAUD", True),
        ({"a": YES}, "FRAUD", {"a": YES}, "LIKENESS", False),
        ({"a": YES, "b": NO}, "FRAUD", {"b": NO, "a": YES}, "FRAUD", True),
        ({"a": YES, "b": NO}, "FRAUD", {"a": YES, "b": OPEN}, "FRAUD", False),
        ({"a": NO}, "", {"a": NO}, "", True),
    ],
)
def test_the_same_answer_is_the_same_in_all(
    first: dict[str, str], first_ground: str, second: dict[str, str], second_ground: str, same: bool
) -> None:
    assert agrees(first, first_ground, second, second_ground) is same


def test_looks_at_one_golden_case_share_its_agreed_answer() -> None:
    found = units([("gold", {"a": YES}, {"a": YES}), ("gold", {"a": YES}, {"a": NO}), ("one", {"a": NO}, {"a": NO})])
    assert found == [[YES, YES, NO], [NO, NO]]


def test_a_report_nobody_answered_first_is_left_out() -> None:
    assert units([("one", {"a": YES}, {"a": YES, "b": NO})]) == [[YES, YES]]


@pytest.mark.parametrize(
    ("found", "alpha", "share", "said"),
    [
        # Worked out by hand: D_o = 2/8, D_e = 2·4·4/(8·7).
        ([[YES, YES], [YES, NO], [NO, NO], [NO, YES]], 1 - (4 / 8) / (2 * 16 / 56), 0.5, "few"),
        ([[YES, YES], [NO, NO]], 1.0, 1.0, "few"),
        ([[YES, YES]] * 30, None, 1.0, "same"),
        ([], None, None, "few"),
        ([[YES]], None, None, "few"),
        ([[YES, YES]] * 20 + [[NO, NO]] * 20, 1.0, 1.0, "good"),
        ([[YES, NO]] * 20 + [[NO, YES]] * 20, -1 + 1 / 40, 0.0, "low"),
    ],
)
def test_agreement_is_krippendorffs_alpha(
    found: list[list[str]], alpha: float | None, share: float | None, said: str
) -> None:
    measured = measure(found, CHAPTER)
    assert measured.alpha == pytest.approx(alpha, abs=0.02)
    assert (measured.share, measured.level) == (share, said)


def test_alpha_of_the_textbook() -> None:
    """Krippendorff's own example for two observers and nominal data (2011, section B): alpha = 0.692."""
    one = list("aabbdcccedda")
    two = list("babbbccceddd")
    assert measure(list(map(list, zip(one, two, strict=True))), CHAPTER).alpha == pytest.approx(0.692, abs=0.001)


@pytest.mark.parametrize(
    ("alpha", "n", "said"),
    [(0.9, 19, "few"), (0.8, 20, "good"), (0.79, 20, "middling"), (0.667, 20, "middling"), (0.66, 20, "low")],
)
def test_levels_follow_the_book(alpha: float, n: int, said: str) -> None:
    assert level(alpha, n, CHAPTER) == said
