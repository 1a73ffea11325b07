"""What is compared with what, and which dear looks can still change an answer: cheap first, dear where it is open, and
the dearest where that leaves it open too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# Why a dear detector was not asked, as the reason of a scan that is 'not_applicable'.
NOT_NEEDED = "not_needed"  # a cheaper detector found a strong match: the answer stands already
NOTHING_TO_COMPARE = "nothing_to_compare"  # nothing lies beside the item that this detector could compare it with
SPARED = (NOT_NEEDED, NOTHING_TO_COMPARE)
SETTLED = ("done", "failed", "not_applicable")

Want = Literal["queued", "not_needed", "nothing_to_compare"]


@dataclass(frozen=True)
class Item:
    """An item of a report as pairing sees it."""

    evidence_id: str
    role: str
    medium: str


@dataclass(frozen=True)
class Kind:
    """A detector as pairing sees it: the media its own lies in (`within`), what it reads besides (`also`), and in which
    turn it is asked (0: every item is looked at; 1, 2: only what those before left open)."""

    name: str
    version: str
    medium: str
    also: frozenset[str] = frozenset()
    turn: int = 0
    within: frozenset[str] = frozenset()

    def reads(self, medium: str) -> bool:
        """Whether it can look at an item of this medium."""
        return self.holds(medium) or medium in self.also

    def holds(self, medium: str) -> bool:
        """Whether an item of this medium holds what it is about."""
        return medium == self.medium or medium in self.within

    @property
    def sounds(self) -> bool:
        """Whether it is about what is heard, not what is seen."""
        return self.medium == "audio"

    def fits(self, one: str, other: str) -> bool:
        """Whether it compares items of these media: both readable, and what it is about in one of them."""
        return self.reads(one) and self.reads(other) and (self.holds(one) or self.holds(other))


@dataclass(frozen=True)
class Pair:
    """A reported item beside a reference. `group`: the report, or the index, in which the answer is looked for."""

    query: str
    reference: str
    media: tuple[str, str]
    group: str
    origin: str = "report"


States = Mapping[tuple[str, str], str]  # (evidence id, detector) → state of its scan
Bands = Mapping[tuple[str, str, str], str]  # (query, reference, detector) → band of its match


def pairs(items: Sequence[Item], kind: Kind) -> list[tuple[str, str]]:
    """(reported item, reference) pairs that a detector compares, in the order they were sent."""
    queries, references = ([i for i in items if i.role == role] for role in ("alleged", "reference"))
    return [(q.evidence_id, r.evidence_id) for q in queries for r in references if kind.fits(q.medium, r.medium)]


def meetings(items: Sequence[Item], group: str) -> list[Pair]:
    """All (reported item, reference) pairs of one report, whatever their media, in the order they were sent: the same
    reporter's own references, never strangers'."""
    queries = [i for i in items if i.role == "alleged"]
    references = [i for i in items if i.role == "reference"]
    return [Pair(q.evidence_id, r.evidence_id, (q.medium, r.medium), group) for q in queries for r in references]


def open_now(pairs: Iterable[Pair], kinds: Sequence[Kind], states: States, bands: Bands) -> list[tuple[Pair, Kind]]:
    """Comparisons that can be made now and were not made yet, each once, the cheap ones first."""
    found = {
        (pair.query, pair.reference, kind.name): (pair, kind)
        for pair in pairs
        for kind in kinds
        if kind.fits(*pair.media)
        and (pair.query, pair.reference, kind.name) not in bands
        and states.get((pair.query, kind.name)) == states.get((pair.reference, kind.name)) == "done"
    }
    return sorted(found.values(), key=lambda one: one[1].turn)


def wanted(
    items: Iterable[Item], pairs: Sequence[Pair], kinds: Sequence[Kind], states: States, bands: Bands
) -> dict[tuple[str, str], Want]:
    """For each (item, dear detector) whether it should look; what cannot be said before the cheaper ones are through is
    left out.

    A reported item is one question ("is it one of these references?") in each group. Once a cheaper detector answered
    it by a strong match, no dearer look changes it; while a cheaper one has not finished, nobody knows yet. What it
    sounds like and what it looks like are two questions: music that matches says nothing of the pictures over it.
    """
    dear = [kind for kind in kinds if kind.turn]
    cheaper = {
        (kind.turn, kind.sounds): [one for one in kinds if one.turn < kind.turn and one.sounds == kind.sounds]
        for kind in dear
    }
    questions: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        questions.setdefault((pair.group, pair.query), []).append(pair)
    said: dict[tuple[str, str], set[str]] = {}
    for asked in questions.values():
        answers = {which: _answer(asked, before, states, bands) for which, before in cheaper.items()}
        for pair in asked:
            for kind in dear:
                if kind.fits(*pair.media):
                    for evidence_id in (pair.query, pair.reference):
                        said.setdefault((evidence_id, kind.name), set()).add(answers[kind.turn, kind.sounds])
    found: dict[tuple[str, str], Want] = {}
    for item in items:
        for kind in dear:
            if kind.reads(item.medium):
                heard = said.get((item.evidence_id, kind.name), {NOTHING_TO_COMPARE})
                if "queued" in heard:
                    found[item.evidence_id, kind.name] = "queued"
                elif heard == {NOT_NEEDED}:
                    found[item.evidence_id, kind.name] = "not_needed"
                elif heard == {NOTHING_TO_COMPARE}:
                    found[item.evidence_id, kind.name] = "nothing_to_compare"
    return found


def _answer(asked: Sequence[Pair], cheaper: Sequence[Kind], states: States, bands: Bands) -> str:
    """'not_needed' after a strong match, 'queued' when the cheaper ones are through without one, else 'open'."""
    open_still = False
    for pair in asked:
        for kind in cheaper:
            if not kind.fits(*pair.media):
                continue
            band = bands.get((pair.query, pair.reference, kind.name))
            if band == "strong":
                return NOT_NEEDED
            sides = [states.get((side, kind.name)) for side in (pair.query, pair.reference)]
            if any(side not in SETTLED for side in sides) or (band is None and sides == ["done", "done"]):
                open_still = True
    return "open" if open_still else "queued"
