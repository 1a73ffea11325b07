"""False alarms of the picture detectors: of the hashes over a million pairs, of the features over hard pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.copies import Seen, detectors
from benchmarks.table import Row
from webapp.domain.matching.detector import Signals
from workers.detectors.dct import bits

HARD = 240  # pairs of each kind that the local features compare in vain


def _pairs_apart(seen: list[Seen]) -> Iterator[tuple[int, Any]]:
    """For each picture, the later ones that show another photograph: not two collages, they share their other tiles."""
    photo = np.array([one.copy.photo for one in seen])
    pasted = np.array([one.copy.family == "collage" or "collage" in one.copy.name for one in seen])
    for place in range(len(seen)):
        apart = (photo != photo[place]) & ~(pasted & pasted[place])
        apart[: place + 1] = False
        yield place, np.flatnonzero(apart)


def false_hashes(seen: list[Seen], phash_at: int, pdq_at: int) -> list[Row]:
    """Support for pairs of different photographs, counted over all pairs; the anchors' alarms beside ours."""
    pairs = alarms = 0
    anchors = [0, 0]
    phash, pdq = np.array([one.phash for one in seen]), np.array([one.pdq for one in seen])
    for place, others in _pairs_apart(seen):
        pairs += len(others)
        anchors[0] += int(((phash[others] != phash[place]).sum(1) <= phash_at).sum())
        anchors[1] += int(((pdq[others] != pdq[place]).sum(1) <= pdq_at).sum())
    supported: set[tuple[int, int]] = set()
    for name in ("phash", "dct256"):
        known = [place for place, one in enumerate(seen) if name in one.signals]
        looking = [seen[place] for place in known]
        turned = np.array([[np.frombuffer(b, np.uint8) for b in bits(one.signals[name])] for one in looking])
        detector = detectors()[name]
        for place, others in _pairs_apart(looking):
            near = np.bitwise_count(turned[place][:, None] ^ turned[others, 0][None]).sum(2).min(0)
            for other in others[near <= detector.thresholds.possible + 8]:
                if detector.compare(looking[place].signals[name], looking[other].signals[name]).verdict == "supports":
                    supported.add((known[place], known[other]))
    for one, other in sorted(supported):
        print(f"  false alarm of a hash: {seen[one].copy} and {seen[other].copy}", flush=True)
    alarms = len(supported)
    size = f"{pairs / 1e6:.2f} M pairs"
    return [
        Row("false support by a hash, pairs", size, alarms, name, anchor, alarms / max(anchor, 1))
        for name, anchor in zip((f"ImageHash pHash ≤ {phash_at}", f"PDQ ≤ {pdq_at}"), anchors, strict=True)
    ]


def hard_pairs(sought: list[Seen], references: list[Seen]) -> list[tuple[Signals, Signals, str]]:
    """What the local features must not take for copies: nearest neighbours, one dress on two photographs, any two."""
    dice = np.random.default_rng(5)
    asked = [one for one in sought if "features" in one.signals]
    known = [one for one in references if {"dct256", "features"} <= set(one.signals)]
    upright = np.array([np.frombuffer(bits(one.signals["dct256"])[0], np.uint8) for one in known])
    dressed = defaultdict(list)
    pairs = []
    for place in dice.permutation(len(asked)):
        one = asked[place]
        if one.copy.family not in ("collage", "combinations"):
            dressed[one.copy.family, one.copy.name].append(one)
        others = [spot for spot, other in enumerate(known) if other.copy.photo != one.copy.photo]
        pairs.append((one, known[int(dice.choice(others))], "any two"))
        if "dct256" in one.signals:
            turned = np.array([np.frombuffer(b, np.uint8) for b in bits(one.signals["dct256"])])
            near = np.bitwise_count(turned[:, None] ^ upright[others][None]).sum(2).min(0)
            pairs.append((one, known[others[int(near.argmin())]], "nearest by hash"))
    for group in dressed.values():
        pairs += [(one, other, "same dress") for one, other in pairwise(group)]
    kinds: dict[str, list[tuple[Signals, Signals, str]]] = defaultdict(list)
    for one, other, kind in pairs:
        if one.copy.photo != other.copy.photo:
            kinds[kind].append((one.signals["features"], other.signals["features"], kind))
    return [pair for kind in kinds.values() for pair in kind[:HARD]]


def evidence(one: Signals, other: Signals, kind: str) -> tuple[str, float, bool]:
    found = detectors()["features"].compare(one, other)
    return kind, 100 - found.distance, found.verdict == "supports"


def false_features(hard: list[tuple[str, float, bool]]) -> list[Row]:
    """Alarms counted, and the rate that the tail of the evidence promises: an exponential fitted to the top twentieth.

    The anchor column is the greatest evidence seen; the rate is extrapolated, not counted.
    """
    needed = 100 - detectors()["features"].thresholds.possible
    rows = []
    for kind in sorted({kind for kind, *_ in hard}):
        worth = np.sort([value for named, value, _ in hard if named == kind])
        alarms = sum(alarm for named, _, alarm in hard if named == kind)
        floor = float(np.quantile(worth, 0.95))
        slope = max(float((worth[worth > floor] - floor).mean()) if (worth > floor).any() else 0.0, 1e-3)
        rate = 0.05 * float(np.exp(-max(0.0, needed - floor) / slope))
        print(f"  local features, {kind}: {alarms} of {len(worth)}; rate by the tail {rate:.1e}", flush=True)
        rows.append(
            Row(
                f"false support, {kind}",
                f"{len(worth)} pairs",
                alarms,
                f"greatest evidence, of {needed:.0f} needed",
                float(worth[-1]),
                float(worth[-1]) / needed,
            )
        )
    return rows
