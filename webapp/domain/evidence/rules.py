"""Decides whether a file a stranger sent may be kept as evidence, by its bytes and never its name.

Runs in the web process, so no pixel is unpacked here: signatures, a strict bounded walk through
the container, and a search for what is hidden in or behind it. Re-encoding happens in a worker.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Literal

from webapp.domain.evidence import hidden, kinds
from webapp.domain.evidence.dangers import dangerous
from webapp.domain.evidence.walks.base import Broken, Cut, Huge, Walked

Medium = Literal["image", "video", "audio", "document"]


def N_(sentence: str) -> str:  # noqa: N802  (the name gettext looks for)
    """Marks a sentence for translation; the face that shows it translates it."""
    return sentence


@dataclass(frozen=True)
class Limits:
    """What may be kept. The figures come from configuration; these are what it falls back to.

    `max_bytes` is for one picture or document, `max_recording_bytes` for sound and video, of which `max_seconds` holds
    as far as the file's own head says how long it is. `max_pixels` is width times height of a picture: 50 million holds
    any phone camera in common use and costs a decoder 150 MB (matching.md §12).
    `accepted` holds media types.
    """

    max_bytes: int = 50 * 1024 * 1024
    max_pixels: int = 50_000_000
    max_recording_bytes: int = 500 * 1024 * 1024
    max_seconds: float = 240 * 60
    accepted: frozenset[str] = frozenset(kinds.BY_TYPE)

    def bytes_of(self, medium: str) -> int:
        """The most one file of a medium may have."""
        return self.max_recording_bytes if medium in ("audio", "video") else self.max_bytes


@dataclass(frozen=True)
class Inspection:
    """A file that may be kept: what it truly is. Pixels are 0 where the file is no picture; `seconds` is what a
    recording says of its length, 0.0 where it does not.

    Notes are codes: `name_mismatch`, `animated`, `several_pages`, `motion_photo`, `camera_trailer`,
    `trailing_bytes`.
    """

    media_type: str
    medium: Medium
    extension: str
    size: int
    width: int = 0
    height: int = 0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Refusal:
    """A file that may not be kept: a code of SENTENCES and the values of its sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


SENTENCES: dict[str, str] = {
    "empty": N_("This file is empty. Please choose it again."),
    "truncated": N_("This file is cut off: its end is missing. Perhaps it was not downloaded or copied completely."),
    "damaged": N_("This %(kind)s file is damaged. Please open it, save it again and send the new copy."),
    "executable": N_(
        "This is a program, not a picture or recording, whatever its name says. Programs are not accepted."
    ),
    "svg": N_("SVG pictures can carry programs and are not accepted. Please send a screenshot or a PNG instead."),
    "html_or_script": N_(
        "This is a web page or script, not a picture or recording. Please send a screenshot of the page instead."
    ),
    "archive": N_("This is an archive (%(kind)s). Please unpack it and send the files one by one."),
    "polyglot": N_(
        "Another file (%(kind)s) is hidden inside this one. Please send a screenshot or save the picture again."
    ),
    "too_many_pixels": N_(
        "This picture has %(width)s × %(height)s pixels; the most we take is %(megapixels)s million. Please shrink it."
    ),
    "too_large": N_("This file has %(size_mb)s MB; the most we can take is %(max_mb)s MB."),
    "too_long": N_(
        "This recording is %(minutes)s minutes long; the most we take is %(max_minutes)s. Please send the part that "
        "matters."
    ),
    "silk": N_(
        "This is a voice message in WeChat’s own format (SILK), which nothing here can open. Please play it and record "
        "the screen, or save it as MP3, M4A or AMR."
    ),
    "unsupported_type": N_("This kind of file (%(kind)s) is not accepted here. Accepted: %(accepted)s."),
    "unknown_type": N_("We could not recognise what kind of file this is. Accepted: %(accepted)s."),
}


def inspect(source: BinaryIO | Path, declared_name: str = "", limits: Limits | None = None) -> Inspection | Refusal:
    """What a file truly is, or why it may not be kept.

    `source` is a path or a seekable binary stream; a stream is read from its start and left at an
    arbitrary place. `declared_name` is only compared, never believed. Reads the file at most twice,
    in chunks. Raises OSError when it cannot be read.
    """
    allowed = limits or Limits()
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return _inspect(stream, declared_name, allowed)
    return _inspect(source, declared_name, allowed)


def too_large(size: int, limits: Limits, medium: str = "") -> Refusal:
    """The refusal of a file above the limit; also for the reader that stops a stream early ('': of any medium)."""
    most = limits.bytes_of(medium) if medium else max(limits.max_bytes, limits.max_recording_bytes)
    return Refusal("too_large", {"size_mb": _megabytes(size), "max_mb": _megabytes(most)})


def _inspect(stream: BinaryIO, declared_name: str, limits: Limits) -> Inspection | Refusal:
    size = stream.seek(0, 2)
    if size == 0:
        return Refusal("empty")
    if size > max(limits.max_bytes, limits.max_recording_bytes):
        return too_large(size, limits)
    stream.seek(0)
    head = stream.read(kinds.HEAD)
    refused = dangerous(head)
    if refused:
        return Refusal(refused.code, {"kind": refused.name})
    kind = kinds.recognise(head)
    if kind is None:
        if size > limits.max_bytes:
            return too_large(size, limits, "document")
        return Refusal("unknown_type", {"accepted": kinds.names(limits.accepted)})
    if kind.media_type == kinds.SILK:
        return Refusal("silk")
    if kind.media_type not in limits.accepted:
        return Refusal("unsupported_type", {"kind": kind.name, "accepted": kinds.names(limits.accepted)})
    if size > limits.bytes_of(kind.medium):
        return too_large(size, limits, kind.medium)
    return _walked(stream, size, head, kind, declared_name, limits)


def _walked(
    stream: BinaryIO, size: int, head: bytes, kind: kinds.Kind, declared_name: str, limits: Limits
) -> Inspection | Refusal:
    """The walk, then the search for stowaways. A file whose walk fails is searched as well:
    "a script is hidden in it" is the truer answer than "it is damaged"."""
    walked: Walked | None = None
    refusal: Refusal | None = None
    try:
        walked = kind.walk(stream, size, limits.max_pixels)
    except Huge as huge:
        refusal = Refusal(
            "too_many_pixels",
            {"width": huge.width, "height": huge.height, "megapixels": limits.max_pixels // 1_000_000},
        )
    except Cut:
        refusal = Refusal("truncated", {"kind": kind.name})
    except Broken:
        refusal = Refusal("damaged", {"kind": kind.name})
    if walked is not None and walked.seconds > limits.max_seconds:
        minutes = {"minutes": math.ceil(walked.seconds / 60), "max_minutes": round(limits.max_seconds / 60)}
        return Refusal("too_long", minutes)
    inside = hidden.inside(stream, size, head, kind)
    if inside:
        return Refusal("polyglot", {"kind": inside})
    if walked is None:
        return refusal or Refusal("damaged", {"kind": kind.name})
    behind = hidden.behind(stream, walked.end, size, kind)
    if behind.stowaway:
        return Refusal("polyglot", {"kind": behind.stowaway})
    notes = [*walked.notes, *behind.notes]
    suffix = PurePath(declared_name).suffix.lower().lstrip(".")
    if suffix and suffix not in kind.extensions:
        notes.append("name_mismatch")
    return Inspection(
        media_type=kind.media_type,
        medium=kind.medium,
        extension=kind.extensions[0],
        size=size,
        width=walked.width,
        height=walked.height,
        notes=tuple(notes),
        seconds=walked.seconds,
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_048_576:.1f}".removesuffix(".0")
