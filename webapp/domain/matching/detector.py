"""What a detector is: the protocol every detector keeps, and the values that travel through it.

This file is the only thing `workers.detectors` may import of the house, so it holds no library,
no database and no rule. A detector looks at one file (`signals`), lays two results side by side
(`compare`) and can prove itself on pictures it brings along (`examples`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Verdict = Literal["supports", "does_not_support", "cannot_tell"]
Band = Literal["strong", "possible", "weak", "none"]

# Why a detector could not look. Sentences for people are made from these where they are shown.
CANNOT_LOOK_CODES = frozenset(
    {
        "not_an_image",  # the decoder knows no picture in these bytes
        "truncated",  # the file ends before the picture does
        "too_many_pixels",  # more pixels than the limit, so it was never unpacked
        "too_small",  # too few pixels to tell anything
        "featureless",  # blank or flat: it would agree with every other blank picture
        "unsupported",  # a type this detector does not read
        "unreadable",  # the file could not be opened or read at all
        "decoder_timeout",  # processor or wall-clock limit
        "decoder_memory",  # memory limit
        "decoder_killed",  # the decoder process died
        "detector_absent",  # an optional package is missing here
        "failed",  # the detector itself failed
    }
)


class CannotLook(Exception):
    """A detector could not look at a file. Says why with a code; never means "no match"."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Thresholds:
    """Greatest distance of each band, from `policy/book/matching.toml`.

    Distances are in the detector's own unit. Strong and possible support the claim, weak is
    "cannot tell", anything beyond is "none". `version` is the detector version that was measured.
    """

    version: str
    strong: float
    possible: float
    weak: float

    def __post_init__(self) -> None:
        if not 0 <= self.strong <= self.possible <= self.weak:
            raise ValueError("bands must widen: 0 <= strong <= possible <= weak")

    def band(self, distance: float) -> Band:
        if distance <= self.strong:
            return "strong"
        if distance <= self.possible:
            return "possible"
        return "weak" if distance <= self.weak else "none"

    def verdict(self, band: Band) -> Verdict:
        if band in ("strong", "possible"):
            return "supports"
        return "cannot_tell" if band == "weak" else "does_not_support"


@dataclass(frozen=True)
class Signals:
    """What one detector version saw in one file, small enough to keep in a database row.

    `width` and `height` are pixels as a person sees the picture (orientation applied).
    `notes` are codes of things worth telling a reviewer, such as `first_frame_only`.
    """

    detector: str
    version: str
    width: int
    height: int
    payload: bytes
    notes: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        head = json.dumps(
            {
                "detector": self.detector,
                "version": self.version,
                "width": self.width,
                "height": self.height,
                "notes": list(self.notes),
            },
            separators=(",", ":"),
        ).encode()
        return struct.pack(">4sI", b"RDS1", len(head)) + head + self.payload

    @classmethod
    def from_bytes(cls, data: bytes) -> Signals:
        """Read back what `to_bytes` wrote. Raises ValueError for anything else."""
        if len(data) < 8 or data[:4] != b"RDS1":
            raise ValueError("not a stored signal")
        (length,) = struct.unpack(">I", data[4:8])
        if 8 + length > len(data):
            raise ValueError("a stored signal is cut short")
        head = json.loads(data[8 : 8 + length])
        return cls(
            detector=str(head["detector"]),
            version=str(head["version"]),
            width=int(head["width"]),
            height=int(head["height"]),
            payload=data[8 + length :],
            notes=tuple(str(note) for note in head["notes"]),
        )


@dataclass(frozen=True)
class Comparison:
    """Two signals side by side: how far apart, what that means, and how it was seen.

    `threshold` is the greatest distance that still supports. `reason` is a code for the sentence
    shown to people. `findings` are plain JSON values a reviewer's page can draw.
    """

    distance: float
    verdict: Verdict
    band: Band
    threshold: float
    reason: str
    findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Example:
    """A picture a detector brings to prove itself: bytes, media type, and a name for the test report."""

    name: str
    media_type: str
    data: bytes


class Detector(Protocol):
    """The three methods of a detector, and what it is called.

    `medium` is what it looks at ("image"). `version` changes whenever stored signals of the older
    version could no longer be compared. Constructing a detector imports nothing heavy; `load` does.
    """

    name: str
    version: str
    medium: str

    def load(self) -> None:
        """Import the libraries. Raises ImportError when an optional package is missing."""

    def signals(self, path: Path, media_type: str) -> Signals:
        """Look at one file. Raises CannotLook. Decodes hostile bytes: call it in the sandbox."""

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """Lay two signals of this detector side by side. Pure, no decoding. Raises CannotLook."""

    def examples(self) -> Sequence[Example]:
        """Pictures for the contract test, drawn, never stored."""


def thresholds_of(book: Mapping[str, Any], name: str) -> Thresholds:
    """The thresholds of one detector out of the matching chapter. Raises KeyError if it has none."""
    entry = book["detectors"][name]
    bands = entry["bands"]
    return Thresholds(
        version=str(entry["version"]),
        strong=float(bands["strong"]["distance"]),
        possible=float(bands["possible"]["distance"]),
        weak=float(bands["weak"]["distance"]),
    )
