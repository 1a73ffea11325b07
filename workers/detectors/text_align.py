"""Finds the passages two folded texts share, wherever they stand: pieces in common, joined along the copy.

A passage may hold small edits; a passage moved elsewhere is one of its own. Costs grow with the length of the texts,
never with their product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from workers.detectors.text_fold import GRAM, SIGN, Flags, Folded, Ints

PAIRED = 16  # a piece that stands so often in both (times) is tried everywhere, beyond that in order
NEAR = 30  # weight of an edit that is bridged unasked: 10 signs or 30 letters (matching.md §9)
FAR = 105  # weight of an edit that is bridged where what stands between is alike
ALIKE = 0.45  # share of letters that must agree there; unrelated English has 0.3, unrelated Chinese 0.1
LEAST = 36  # weight of the pieces a passage must hold: 12 signs or 36 letters in common, seven words
# More weight for each doubling of the chance that two long texts meet by accident, less between short ones (a poem
# whose lines were shuffled), but never less than seven signs or 21 letters. USUAL: 1,000 signs.
LEAST_GROWTH, LEAST_SHRINK, LEAST_OF_ALL, USUAL = 6, 3, 21, 3_000
MOST_RUNS = 60_000
SHADOWED = 0.5  # a passage of which so much on both sides lies in larger ones adds nothing


@dataclass(frozen=True)
class Passage:
    """One shared stretch: half-open places in both folded texts, and the weight of the pieces found in it."""

    query: tuple[int, int]
    reference: tuple[int, int]
    weight: int


@dataclass(frozen=True)
class Shared:
    """All passages, largest first, and the weight of the own words each text has in them."""

    passages: list[Passage]
    in_query: int
    in_reference: int


def shared(query: Folded, reference: Folded) -> Shared:
    """What two texts share."""
    runs = _runs(query, reference, *_seeds(query, reference))
    found = _chained(query, reference, runs)
    least = _least(query.worth, reference.worth)
    totals = [np.concatenate(([0], np.cumsum(side.value))) for side in (query, reference)]
    kept = []
    for passage in found:
        worths = [
            int(total[end] - total[start])
            for total, (start, end) in zip(totals, (passage.query, passage.reference), strict=True)
        ]
        if passage.weight >= least and min(worths) >= least:
            kept.append(passage)
    kept.sort(key=lambda passage: (-passage.weight, passage.query, passage.reference))
    return _without_shadows(query, reference, kept)


def _least(worth: int, other: int) -> float:
    doublings = float(np.log2(max(1, worth) * max(1, other) / USUAL**2))
    return LEAST + LEAST_GROWTH * doublings if doublings > 0 else max(LEAST_OF_ALL, LEAST + LEAST_SHRINK * doublings)


def _seeds(query: Folded, reference: Folded) -> tuple[Ints, Ints]:
    """Places of equal pieces in both. One that is frequent in both is paired in order, so the cost stays linear."""
    _, kinds_q, kinds_r = np.intersect1d(query.kinds, reference.kinds, assume_unique=True, return_indices=True)
    first_q, first_r = query.first[kinds_q], reference.first[kinds_r]
    count_q, count_r = query.first[kinds_q + 1] - first_q, reference.first[kinds_r + 1] - first_r
    crossed = count_q * count_r <= PAIRED
    sizes = np.where(crossed, count_q * count_r, np.minimum(count_q, count_r))
    number = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    across, wide = np.repeat(crossed, sizes), np.repeat(count_r, sizes)
    step_q, step_r = np.where(across, number // wide, number), np.where(across, number % wide, number)
    return query.starts[np.repeat(first_q, sizes) + step_q], reference.starts[np.repeat(first_r, sizes) + step_r]


def _runs(query: Folded, reference: Folded, at: Ints, other: Ints) -> list[tuple[int, int, int, int]]:
    """Equal pieces that follow each other at one distance, bridged over small edits: (start, end, distance, weight)."""
    if not at.size:
        return []
    distance = other - at
    order = np.lexsort((at, distance))
    at, distance = at[order], distance[order]
    ends = query.ends[at]
    total = np.concatenate(([0], np.cumsum(query.value)))
    fresh = np.ones(len(at), dtype=bool)
    fresh[1:] = (distance[1:] != distance[:-1]) | (total[at[1:]] - total[np.minimum(ends[:-1], at[1:])] > NEAR)
    starts = np.flatnonzero(fresh)
    lasts = np.concatenate((starts[1:], [len(at)])) - 1
    # Weight of the letters under the pieces, without counting overlaps of pieces twice.
    before = np.concatenate(([0], ends[:-1]))
    before[starts] = at[starts]
    own = total[ends] - total[np.maximum(at, np.minimum(before, ends))]
    weights = np.add.reduceat(own, starts)
    runs = np.stack((at[starts], ends[lasts], distance[starts], weights), axis=1)
    runs = runs[(weights >= LEAST_OF_ALL) | (_in_company(runs) & (weights > 0))]
    if len(runs) > MOST_RUNS:
        runs = runs[np.sort(np.argsort(-runs[:, 3], kind="stable")[:MOST_RUNS])]
    runs = runs[np.argsort(runs[:, 0], kind="stable")]
    return [(int(a), int(b), int(d), int(w)) for a, b, d, w in runs]


def _in_company(runs: Ints) -> Flags:
    """Runs with another one near enough to be joined. Between long texts most equal pieces are alone, by chance."""
    found = np.zeros(len(runs), dtype=bool)
    for shift in (0, FAR):
        bucket = (runs[:, 2] + shift) // (2 * FAR)
        order = np.lexsort((runs[:, 0], bucket))
        bucket, starts, ends = bucket[order], runs[order, 0], runs[order, 1]
        near = (bucket[1:] == bucket[:-1]) & (starts[1:] - ends[:-1] <= FAR)
        found[order[1:][near]] = found[order[:-1][near]] = True
    return found


def _chained(query: Folded, reference: Folded, runs: list[tuple[int, int, int, int]]) -> list[Passage]:
    """Runs joined where something was put in or left out between them."""
    open_ends: dict[int, list[int]] = {}  # distance in buckets → chains that may still go on
    chains: list[list[int]] = []
    for start, end, distance, weight in runs:
        bucket = distance // FAR
        best = _continued(query, reference, chains, open_ends, bucket, start, start + distance)
        if best is None:
            chains.append([start, end, start + distance, end + distance, weight])
            best = len(chains) - 1
        else:
            chain = chains[best]
            chain[4] += max(0, weight - SIGN * max(0, chain[1] - start))
            chain[1], chain[3] = max(chain[1], end), max(chain[3], end + distance)
        ends = open_ends.setdefault((chains[best][3] - chains[best][1]) // FAR, [])
        if best in ends:
            ends.remove(best)
        ends.append(best)
        del ends[:-8]
    return [Passage((a, b), (c, d), weight) for a, b, c, d, weight in chains]


def _continued(
    query: Folded,
    reference: Folded,
    chains: list[list[int]],
    open_ends: dict[int, list[int]],
    bucket: int,
    at: int,
    other: int,
) -> int | None:
    """The chain that this run goes on, the nearest one; None if there is none."""
    best, least = None, 0
    for near in (bucket - 1, bucket, bucket + 1):
        for number in open_ends.get(near, ()):
            _, end, _, other_end, _ = chains[number]
            gap, other_gap = at - end, other - other_end
            if max(gap, other_gap) > FAR or min(gap, other_gap) < -GRAM:
                continue
            cost = max(gap, other_gap) + abs(gap - other_gap)
            if (best is None or cost < least) and _bridged(query, reference, (end, at), (other_end, other)):
                best, least = number, cost
    return best


def _bridged(query: Folded, reference: Folded, gap: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether what lies between two runs is a small edit, or a larger one whose letters mostly agree."""
    wide = max(int(query.value[slice(*gap)].sum()), int(reference.value[slice(*other)].sum()))
    if wide <= NEAR:
        return True
    if wide > FAR or gap[1] <= gap[0] or other[1] <= other[0]:
        return False
    return Levenshtein.normalized_similarity(query.letters(*gap), reference.letters(*other)) >= ALIKE


def _without_shadows(query: Folded, reference: Folded, passages: list[Passage]) -> Shared:
    """Passages that add something on either side, and what they cover together."""
    seen: list[Flags] = [np.zeros(len(side.codes), dtype=bool) for side in (query, reference)]
    kept = []
    for passage in passages:
        new = 0.0
        for flags, (start, end) in zip(seen, (passage.query, passage.reference), strict=True):
            new = max(new, 1 - float(flags[start:end].mean()))
        if new <= SHADOWED:
            continue
        kept.append(passage)
        for flags, (start, end) in zip(seen, (passage.query, passage.reference), strict=True):
            flags[start:end] = True
    covers = [int(side.value[flags].sum()) for side, flags in zip((query, reference), seen, strict=True)]
    return Shared(kept, covers[0], covers[1])
