"""What is offered, what the phrase is like, and what the desk finds ticked afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from webapp.domain.cures import rules
from webapp.domain.policy.queries import book


def test_a_phrase_cannot_be_recorded_beforehand() -> None:
    """The same colour and digits in both languages, and hardly ever the same twice."""
    phrases = {rules.phrase() for _ in range(200)}
    assert len(phrases) > 190
    for phrase in phrases:
        found = re.fullmatch(r"(\S+色) ((?:\d ){3}\d) · ([a-z]+) ((?:\d ){3}\d)", phrase)
        assert found and found[2] == found[4] and (found[1], found[3]) in rules.COLOURS


@pytest.mark.parametrize(
    ("states", "expected"),
    [([], 0), (["failed"], 1), (["failed", "failed"], 2), (["failed", "passed"], 0), (["failed", "asked"], 1)],
)
def test_tries_are_counted_in_a_row(states: Sequence[str], expected: int) -> None:
    """A person who answers has shown herself."""
    assert rules.failures(states) == expected


def test_what_the_desk_finds_ticked() -> None:
    """Nothing by itself; the book's measure after a lapse; the kind's own once every try failed."""
    kinds = {code: kind.cure for code, kind in book().kinds.items() if kind.cure}
    assert kinds
    for code, cure in kinds.items():
        assert rules.suggested(code, False, 0, book()) == ()
        assert rules.suggested(code, True, 0, book()) == (cure.lapse or cure.action,)
        for action in rules.suggested(code, True, 0, book()):
            assert action in book().kinds[code].actions
        assert rules.clock_of(code, "cure_offered", book()), "its days are a clock of the book"
    live = book().kinds["VH_LIVE_NO_HUMAN"]
    assert rules.suggested("VH_LIVE_NO_HUMAN", False, book().numbers.live_tries - 1, book()) == ()
    assert rules.suggested("VH_LIVE_NO_HUMAN", False, book().numbers.live_tries, book()) == live.default_actions
