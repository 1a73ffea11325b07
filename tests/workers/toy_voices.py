"""A stand-in for the detector of voices: a voice is a tone, and what is measured of it is the digest of its frequency.

It keeps the real protocol, so that the job around it can be tested without models, in milliseconds a file.
"""

from __future__ import annotations

import hashlib
import io
import json
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tests.workers.toy_faces import FILM
from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

RATE = 8000
SHE, TWIN, STRANGER, PASSER_BY = 220, 230, 330, 440  # hertz; 0 is silence
BROKEN = 990  # over this one the detector stumbles
LEAST = 2.0  # seconds of speech


def talk(*voices: int, seconds: float = 3.0, seed: int = 0) -> bytes:
    """A WAV file in which these speak one after the other; `seed` makes another file of the same voices."""
    parts = [np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE) for hertz in voices]
    samples = np.concatenate([*parts, np.zeros(seed + 1)])
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 9000).astype("<i2").tobytes())
    return out.getvalue()


def film(*voices: int, seconds: float = 3.0) -> bytes:
    """A film in which these speak."""
    return FILM + talk(*voices, seconds=seconds)


def measured(hertz: int) -> bytes:
    """What is measured of a voice: as recognisable in a file as an embedding would be."""
    return hashlib.sha256(str(hertz).encode()).digest()


def _best(parts: Sequence[Any]) -> list[list[float]]:
    return [[part["from"], part["to"], 0.0, 3.0, 0.9] for part in parts]


class ToyVoices:
    """Signals are JSON: a list of {"from", "to", "measured"}; comparing looks for the reference's only voice."""

    name = "voice"
    version = "toy"
    medium = "audio"
    within = ("video",)
    cost: Literal["cheap", "dear"] = "dear"
    consent = "voice"

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def load(self) -> None:
        """Nothing to load."""

    def signals(self, path: Path, media_type: str) -> Signals:
        """Who speaks in which second."""
        data = path.read_bytes()
        if media_type not in ("audio/wav", "video/mp4") or b"RIFF" not in data[: len(FILM) + 4]:
            raise CannotLook("not_a_recording")
        with wave.open(io.BytesIO(data[data.index(b"RIFF") :])) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        found: list[dict[str, Any]] = []
        for begin in range(0, len(samples) - RATE // 2, RATE // 2):
            part = samples[begin : begin + RATE // 2].astype(float)
            if part.std() < 100:
                continue
            hertz = round(np.abs(np.fft.rfft(part)).argmax() * 2)
            here = {"from": begin / RATE, "to": begin / RATE + 0.5, "measured": measured(hertz).hex()}
            if found and found[-1]["measured"] == here["measured"]:
                found[-1]["to"] = here["to"]
            else:
                found.append(here)
        spoken = sum(part["to"] - part["from"] for part in found)
        if not found:
            raise CannotLook("no_speech")
        if spoken < LEAST:
            raise CannotLook("too_short", f"{spoken} s of speech")
        return Signals(self.name, self.version, 0, 0, json.dumps(found).encode())

    def own(self, signals: Signals) -> Signals:
        """The only voice."""
        if len({part["measured"] for part in json.loads(signals.payload)}) > 1:
            raise CannotLook("cannot_assess", "several voices")
        return replace(signals)

    def about(self, signals: Signals, of: str) -> list[dict[str, Any]]:
        """How long it is."""
        return [{"kind": "length", "of": of, "seconds": json.loads(signals.payload)[-1]["to"]}]

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The same tone is the same voice. Says far too much, as a careless detector might."""
        parts, hers = json.loads(query.payload), json.loads(reference.payload)[0]
        if any(part["measured"] == measured(BROKEN).hex() for part in parts):
            raise ZeroDivisionError
        same = [part for part in parts if part["measured"] == hers["measured"]]
        lines = [[p["from"], 0.9 if p in same else 0.1] for p in parts]
        found: list[dict[str, Any]] = [
            {"kind": "speech", "of": "query", "seconds": 3.0, "segments": [[p["from"], p["to"]] for p in parts]},
            {"kind": "voices", "found": len(parts), "best": _best(same), "curve": lines},
            {"kind": "hearing", "of": "query", "warnings": []},
            {"kind": "speakers", "of": "query", "all": [p["measured"] for p in parts]},
        ]
        if same:
            return Comparison(0.1, "supports", "strong", 0.55, "same_voice", found)
        return Comparison(0.9, "does_not_support", "none", 0.55, "other_voice", found)

    def examples(self) -> Sequence[Example]:
        """One."""
        return (Example("one voice", "audio/wav", talk(SHE)),)
