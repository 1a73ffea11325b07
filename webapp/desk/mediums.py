"""Pairs of files by medium, for the tabs of the bench; without script they stand one group under the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.core.i18n import lazy
from webapp.desk import heard
from webapp.desk.blueprint import bp
from webapp.desk.pairs import Pair

MEDIA = {
    "image": lazy("Pictures"),
    "video": lazy("Videos"),
    "audio": lazy("Sound"),
    "text": lazy("Texts"),
    "file": lazy("Other files"),
}


@dataclass
class Group:
    """The pairs of one medium, each with its number on the page."""

    code: str
    words: str
    pairs: list[tuple[int, Pair]] = field(default_factory=list)


def by_medium(pairs: Sequence[Pair]) -> list[Group]:
    """The pairs in groups; a group stands where its strongest pair stood, and numbers run on through the page."""
    groups: dict[str, Group] = {}
    for pair in pairs:
        code = pair.query.medium
        groups.setdefault(code, Group(code, str(MEDIA[code]))).pairs.append((0, pair))
    number = 0
    for group in groups.values():
        group.pairs = [(number + n, pair) for n, (_none, pair) in enumerate(group.pairs, 1)]
        number += len(group.pairs)
    return list(groups.values())


@bp.context_processor
def _for_bench() -> dict[str, Any]:
    """For the pages that lay files side by side."""
    return {"by_medium": by_medium, "at_clock": heard.clock, "heard_always": heard.ALWAYS}
