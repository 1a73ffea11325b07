"""Recordings: how many altered excerpts are found in their source, how many strangers pass for it, and what it costs.

The set is `benchmarks.music` (its sources and licences are printed), altered as in `benchmarks.altered_sound`. Anchor
beside ours: the same fingerprints unshifted, the best 6 s with at most a quarter of their bits differing, which is what
Chromaprint alone finds.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.altered_sound import ALTERATIONS, recoded, under_talk
from benchmarks.music import RATE, Recording, recordings, show, talk
from benchmarks.table import Row
from tests.detectors.recorded import sound as encoded
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Comparison, Signals, thresholds_of
from workers.detectors import recording_lay, recording_print
from workers.detectors.recording import SameRecording
from workers.detectors.recording_kept import Kept, opened
from workers.detectors.sound import heard

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXCERPT = 12.0  # seconds that a report takes of a work
STRANGERS = 2  # other works each altered excerpt is laid beside
NEAR = 1.0  # seconds by which the told times may be wrong to count as right
DICE = random.Random(11)
ANCHOR, ANCHOR_SHARE = "Chromaprint alone, ≤ 0.25", 0.25


@dataclass
class Count:
    """Of one alteration: bands of true pairs and of strangers', times told right, the anchor's finds."""

    true: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    right: int = 0
    told: int = 0
    anchor: int = 0
    anchor_false: int = 0
    nearest: float = 1.0


def run(every: int = 2) -> list[Row]:
    """Recall and false support by alteration (every second recording), pieces inside others, cost."""
    show()
    works = recordings()
    if not works:
        print("recordings: not measured, there is no music")
        return []
    detector = SameRecording(thresholds_of(chapter(), SameRecording.name))
    detector.load()
    known = {work.name: kept(work.samples()) for work in works}
    counts = {name: _altered(detector, works[::every], known, name) for name in ALTERATIONS}
    true = sum(sum(c.true.values()) for c in counts.values())
    false = sum(sum(c.false.values()) for c in counts.values())
    found = sum(_supports(c.true) for c in counts.values())
    wrong = sum(_supports(c.false) for c in counts.values())
    anchor, anchor_wrong = (sum(getattr(c, a) for c in counts.values()) for a in ("anchor", "anchor_false"))
    size = f"{len(counts)} × {true // len(counts)}"
    return [
        Row("altered recordings found", size, found / true, ANCHOR, anchor / true, found / max(1, anchor)),
        Row("strange recordings that support", f"{false} pairs", wrong, ANCHOR, anchor_wrong, 1.0),
        *_strangers(detector, works, known),
        *_inside(detector, works[::every], known),
        *_cost(detector, works),
    ]


def kept(samples: NDArray[np.float32]) -> Signals:
    """Signals of samples, without a file."""
    return Signals("recording", "1", 0, 0, Kept.of(samples, RATE, len(samples) / RATE).to_bytes())


def _supports(bands: Counter[str]) -> int:
    return bands["strong"] + bands["possible"]


def _altered(detector: SameRecording, works: list[Recording], known: dict[str, Signals], name: str) -> Count:
    """An excerpt of each work, altered, beside its work and beside strangers."""
    count, alter = Count(), ALTERATIONS[name]
    for work in works:
        start = DICE.uniform(10, len(work.samples()) / RATE - EXCERPT - 5)
        query = kept(alter(work.excerpt(start, EXCERPT)))
        found = detector.compare(query, known[work.name])
        count.true[found.band] += 1
        count.anchor += _anchor(query, known[work.name])
        if found.verdict == "supports":
            count.told += 1
            count.right += _right(found, start, start + EXCERPT)
        for stranger in DICE.sample([other for other in known if other != work.name], STRANGERS):
            passed = detector.compare(query, known[stranger])
            count.false[passed.band] += 1
            if passed.verdict == "supports":
                print(f"  ! {name}: {work.name} passes for {stranger} ({passed.distance})")
            count.anchor_false += _anchor(query, known[stranger])
            count.nearest = min(count.nearest, passed.distance)
    total, strangers = sum(count.true.values()), sum(count.false.values())
    print(
        f"  {name:24} found {_supports(count.true) / total:.2f} (strong {count.true['strong'] / total:.2f}, "
        f"weak {count.true['weak'] / total:.2f}), alone {count.anchor / total:.2f}; times right "
        f"{count.right}/{count.told}; strangers {_supports(count.false)}/{strangers}, weak {count.false['weak']}, "
        f"nearest {count.nearest:.2f}",
        flush=True,
    )
    return count


def _right(found: Comparison, start: float, end: float) -> bool:
    """Whether the longest stretch told lies where the excerpt was taken; a work that repeats itself has several."""
    spans = [s for f in found.findings if f["kind"] == "times" for s in f["spans"]]
    return any(start - NEAR <= s[2] and s[3] <= end + NEAR for s in spans)


def _anchor(query: Signals, reference: Signals) -> bool:
    one, other = (
        recording_print.fingerprint(recording_print.semitones(opened(s.payload).fine)) for s in (query, reference)
    )
    return float(recording_lay.everywhere(one, other).share.min(initial=1.0)) <= ANCHOR_SHARE


def _strangers(detector: SameRecording, works: list[Recording], known: dict[str, Signals]) -> list[Row]:
    """Whole works beside each other, and talk beside works: none of them is the same recording."""
    bands: Counter[str] = Counter()
    nearest = []
    pairs = [DICE.sample(list(known), 2) for _ in range(300)]
    said = talk()
    lines = {f"talk {n}": kept(said[n * 30 * RATE : (n + 1) * 30 * RATE]) for n in range(len(said) // RATE // 30)}
    pairs += [[line, DICE.choice(list(known))] for line in lines for _ in range(6)]
    pairs += [list(pair) for pair in zip(list(lines), list(lines)[1:], strict=False)]
    everything = known | lines
    for one, other in pairs:
        found = detector.compare(everything[one], everything[other])
        bands[found.band] += 1
        nearest.append((found.distance, one, other))
    print(f"  whole works and talk beside strangers, {len(pairs)} pairs: {dict(bands)}; nearest {sorted(nearest)[:4]}")
    return [Row("whole strangers that support", f"{len(pairs)} pairs", _supports(bands), "none should", 0.0, 0.0)]


def _inside(detector: SameRecording, works: list[Recording], known: dict[str, Signals]) -> list[Row]:
    """Fifteen seconds of a work under somebody's voice in the middle of a minute of another: the times are told."""
    found = right = 0
    treat = recoded("mp3", 64_000)
    for work, other in zip(works, works[1:] + works[:1], strict=True):
        host, start = other.excerpt(5, 45), 30.0
        piece = under_talk(-6)(work.excerpt(start, 15))
        query = kept(treat(np.concatenate((host[: 20 * RATE], piece, host[20 * RATE :]))))
        result = detector.compare(query, known[work.name])
        spans = [s for f in result.findings if f["kind"] == "times" for s in f["spans"]]
        found += result.verdict == "supports"
        right += any(abs((s[2] - s[0]) - (start - 20)) < 0.5 and s[0] > 18 and s[1] < 37 for s in spans)
    print(f"  15 s under talk inside a minute of another: found {found}/{len(works)}, times right {right}")
    return [
        Row("pieces inside others found", f"{len(works)}", found / len(works), "times right", right / len(works), 1.0)
    ]


def _cost(detector: SameRecording, works: list[Recording]) -> list[Row]:
    """Processor seconds of a look beside a plain decode of the same file, and of a comparison, at two lengths."""
    line = np.concatenate([work.samples() for work in works[:12]])
    rows: list[Row] = []
    looks: dict[int, Signals] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for seconds in (60, 600):
            file = Path(scratch) / f"{seconds}.mp3"
            file.write_bytes(encoded(line[: seconds * RATE], "audio/mpeg"))
            began = time.process_time()
            heard(file, "audio/mpeg")
            plain = time.process_time()
            looks[seconds] = detector.signals(file, "audio/mpeg")
            took = time.process_time() - plain
            rows.append(
                Row(
                    "recording: a look (s)", f"{seconds} s", took, "plain decode", plain - began, took / (plain - began)
                )
            )
            print(f"  kept of {seconds} s: {len(looks[seconds].payload) / 1000:.0f} kB")
    for seconds, look in looks.items():
        other = kept(line[::-1][: seconds * RATE].copy())
        opened.cache_clear()
        began = time.process_time()
        detector.compare(look, other)
        took = time.process_time() - began
        rows.append(
            Row(
                "recording: strangers compared (s)",
                f"{seconds} s each",
                took,
                "a look (s)",
                rows[0].median,
                took / rows[0].median,
            )
        )
    return rows
