"""Lays two recordings side by side: whether one holds the other or a part of it, where, and how it was changed.

Three looks, from cheap to dear: fingerprints at every offset; landmarks, for what lies under noise or talk; and, where
neither is strong, the key and tempo in which one would sound as the other. The best of them is the distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from webapp.domain.matching.detector import CannotLook, Comparison, Signals, Thresholds
from workers.detectors import recording_lay, recording_marks, recording_print, recording_shift
from workers.detectors.recording_kept import Kept, opened

Span = tuple[float, float, float, float]

LEAST = 5.0  # seconds of sound that are needed: less is a jingle or a beat, which strangers share
# How many landmarks within ten seconds are worth which share of differing bits; between these, on a straight line.
# Measured: strangers share at most 9 in pairs of a few minutes; pieces sequenced with one synthesiser's sounds on one
# beat up to 14, which is "cannot tell".
WORTH = ((0, 0.50), (10, 0.31), (17, 0.265), (26, 0.20), (70, 0.05))
SHORT = 0.25  # added to the share where a window has no fingerprints at all; less for what is nearly long enough
# The more places are tried, the nearer is the nearest by luck: for each doubling beyond an excerpt beside a song the
# share counts for a fiftieth more.
USUAL, LUCK = 120_000, 0.02
FOLLOW = 0.31  # share of bits that may differ along a stretch that was found
EDGE = 3  # fingerprints from the end of a recording that count as its end
WHOLE = 0.8  # of both sides for "the same recording"
MOST_SPANS = 40
REPEATED = 0.9  # of a place that lies in a longer one
UNCHANGED = recording_shift.Played()
SAME = 0.06  # share of bits that differ at most where nothing was changed but the coding
TELLS = 12  # windows (steps of a second) along which the tempo can be told more exactly than it was searched


@dataclass(frozen=True)
class Found:
    """What was found: `spans` in seconds of both sides, and how `one` must be played to sound as `other`."""

    distance: float
    spans: list[Span]
    played: recording_shift.Played = UNCHANGED


def enough(kept: Kept) -> None:
    """Raises CannotLook (`too_short`, `featureless`) for what cannot be told from other recordings."""
    heard = len(kept.fine) * recording_print.SECONDS + 0.8
    if heard < LEAST:
        raise CannotLook("too_short", f"{heard:.1f} s of sound, {LEAST:.0f} s are needed")
    bits = recording_print.fingerprint(recording_print.semitones(kept.fine))
    if not recording_lay.lively(bits, min(recording_lay.WINDOW, len(bits))).any():
        raise CannotLook("featureless", "nothing but a steady tone, hum, hiss or silence")


def judge(query: Signals, reference: Signals, thresholds: Thresholds) -> Comparison:
    """Both recordings compared. Symmetrical: only the order of the findings changes with the sides."""
    kept_q, kept_r = opened(query.payload), opened(reference.payload)
    swapped = (len(kept_q.fine), query.payload) > (len(kept_r.fine), reference.payload)
    found = lay(kept_r, kept_q, thresholds) if swapped else lay(kept_q, kept_r, thresholds)
    band = thresholds.band(found.distance)
    findings: list[dict[str, Any]] = [
        {"kind": "length", "of": side, "seconds": round(kept.seconds, 2)}
        for side, kept in (("query", kept_q), ("reference", kept_r))
    ]
    spans = _shown(found.spans, swapped, kept_q.seconds, kept_r.seconds)
    if band != "none":
        findings += [{"kind": "times", "spans": spans}] if spans else []
        findings += _shift(found.played, swapped)
    return Comparison(
        distance=found.distance,
        verdict=thresholds.verdict(band),
        band=band,
        threshold=thresholds.possible,
        reason=_reason(band, spans, kept_q.seconds, kept_r.seconds),
        findings=findings,
    )


def lay(one: Kept, other: Kept, thresholds: Thresholds) -> Found:
    """The nearest of all looks; the shorter side first."""
    bits, wanted = (recording_print.fingerprint(recording_print.semitones(side.fine)) for side in (one, other))
    plain, at, there = _by_prints(bits, wanted, UNCHANGED)
    found = [plain, _by_marks(one, other, thresholds)]
    if SAME < plain.distance <= thresholds.weak:  # a little faster or higher, perhaps
        found.append(_played(one, wanted, recording_shift.closer(one.fine, other.fine, at, there), plain.distance))
    if min(f.distance for f in found) > thresholds.strong:
        found.append(_played(one, wanted, recording_shift.search(one.fine, other.fine), thresholds.weak))
    nearest = min(f.distance for f in found)
    return Found(nearest, *_best(found, nearest, thresholds))


def _played(one: Kept, wanted: Any, played: recording_shift.Played, enough: float) -> Found:
    """As `one` sounds when it is played so; nothing where that is no better than `enough`."""
    if played.share > enough:
        return Found(recording_lay.NEVER, [])
    rows = recording_print.semitones(recording_print.stretched(one.fine, played.stretched), played.turned)
    return _by_prints(recording_print.fingerprint(rows), wanted, played)[0]


def _best(found: list[Found], nearest: float, thresholds: Thresholds) -> tuple[list[Span], recording_shift.Played]:
    """The spans of the look that can show most, of those in the band; how it was changed as prints tell it."""
    inside = [f for f in found if thresholds.band(f.distance) == thresholds.band(nearest)]
    prints = [f for f in inside if f.played is not UNCHANGED]
    played = min(prints, key=lambda f: f.distance).played if prints else UNCHANGED
    return max(inside, key=lambda f: (_covered(f.spans, 0), -f.distance)).spans, played


def _by_prints(bits: Any, wanted: Any, played: recording_shift.Played) -> tuple[Found, int, int]:
    """What fingerprints say, and the pair of windows that fits best."""
    window = min(recording_lay.WINDOW, len(bits), len(wanted))
    best = recording_lay.everywhere(bits, wanted)
    share = float(best.share.min(initial=recording_lay.NEVER))
    tried = max(1.0, len(bits) * len(wanted) / USUAL)
    distance = share * (1 + LUCK * math.log2(tried)) + SHORT * (1 - window / recording_lay.WINDOW)
    at = int(best.share.argmin()) if len(best.share) else 0
    there = at + int(best.offset[at]) if len(best.share) else 0
    stretches = recording_lay.followed(bits, wanted, best, FOLLOW)
    slope = 1.0
    longest = max(stretches, key=lambda s: s.windows, default=None)
    if longest is not None and longest.windows >= TELLS:
        slope = float(np.polyfit(longest.one, longest.other, 1)[0])
    exact = recording_shift.Played(played.turned, played.stretched / slope, share)
    spans = [_span(bits, wanted, s, window, played.stretched) for s in stretches]
    return Found(round(min(1.0, distance), 3), spans, exact), at, there


def _span(bits: Any, wanted: Any, stretch: recording_lay.Followed, window: int, factor: float) -> Span:
    """Seconds on both sides. Where a match ends within both recordings, its last fingerprint that agrees is half in it;
    where one of them ends there, it is wholly in it."""
    early = recording_lay.agreeing(bits, wanted, stretch, 0, window, FOLLOW)[0]
    late = recording_lay.agreeing(bits, wanted, stretch, -1, window, FOLLOW)[1]
    first, first_other = int(stretch.one[0]) + early, int(stretch.other[0]) + early
    last, last_other = int(stretch.one[-1]) + late, int(stretch.other[-1]) + late
    step, hears = recording_print.SECONDS, recording_print.HEARS
    begun = 0.0 if min(first, first_other) <= EDGE else hears / 2
    more = hears if min(len(bits) - last, len(wanted) - last_other) <= EDGE + 1 else hears / 2
    return (
        (first * step + begun) * factor,
        (last * step + more) * factor,
        first_other * step + begun,
        last_other * step + more,
    )


def _by_marks(one: Kept, other: Kept, thresholds: Thresholds) -> Found:
    least = next(count for count in range(100) if _worth(count) <= thresholds.weak)
    shared = recording_marks.shared(one.peaks, other.peaks, least)
    return Found(round(_worth(shared.most), 3), shared.stretches)


def _worth(marks: int) -> float:
    counts, shares = zip(*WORTH, strict=True)
    return float(np.interp(marks, counts, shares))


def _shown(spans: list[Span], swapped: bool, seconds_q: float, seconds_r: float) -> list[list[float]]:
    """Within both recordings, by time, the longest where there are too many. Music that repeats itself agrees with
    itself a bar later too: what lies within a longer place on both sides is not told again."""
    turned = [(c, d, a, b) if swapped else (a, b, c, d) for a, b, c, d in spans]
    longest: list[Span] = []
    for span in sorted(turned, key=lambda s: s[0] - s[1]):
        if not any(_within(span[:2], one[:2]) and _within(span[2:], one[2:]) for one in longest):
            longest.append(span)
    longest = longest[:MOST_SPANS]
    ends = (seconds_q, seconds_q, seconds_r, seconds_r)
    inside = [[round(min(max(0.0, float(t)), end), 2) for t, end in zip(s, ends, strict=True)] for s in longest]
    return sorted(s for s in inside if s[1] > s[0] and s[3] > s[2])


def _within(inner: Any, outer: Any) -> bool:
    """Whether nearly all of a stretch lies in another."""
    shared = min(inner[1], outer[1]) - max(inner[0], outer[0])
    return bool(shared >= REPEATED * (inner[1] - inner[0]))


def _shift(played: recording_shift.Played, swapped: bool) -> list[dict[str, Any]]:
    """How the query was changed: semitones up and times as fast as the reference; nothing where it was not."""
    semitones, tempo = -played.turned / recording_print.FINE, 1 / played.stretched
    if swapped:
        semitones, tempo = -semitones, 1 / tempo
    with_it = 12 * np.log2(tempo)
    if abs(with_it - semitones) < 0.5:
        semitones = float(with_it)  # as a turntable: the tempo is known more exactly than the pitch
    shift: dict[str, Any] = {"kind": "shift"}
    if abs(semitones) >= 0.15:
        shift["semitones"] = round(semitones, 1)
    if abs(tempo - 1) >= 0.008:
        shift["tempo"] = round(tempo, 2)
    return [shift] if len(shift) > 1 else []


def _covered(spans: Any, side: int) -> float:
    """Seconds of a side (0 the first, 1 the second) that lie in any span."""
    covered, until = 0.0, 0.0
    for start, end in sorted((s[2 * side], s[2 * side + 1]) for s in spans):
        covered += max(0.0, end - max(start, until))
        until = max(until, end)
    return covered


def _reason(band: str, spans: list[list[float]], seconds_q: float, seconds_r: float) -> str:
    if band in ("none", "weak"):
        return "no_recording" if band == "none" else "weak_recording"
    shares = (_covered(spans, 0) / max(seconds_q, 0.1), _covered(spans, 1) / max(seconds_r, 0.1))
    return "same_recording" if min(shares) >= WHOLE else "recording_inside"
