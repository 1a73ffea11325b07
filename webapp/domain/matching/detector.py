"""What a detector and a reader are: the protocols they keep, and the values that travel through them.

This file is the only thing `workers.detectors` may import of the house, so it holds no library,
no database and no rule. A detector looks at one file (`signals`), lays two results side by side
(`compare`) and can prove itself on pictures it brings along (`examples`). A reader looks at one file
and says what the file itself declares (`read`).
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
        "featureless",  # blank, flat, or one steady sound: it would agree with every other one
        "unsupported",  # a type this detector does not read
        "unreadable",  # the file could not be opened or read at all
        "decoder_timeout",  # processor or wall-clock limit
        "decoder_memory",  # memory limit
        "decoder_killed",  # the decoder process died
        "detector_absent",  # an optional package is missing here
        "cannot_assess",  # there is something to compare, but too small, covered, drawn or turned away to tell
        "no_face",  # no face was found
        "no_text",  # no text to compare
        "not_a_recording",  # the decoder knows neither sound nor film in these bytes
        "no_sound",  # a film without a sound track, or nothing but silence
        "no_pictures",  # a recording without moving pictures
        "no_speech",  # nobody speaks or sings in it
        "no_tune",  # nothing is sung or played in it: speech, noise, drums, one chord all along
        "too_short",  # less of it than is needed to tell anything
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
    """Greatest distance of each band, from `policy/book/matching/`.

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


def medium_of(media_type: str) -> str:
    """The medium detectors know a file's type by: image, video, audio, text (a PDF is read as text), or file."""
    if media_type == "application/pdf":
        return "text"
    head = media_type.split("/")[0]
    return head if head in ("image", "video", "audio", "text") else "file"


def media_of(detector: Detector) -> tuple[str, ...]:
    """The media a detector looks at: its own first, those its own lies within, then those it can lay beside it."""
    return (detector.medium, *getattr(detector, "within", ()), *getattr(detector, "also", ()))


def reads(detector: Detector, media_type: str) -> bool:
    """Whether a detector looks at files of this type."""
    return medium_of(media_type) in media_of(detector)


Cost = Literal["cheap", "dear", "dearest"]
COSTS: tuple[Cost, ...] = ("cheap", "dear", "dearest")


class Detector(Protocol):
    """The three methods of a detector, and what it is called.

    `medium` is what it looks at ("image"). `version` changes whenever stored signals of the older
    version could no longer be compared. Constructing a detector imports nothing heavy; `load` does.
    `cost`: a dear detector is asked only where no cheap one already found a strong match, the dearest only where no
    dear one did either.
    `consent`: the purpose ("face", "voice") whose separate consent it needs, "" for none. A detector that
    needs one keeps nothing of reported items: there its signals live only while they are compared.

    Four attributes more are optional. `within`: media its own lies in, which count as its own (sound in a "video").
    `also`: media it can lay beside its own ("text" beside a picture with
    words in it), never two of them alone. `needs_memory` (bytes above what is mapped), `needs_cpu` and
    `needs_wall` (seconds): what the sandbox must allow it where the usual limits are too narrow.
    """

    name: str
    version: str
    medium: str
    cost: Cost
    consent: str

    def load(self) -> None:
        """Import the libraries. Raises ImportError when an optional package is missing."""

    def signals(self, path: Path, media_type: str) -> Signals:
        """Look at one file. Raises CannotLook. Decodes hostile bytes: call it in the sandbox."""

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """Lay two signals of this detector side by side. Pure, no decoding. Raises CannotLook."""

    def examples(self) -> Sequence[Example]:
        """Pictures for the contract test, drawn, never stored."""


# What a file says of its own making. Never "made by a human": no evidence is no evidence.
Answer = Literal["declared", "suspected", "no_evidence"]


@dataclass(frozen=True)
class Claim:
    """One thing a file says of its own making: where it stands, what it says, how far it can be trusted.

    `source` is a code (`xmp_aigc`, `png_parameters`, `c2pa`, `visible_mark` …), `answer` what it means alone, `trust`
    "signed" (a trusted signature), "editable" (anybody could have written it) or "visible" (read off the picture).
    `text` is the value in short, plain text; `issues` are codes of what is wrong with it (GB 45438 Annex E).
    `box` is where it stands in the picture, as fractions (left, top, width, height); empty for metadata.
    """

    source: str
    answer: Answer
    trust: Literal["signed", "editable", "visible"]
    text: str
    issues: tuple[str, ...] = ()
    box: tuple[float, ...] = ()


class Reader(Protocol):
    """Reads what one file says of its own making; `media` are the media types it can open ("image/png" …)."""

    name: str
    version: str
    media: frozenset[str]
    cost: Literal["cheap", "dear"]

    def load(self) -> None:
        """Import the libraries. Raises ImportError when an optional package is missing."""

    def read(self, path: Path, media_type: str) -> Sequence[Claim]:
        """All claims in one file, empty when it says nothing. Raises CannotLook. Call it in the sandbox."""


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
