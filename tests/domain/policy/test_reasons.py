"""The ready reasons: for every kind and either verdict, in both languages, with gaps to fill, and no names."""

from __future__ import annotations

import re

import pytest

from webapp.domain.decisions.personal import found as personal
from webapp.domain.decisions.rules import LONGEST
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.composing import open_gaps

LANGUAGES = ("zh", "en")


@pytest.mark.parametrize("kind", sorted(book().kinds))
def test_every_kind_has_a_reason_of_its_own_where_a_violation_is_found(kind: str) -> None:
    """The general ones are for dismissals only: whoever is restricted reads why this rule was broken."""
    own = [r for r in book().reasons.values() if kind in r.kinds and r.verdict == "upheld"]
    assert own
    assert all(r.verdict == "rejected" for r in book().reasons.values() if not r.kinds)


@pytest.mark.parametrize("code", sorted(book().reasons))
def test_a_reason_leaves_room_for_facts_and_says_nothing_personal(code: str) -> None:
    """Both sides read it, and it may go to a public database."""
    reason = book().reasons[code]
    for language in LANGUAGES:
        text = getattr(reason.text, language)
        assert len(text) < LONGEST / 4
        assert not personal(text)
        assert text.endswith("。" if language == "zh" else ".")
        # No gap stands at a sentence's start in English: what is typed there begins in lower case.
        assert language == "zh" or not re.search(r"(^|\. )\{\{", text), text


def test_facts_are_asked_for_wherever_a_picture_need_not_be_described() -> None:
    """Sealed and intimate content is not described; every other finding names what was seen or found."""
    bare = {code for code, r in book().reasons.items() if r.verdict == "upheld" and not r.gaps("en")}
    assert bare == {"INTIMATE_REMOVED", "MINOR_SEXUAL_REMOVED"}


def test_what_still_has_to_be_filled_in() -> None:
    """Gaps in either width of brace; a torn pair is one too."""
    assert open_gaps("Seen {{where}}, by {{ how }}; {{where}}.") == ("where", "how")
    assert open_gaps("位置在｛｛出现的位置｝｝。") == ("出现的位置",)
    assert open_gaps("Seen {{where") == ("",)
    assert open_gaps("A set {a, b} and f{x}.") == ()


def test_gaps_have_words_in_both_languages() -> None:
    """No two read alike, so that a reviewer knows which is which."""
    for language in LANGUAGES:
        words = [getattr(entry, language) for entry in book().gaps.values()]
        assert len(set(words)) == len(words)
        assert not any(set(word) & set("{}｛｝") for word in words)
