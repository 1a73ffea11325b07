"""How a reviewer is helped to decide: ready reasons with gaps to fill, and what counts as like an earlier decision."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from webapp.domain.policy.shape.words import Mark, Part, Words

# Two braces, words, two braces; a Chinese keyboard types the wide ones.
GAP = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
TORN = re.compile(r"[{｛]{2}|[}｝]{2}")


def open_gaps(text: str) -> tuple[str, ...]:
    """What a text still wants filled in: the words between {{ and }}, each once; a torn pair of braces counts as ''."""
    torn = [""] if TORN.search(GAP.sub("", text)) else []
    return tuple(dict.fromkeys([*GAP.findall(text), *torn]))


class Reason(Part):
    """A reason to begin with: for which kinds (none named: for any), for which verdict, and its text, in which
    {{code}} stands for a gap of gaps.toml."""

    kinds: tuple[str, ...] = ()
    verdict: Literal["upheld", "rejected"]
    words: Words
    text: Words

    def fits(self, kind: str) -> bool:
        """Whether it was written for this kind."""
        return not self.kinds or kind in self.kinds

    def gaps(self, code: str) -> list[str]:
        """The codes of its gaps in language `code`, in the order of the text."""
        return list(dict.fromkeys(GAP.findall(getattr(self.text, code))))


class Precedents(Part):
    """When an earlier decision is like the one to be made, and when a choice stands apart from those (field.md §3.6).

    A choice stands apart when at least `least` of the `nearest` are alike and either fewer than `share_percent` of them
    have its verdict, or its measure for the account lies outside the middle half of theirs.
    """

    nearest: int = Field(gt=0, le=50)
    least: int = Field(gt=0)
    share_percent: int = Field(gt=0, lt=50)
    # Active points before the decision from which an account counts as having some history, and much of it.
    history: tuple[int, int]
    mark: Mark = "D"
