"""What is drawn, what counts as the same answer, and how well people agree. Pure: values in, values out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import krippendorff
import numpy

from webapp.core.lifecycle import Lifecycle
from webapp.domain.policy.shape.quality import Agreement, Level

LOOK = Lifecycle(
    "blind_look",
    "waiting",
    {
        ("waiting", "take"): "taken",
        ("taken", "take"): "taken",  # held for too long: somebody else goes on
        ("taken", "release"): "waiting",
        ("taken", "find"): "found",
        ("waiting", "let_go"): "let_go",
        ("taken", "let_go"): "let_go",
    },
)
LONGEST = 4000  # characters of a note, as of a decision's reason


@dataclass(frozen=True)
class Measure:
    """How well people agree. `alpha` is Krippendorff's, nominal, −1 to 1; None where it has no meaning (no two answers,
    or all the same). `share` of equal pairs is 0 to 1, `n` counts the things that at least two people answered."""

    alpha: float | None
    share: float | None
    n: int
    level: Level


def drawn(decision_id: str, rate: float) -> bool:
    """Whether a decision is in the sample: for one decision always the same answer, over many the wanted share.

    `rate` is 0 to 1. Nobody can choose: ids are random, and the draw looks at nothing else.
    """
    return int.from_bytes(hashlib.sha256(f"sample:{decision_id}".encode()).digest()[:8]) < rate * 2**64


def lot(staff_id: str, thing_id: str) -> str:
    """In which order a person meets what waits for them: fixed for them, and without a pattern anybody could read."""
    return hashlib.sha256(f"lot:{staff_id}:{thing_id}".encode()).hexdigest()


def agrees(first: Mapping[str, str], first_ground: str, second: Mapping[str, str], second_ground: str) -> bool:
    """Whether two people came to the same: every report answered alike, and the same ground."""
    return dict(first) == dict(second) and first_ground == second_ground


def units(answers: Iterable[tuple[str, Mapping[str, str], Mapping[str, str]]]) -> list[list[str]]:
    """The answers that belong together: one list for each report of each thing looked at.

    `answers`: (what was looked at, first findings, second findings). Several looks at one golden case share its agreed
    answer, which is counted once.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for thing, first, second in answers:
        for report_id, answer in second.items():
            if report_id in first:
                found.setdefault((thing, report_id), [first[report_id]]).append(answer)
    return list(found.values())


def measure(found: Sequence[Sequence[str]], chapter: Agreement) -> Measure:
    """How well the answers in each list agree with one another (lists of one say nothing)."""
    pairable = [Counter(values) for values in found if len(values) > 1]
    domain = sorted({value for values in pairable for value in values})
    if len(domain) < 2:
        return Measure(None, 1.0 if pairable else None, len(pairable), "same" if pairable else "few")
    counts = numpy.array([[values[value] for value in domain] for values in pairable])
    alpha = float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
    pairs = sum(n * (n - 1) for n in (values.total() for values in pairable))
    equal = sum(n * (n - 1) for values in pairable for n in values.values())
    return Measure(alpha, equal / pairs, len(pairable), level(alpha, len(pairable), chapter))


def level(alpha: float, n: int, chapter: Agreement) -> Level:
    """What an alpha over `n` things says, by the limits of quality.toml."""
    if n < chapter.least:
        return "few"
    return "good" if alpha >= chapter.good else "middling" if alpha >= chapter.low else "low"
