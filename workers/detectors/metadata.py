"""Reads what a file's own metadata says of its making: the AIGC label, IPTC's source type, traces of generators.

Anybody could have written it, so its trust is "editable". Prompts are somebody's own words and are never given on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from webapp.domain.matching.detector import Answer, CannotLook, Claim
from workers.detectors import aigc, generators
from workers.detectors.containers import boxes, directories, documents, pictures, riff, streams, tags, xmp
from workers.detectors.containers.base import Piece, Stop, Walk

# IPTC NewsCodes "Digital Source Type", values that say AI by themselves (law.md §7.1); no other value does.
BASE = "cv.iptc.org/newscodes/digitalsourcetype/"
AI_SOURCES = frozenset({"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"})
_LABEL_KEYS = frozenset({"AIGC", "TC260:AIGC", "TC260_AIGC"})
# Free texts a label was seen in: EXIF UserComment (TC260-PG-20259A Annex B), ImageDescription (Tencent), comments.
_FREE = frozenset({"UserComment", "ImageDescription", "Comment", "comment", "\xa9cmt", "ICMT", "Description"})
_BYTE_DANCE = "aigc_label_type"
# What the claim is called by where the label stood; the place is the container's own name otherwise.
_PLACES = {"png": "png_aigc", "xmp": "xmp_aigc", "exif": "exif_aigc", "mp4": "mp4_aigc", "matroska": "matroska_aigc",
           "flv": "flv_aigc", "avi": "avi_aigc", "wav": "wav_aigc", "id3": "id3_aigc", "vorbis": "vorbis_aigc",
           "office": "office_aigc", "pdf": "pdf_aigc", "markdown": "markdown_aigc", "gif": "comment_aigc",
           "jpeg": "comment_aigc", "webp": "xmp_aigc"}  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."


class EmbeddedLabels:
    """All metadata of one file, whatever its container; the first bytes say which, not the media type."""

    name = "metadata"
    version = "1"
    cost: Literal["cheap", "dear"] = "cheap"
    media = frozenset(
        {
            "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/heif",
            "image/tiff",
            "video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/x-flv", "video/x-msvideo",
            "audio/mp4", "audio/mpeg", "audio/wav", "audio/ogg", "audio/flac",
            "application/pdf", "text/plain", "text/markdown",
            _OFFICE + "wordprocessingml.document", _OFFICE + "presentationml.presentation",
            _OFFICE + "spreadsheetml.sheet",
        }
    )  # fmt: skip

    def load(self) -> None:
        import pypdf  # noqa: F401  # loaded here so that no sandbox imports it again

    def read(self, path: Path, media_type: str) -> Sequence[Claim]:
        pieces, ended = gather(path)
        claims = interpret(pieces)
        if not claims and ended:
            raise CannotLook(*ended)
        return claims


def gather(path: Path) -> tuple[list[Piece], tuple[str, str] | None]:
    """All pieces of one file; and, where the walk ended early, (code, why) as CannotLook takes them.

    Raises CannotLook: 'unsupported' for an unknown container, 'unreadable'.
    """
    ended: tuple[str, str] | None = None
    try:
        with path.open("rb") as stream:
            walk = Walk(stream, path.stat().st_size)
            container = _container(stream.read(32))
            try:
                container(walk)
            except Stop as why:
                ended = ("cannot_assess" if why.limit else "truncated", str(why))
            found = list(walk.found)
    except OSError as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    pieces: list[Piece] = []
    for piece in found:
        if isinstance(piece.value, str):
            pieces.append(piece)
        elif piece.place == "exif":
            for inner in directories.exif(piece.value).found:
                if isinstance(inner.value, bytes):
                    pieces += xmp.properties(inner.value, piece.damaged)
                else:
                    pieces.append(inner)
        elif piece.place == "office":
            pieces += _office(piece.value)
        else:
            pieces += xmp.properties(piece.value, piece.damaged)
    return pieces, ended


def _container(head: bytes) -> Callable[[Walk], None]:
    """The walk for a file that begins so. Raises CannotLook('unsupported')."""
    known: tuple[tuple[bytes, Callable[[Walk], None]], ...] = (
        (b"\xff\xd8\xff", pictures.jpeg),
        (b"\x89PNG\r\n\x1a\n", pictures.png),
        (b"GIF8", pictures.gif),
        (b"II*\x00", directories.tiff),
        (b"MM\x00*", directories.tiff),
        (b"RIFF", riff.riff),
        (b"\x1aE\xdf\xa3", streams.matroska),
        (b"FLV\x01", streams.flv),
        (b"ID3", tags.mp3),
        (b"\xff\xfb", tags.mp3),
        (b"\xff\xf3", tags.mp3),
        (b"\xff\xf2", tags.mp3),
        (b"\xff\xfa", tags.mp3),
        (b"fLaC", tags.flac),
        (b"OggS", tags.ogg),
        (b"PK\x03\x04", documents.office),
        (b"%PDF-", documents.pdf),
    )
    for magic, walk in known:
        if head.startswith(magic):
            return walk
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return boxes.boxes
    if b"\x00" not in head:
        return documents.markdown
    raise CannotLook("unsupported", "no container this reader knows")


def _office(data: bytes) -> list[Piece]:
    """The custom properties of an office file."""
    try:
        root = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return []
    named = [child for child in root if child.attrib.get("name")]
    return [Piece("office", child.attrib["name"], "".join(child.itertext()).strip()) for child in named[:1000]]


def interpret(pieces: list[Piece]) -> list[Claim]:
    """What the pieces mean: labels first, then source types and AI systems, then traces of generators."""
    labels = []
    for piece in pieces:
        value = piece.value if isinstance(piece.value, str) else ""
        named = piece.key.upper() in _LABEL_KEYS
        if named or (piece.key in _FREE and aigc.looks_like(value)):
            labels.append(aigc.label(_PLACES.get(piece.place, "xmp_aigc"), value, piece.damaged))
    claims = [one.claim() for one in aigc.one_label(labels)]
    for piece in pieces:
        claims += _iptc(piece)
        if isinstance(piece.value, str) and _BYTE_DANCE in piece.value and piece.key.upper() not in _LABEL_KEYS:
            claims += _byte_dance(piece)
    for name, model, damaged in generators.traces(pieces):
        text = f"{name} · {model}" if model else name
        claims.append(Claim("generator", "suspected", "editable", text, ("CRC_MISMATCH",) if damaged else ()))
    return list(dict.fromkeys(claims))


def _iptc(piece: Piece) -> list[Claim]:
    """IPTC's Digital Source Type and the AI fields of IPTC Photo Metadata 2025.1."""
    value = piece.value.strip()[:200] if isinstance(piece.value, str) else ""
    issues = ("CRC_MISMATCH",) if piece.damaged else ()
    if piece.place != "xmp" or not value:
        return []
    if piece.key == "DigitalSourceType":
        return [Claim("xmp_source_type", source_answer(value), "editable", source_name(value), issues)]
    if piece.key in ("AISystemUsed", "AISystemVersionUsed"):
        return [Claim("xmp_ai_system", "declared", "editable", value, issues)]
    if piece.key in ("AIPromptInformation", "AIPromptWriterName"):
        return [Claim("xmp_ai_prompt", "suspected", "editable", "", issues)]
    return []


def source_name(value: str) -> str:
    """The code of a Digital Source Type out of its address, with or without scheme and slash."""
    return value.strip().rstrip("/").rpartition("/")[2][:60]


def source_answer(value: str) -> Answer:
    """What a Digital Source Type says: AI, or nothing (a camera's is no proof of the contrary)."""
    return "declared" if source_name(value) in AI_SOURCES else "no_evidence"


def _byte_dance(piece: Piece) -> list[Claim]:
    """ByteDance's private field in a JSON comment. Its values are not published: 0 is taken as "not marked"."""
    found = re.search(rf'{_BYTE_DANCE}\\*"?\s*:\s*\\*"?(-?\d{{1,6}})', str(piece.value)[:65_536])
    if not found:
        return []
    answer: Answer = "suspected" if found[1] != "0" else "no_evidence"
    return [Claim("vendor_label", answer, "editable", f"{_BYTE_DANCE}={found[1]}")]
