"""Tells what a file is from its first bytes, and which kinds the house knows how to walk."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

import puremagic

from webapp.domain.evidence.walks.base import CHUNK, Broken, Cut, Walk, Walked
from webapp.domain.evidence.walks.bitmap import walk_bmp, walk_tiff
from webapp.domain.evidence.walks.boxes import walk_boxes
from webapp.domain.evidence.walks.gif import walk_gif
from webapp.domain.evidence.walks.jpeg import walk_jpeg
from webapp.domain.evidence.walks.png import walk_png
from webapp.domain.evidence.walks.riff import walk_riff

HEAD = 64 * 1024  # enough for any signature and the prologue of an XML or HTML page


@dataclass(frozen=True)
class Kind:
    """One kind of file: its media type, what people call it, its usual extensions (first is ours)."""

    media_type: str
    medium: Literal["image", "video", "audio", "document"]
    name: str
    extensions: tuple[str, ...]
    walk: Walk


@dataclass(frozen=True)
class Dangerous:
    """A kind that is refused whatever the configuration says."""

    code: str
    name: str


def walk_nothing(stream: BinaryIO, size: int, most: int) -> Walked:
    """For recordings whose end is open by design (MP3, Ogg, FLAC, Matroska)."""
    return Walked(0, 0, size)


def walk_pdf(stream: BinaryIO, size: int, most: int) -> Walked:
    """A PDF says where it ends within its last two kilobytes (ISO 32000-1 §7.5.5, as readers do it)."""
    stream.seek(max(0, size - 2048))
    if b"%%EOF" not in stream.read(2048):
        raise Cut
    return Walked(0, 0, size)


def walk_text(stream: BinaryIO, size: int, most: int) -> Walked:
    """Plain text in UTF-8 (with or without mark), UTF-16 (with mark) or GB 18030, without control characters."""
    stream.seek(0)
    for encoding in ("utf-16",) if stream.read(2) in _WIDE else ("utf-8", "gb18030"):
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while True:
                data = stream.read(CHUNK)
                if _CONTROL.search(decoder.decode(data, final=not data)):
                    raise Broken("control characters in a text")
                if not data:
                    return Walked(0, 0, size)
        except UnicodeDecodeError:
            continue
    raise Broken("no known text encoding")


_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

KINDS = (
    Kind("image/jpeg", "image", "JPEG", ("jpg", "jpeg", "jpe", "jfif"), walk_jpeg),
    Kind("image/png", "image", "PNG", ("png", "apng"), walk_png),
    Kind("image/webp", "image", "WebP", ("webp",), walk_riff),
    Kind("image/gif", "image", "GIF", ("gif",), walk_gif),
    Kind("image/avif", "image", "AVIF", ("avif", "avifs"), walk_boxes),
    Kind("image/bmp", "image", "BMP", ("bmp", "dib"), walk_bmp),
    Kind("image/tiff", "image", "TIFF", ("tif", "tiff"), walk_tiff),
    Kind("video/mp4", "video", "MP4", ("mp4", "m4v"), walk_boxes),
    Kind("video/quicktime", "video", "QuickTime", ("mov", "qt"), walk_boxes),
    Kind("video/webm", "video", "WebM", ("webm", "mkv"), walk_nothing),
    Kind("audio/mp4", "audio", "M4A", ("m4a", "m4b"), walk_boxes),
    Kind("audio/mpeg", "audio", "MP3", ("mp3",), walk_nothing),
    Kind("audio/wav", "audio", "WAV", ("wav", "wave"), walk_riff),
    Kind("audio/ogg", "audio", "Ogg", ("ogg", "oga", "opus"), walk_nothing),
    Kind("audio/flac", "audio", "FLAC", ("flac",), walk_nothing),
    Kind("application/pdf", "document", "PDF", ("pdf",), walk_pdf),
    Kind("text/plain", "document", "plain text", ("txt", "text", "md", "log", "csv", "srt"), walk_text),
)
BY_TYPE = {kind.media_type: kind for kind in KINDS}
# Recognised so that the refusal can name them, never walked.
_FOREIGN = {
    "image/heic": "HEIC",
    "image/heif": "HEIC",
    "image/jp2": "JPEG 2000",
    "image/x-icon": "ICO",
    "image/vnd.adobe.photoshop": "PSD",
}

_PROGRAMS = (
    (b"MZ", "Windows"),
    (b"\x7fELF", "Linux"),
    (b"\xcf\xfa\xed\xfe", "macOS"),
    (b"\xce\xfa\xed\xfe", "macOS"),
    (b"\xfe\xed\xfa\xce", "macOS"),
    (b"\xfe\xed\xfa\xcf", "macOS"),
    (b"\xca\xfe\xba\xbe", "Java or macOS"),
    (b"dex\n", "Android"),
    (b"\x00asm", "WebAssembly"),
    (b"#!", "script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
)
_ARCHIVES = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"PK\x07\x08", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF", "CAB"),
    (b"!<arch>\n", "ar"),
    (b"xar!", "xar"),
)
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"hevc": "image/heic",
}
_MARKUP = re.compile(
    r"<(!doctype\s+html|html|head|body|script|iframe|title|meta|link|style|table|div|a\s|img|base|object|embed|form|\?php)",
    re.IGNORECASE,
)
_SVG = re.compile(r"<(\w+:)?svg[\s>]|<!doctype\s+svg", re.IGNORECASE)


def _as_text(head: bytes) -> str:
    """The head as text for the search of markup, whatever encoding its byte order mark announces."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return head.decode(encoding, "replace").lstrip("\ufeff")
    if head[:64].count(b"\x00") >= 16 and head[:1] in (b"<", b"\x00"):
        return head.replace(b"\x00", b"").decode("latin-1")  # UTF-16 without a mark
    return head.decode("latin-1")


def dangerous(head: bytes) -> Dangerous | None:
    """Programs, archives, active pictures, pages and scripts, by their first bytes."""
    for magic, name in _PROGRAMS:
        if head.startswith(magic) and not (magic == b"MZ" and head.isascii() and b"\x00" not in head[:256]):
            return Dangerous("executable", name)
    for magic, name in _ARCHIVES:
        if head.startswith(magic):
            return Dangerous("archive", name)
    if head[257:262] == b"ustar":
        return Dangerous("archive", "tar")
    text = _as_text(head).lstrip()
    if text.startswith("<"):
        if _SVG.search(text):
            return Dangerous("svg", "SVG")
        if _MARKUP.search(text):
            return Dangerous("html_or_script", "HTML")
        return Dangerous("html_or_script", "XML")
    return None


def recognise(head: bytes) -> Kind | None:
    """The kind by its first bytes; a foreign kind comes back with its name and no walk; None if unknown."""
    for magic, media_type in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"%PDF-", "application/pdf"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
    ):
        if head.startswith(magic) and not (magic == b"BM" and head[6:10] != b"\0\0\0\0"):
            return BY_TYPE[media_type]
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return BY_TYPE["image/webp" if head[8:12] == b"WEBP" else "audio/wav"]
    if head[4:8] == b"ftyp":
        return _by_type(_BRANDS.get(head[8:12], "video/mp4"), "ISO media")
    if head[:4] == b"\x1aE\xdf\xa3":
        return BY_TYPE["video/webm"]
    if _mp3_frame(head):
        return BY_TYPE["audio/mpeg"]
    if _looks_like_text(head):
        if head.lstrip().startswith((b"#EXTM3U", b"ffconcat")):
            return _by_type("application/x-playlist", "playlist")  # names files for a decoder to open
        return BY_TYPE["text/plain"]
    try:
        best = max(puremagic.magic_string(head), key=lambda found: found.confidence)
    except (puremagic.PureError, ValueError):
        return None
    return _by_type(best.mime_type, best.name) if best.mime_type and best.confidence >= 0.4 else None


def _by_type(media_type: str, name: str) -> Kind:
    if media_type in BY_TYPE:
        return BY_TYPE[media_type]
    return Kind(media_type, "document", _FOREIGN.get(media_type, name), (), walk_nothing)


def _mp3_frame(head: bytes) -> bool:
    """Two MPEG audio layer III frame heads in a row (ISO 11172-3 §2.4.1.3): one alone is chance."""
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xFE not in (0xFA, 0xF2, 0xE2):
        return False
    if head[1] & 0xFE != 0xFA:
        return head[2] >> 4 not in (0, 15) and (head[2] >> 2) & 3 != 3
    rate, hertz = rates[head[2] >> 4], (44100, 48000, 32000, 0)[(head[2] >> 2) & 3]
    if not rate or not hertz:
        return False
    following = 144_000 * rate // hertz + ((head[2] >> 1) & 1)
    return len(head) <= following + 1 or head[following : following + 2] == head[:2]


def _looks_like_text(head: bytes) -> bool:
    wide = head.startswith(_WIDE)
    if b"\x00" in head and not wide:
        return False
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text) and sum(
            letter.isprintable() or letter in "\r\n\t\f" for letter in text
        ) >= 0.97 * len(text):
            return True
    return False


def names(media_types: Iterable[str]) -> str:
    """What people call these kinds, in the table's order."""
    wanted = set(media_types)
    return ", ".join(kind.name for kind in KINDS if kind.media_type in wanted)
