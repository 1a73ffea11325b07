"""Finds the claimant's voice among the voices of a reported recording or film, and says when it cannot tell.

Only with the claimant's separate consent (law.md §9.1). What was heard in a reported item holds the voices of
strangers: it lives while it is compared and is never stored. `own` cuts a reference down to the one voice it is about.

A voice alike is timbre alike, no finding that it was cloned; and a clone can be so unlike that nothing is found.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import Band, CannotLook, Comparison, Cost, Example, Signals, Thresholds
from workers.detectors import voice_shown

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from workers.detectors.voice_networks import Networks

    Floats = NDArray[np.float32]

# Payload: length of the head (JSON: seconds, speech, segments, warnings), the head, then a record for each window.
# `begin` and `end` are seconds of the recording, `speaker` is 0 for who speaks most.
WINDOW = np.dtype([("begin", "<f4"), ("end", "<f4"), ("speech", "<f2"), ("speaker", "<u2"), ("embedding", "<f2", 192)])
NEEDED = 2.0  # seconds of speech without which nothing is said
MAIN = 3.0  # times as much speech as whoever speaks next: then a reference is about that one
TEMPLATE = 60  # windows a reference keeps: three quarters of a minute
# What hides a voice: then only what is beyond doubt supports, and "no" is never said.
HIDING = frozenset({"short", "noisy", "music", "clipped"})
WORDS = {
    "short": "short",
    "noisy": "noisy",
    "music": "under music",
    "clipped": "overdriven",
    "narrow": "telephone sound",
}
REASONS = {"strong": "same_voice", "possible": "similar_voice", "weak": "weak_voice", "none": "other_voice"}


@dataclass(frozen=True)
class _Heard:
    """A payload, read."""

    head: Mapping[str, Any]
    windows: NDArray[Any]

    @property
    def embeddings(self) -> Floats:
        exact: Floats = self.windows["embedding"].astype(np.float32)
        exact = exact / np.maximum(np.linalg.norm(exact, axis=-1, keepdims=True), np.float32(1e-6))
        return exact

    def speakers(self) -> list[int]:
        """Those who speak long enough to tell anything, who speaks most first; always at least one."""
        found = sorted(set(self.windows["speaker"].tolist()))
        return [n for n in found if self.speech(n) >= NEEDED] or found[:1]

    def of(self, speaker: int) -> _Heard:
        """The same with the windows of one speaker only."""
        return replace(self, windows=self.windows[self.windows["speaker"] == speaker])

    def speech(self, speaker: int) -> float:
        """About how many seconds this one speaks: windows overlap, so a share of all speech."""
        return float(self.head["speech"]) * float((self.windows["speaker"] == speaker).mean())


class VoiceLikeness:
    """Find speech, tell speakers apart, embed: cosine between the reference's voice and the nearest voice heard.

    Distance: 1 − cosine between the middles of what each of the two speakers says. Where the bands lie was measured
    for version 1 with the two pinned model files.
    """

    name = "voice"
    version = "1"
    medium = "audio"
    within = ("video",)
    cost: Cost = "dear"
    consent = "voice"
    # Half an hour of speech: decoded, listened to, 600 windows of 60 ms. A minute on a free machine, so several of them
    # where others work too.
    needs_cpu = 240.0
    needs_wall = 900.0
    needs_memory = 1536 * 1024 * 1024
    _networks: Networks
    _sound: ModuleType
    _speech: ModuleType
    _people: ModuleType
    _quality: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import sound, voice_networks, voice_people, voice_quality, voice_speech

        self._sound, self._speech, self._people, self._quality = sound, voice_speech, voice_people, voice_quality
        self._networks = voice_networks.Networks()

    def signals(self, path: Path, media_type: str) -> Signals:
        """All voices of one recording. Raises CannotLook: what `sound.heard` raises, `no_speech`, and `too_short`
        with less than two seconds of speech."""
        heard = self._sound.heard(path, media_type)
        speech = self._speech.spoken(heard.samples, self._networks.speaking(heard.samples))
        if not speech.segments:
            raise CannotLook("no_speech", f"nobody was heard speaking in {heard.seconds:.1f} s")
        if speech.seconds < NEEDED:
            raise CannotLook("too_short", f"{speech.seconds:.1f} s of speech")
        parts = self._speech.windows(speech)
        embeddings = np.stack([self._networks.measure(speech.line[first:last]) for first, last in parts])
        records = np.zeros(len(parts), WINDOW)
        times = np.array([speech.times(first, last) for first, last in parts])
        records["begin"], records["end"] = times[:, 0], times[:, 1]
        records["speech"] = [(last - first) / self._sound.RATE for first, last in parts]
        records["speaker"] = self._people.speakers(embeddings)
        records["embedding"] = embeddings
        segments = [[round(n / self._sound.RATE, 2) for n in segment] for segment in speech.segments]
        head = {
            "seconds": round(heard.seconds, 2),
            "speech": round(speech.seconds, 2),
            "segments": voice_shown.fewer(segments),
            "warnings": list(self._quality.warnings(speech, heard.samples)),
        }
        return Signals(self.name, self.version, 0, 0, _packed(head, records), heard.notes)

    def own(self, signals: Signals) -> Signals:
        """Only the voice a reference is about: the single one, or one that speaks much more than all others.

        Raises CannotLook("cannot_assess") where several could be meant: a stranger's voice must not become a template.
        """
        heard = self._read(signals)
        counts = np.bincount(heard.windows["speaker"])
        if len(counts) > 1 and counts[0] < MAIN * counts[1]:
            raise CannotLook(
                "cannot_assess",
                f"{len(heard.speakers())} voices in the reference, none of them the main one: say which is meant, "
                "or cut it out",
            )
        hers = heard.of(0).windows
        if len(hers) == len(heard.windows) <= TEMPLATE:
            return signals
        kept = hers[np.unique(np.linspace(0, len(hers) - 1, TEMPLATE).astype(int))]
        speech = round(heard.speech(0), 2)
        short = {"short"} if speech < self._quality.SHORT else set()
        codes = [code for code in self._quality.WARNINGS if code in short.union(heard.head["warnings"])]
        return replace(signals, payload=_packed({**heard.head, "speech": speech, "warnings": codes}, kept))

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The reported recording's nearest voice beside the reference's. Raises CannotLook, see `_unclear`."""
        heard, hers = self._read(query), self._read(self.own(reference))
        template = self._people.middle(hers.embeddings)
        speakers = heard.speakers()
        cosines = [float(self._people.middle(heard.of(n).embeddings) @ template) for n in speakers]
        best = int(np.argmax(cosines))
        his = heard.of(speakers[best])
        band = self._band(cosines[best], heard, hers)
        if band == "none":
            self._unclear(heard, hers)
        return Comparison(
            distance=_distance(cosines[best]),
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=REASONS[band],
            findings=[
                *voice_shown.side("query", heard.head),
                *voice_shown.side("reference", hers.head),
                {
                    "kind": "voices",
                    "found": len(speakers),
                    "speech": round(heard.speech(speakers[best]), 1),
                    "best": voice_shown.pairs(his.windows, hers.windows, his.embeddings, hers.embeddings),
                    "curve": voice_shown.curve(heard.windows, heard.embeddings @ template),
                },
            ],
        )

    def about(self, signals: Signals, of: str) -> list[dict[str, Any]]:
        """The findings of one side ("query", "reference") that say what was to be heard in it, and nothing of whom: for
        a comparison that cannot be made."""
        return voice_shown.side(of, self._read(signals).head)

    def _band(self, cosine: float, heard: _Heard, hers: _Heard) -> Band:
        """Where a voice is hard to hear it supports only where the likeness is beyond doubt."""
        band = self.thresholds.band(_distance(cosine))
        hidden = HIDING.intersection([*heard.head["warnings"], *hers.head["warnings"]])
        return "weak" if band == "possible" and hidden else band

    def _unclear(self, heard: _Heard, hers: _Heard) -> None:
        """No voice is alike; but "no" is only said of enough clear speech. Raises CannotLook else."""
        for side, one in (("reference", hers), ("report", heard)):
            codes = [code for code in one.head["warnings"] if code in HIDING]
            if codes:
                words = " and ".join(WORDS[code] for code in codes)
                detail = f"the {side} has {one.head['speech']:.1f} s of speech, {words}"
                raise CannotLook("too_short" if codes == ["short"] else "cannot_assess", detail)

    def _read(self, signals: Signals) -> _Heard:
        if (signals.detector, signals.version) != (self.name, self.version):
            raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        data = signals.payload
        try:
            (length,) = struct.unpack_from(">I", data)
            head = json.loads(data[4 : 4 + length])
            windows = np.frombuffer(data[4 + length :], WINDOW)
        except (struct.error, ValueError) as error:
            raise CannotLook("failed", "stored signals of voices are damaged") from error
        if not len(windows) or not isinstance(head, dict):
            raise CannotLook("failed", "stored signals of voices are damaged")
        return _Heard(head, windows)

    def examples(self) -> Sequence[Example]:
        """None: a voice cannot be drawn so that this would be a proof. The tests use clips a synthesiser spoke."""
        return ()


def _packed(head: Mapping[str, Any], windows: NDArray[Any]) -> bytes:
    data = json.dumps(head, separators=(",", ":")).encode()
    return struct.pack(">I", len(data)) + data + windows.tobytes()


def _distance(cosine: float) -> float:
    return max(0.0, round(1 - cosine, 3))
