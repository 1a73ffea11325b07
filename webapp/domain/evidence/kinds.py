"""Tells what a file is from its first bytes, and which kinds the house knows how to walk."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

import puremagic

from webapp.domain.evidence.dangers import SPEECH
from webapp.domain.evidence.walks.base import CHUNK, Broken, Cut, Walk, Walked
from webapp.domain.evidence.walks.bitmap import walk_bmp, walk_tiff
from webapp.domain.evidence.walks.boxes import walk_boxes
from webapp.domain.evidence.walks.gif import walk_gif
from webapp.domain.evidence.walks.jpeg import walk_jpeg
from webapp.domain.evidence.walks.png import walk_png
from webapp.domain.evidence.walks.recordings import (
    has_pictures,
    walk_aac,
    walk_amr,
    walk_asf,
    walk_avi,
    walk_flv,
    walk_ts,
)
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
    Kind("video/3gpp", "video", "3GP", ("3gp", "3gpp", "3g2"), walk_boxes),
    Kind("video/x-msvideo", "video", "AVI", ("avi",), walk_avi),
    Kind("video/x-ms-wmv", "video", "WMV", ("wmv", "asf"), walk_asf),
    Kind("video/x-flv", "video", "FLV", ("flv",), walk_flv),
    Kind("video/mp2t", "video", "MPEG-TS", ("ts", "m2ts", "mts"), walk_ts),
    Kind("video/webm", "video", "WebM", ("webm", "mkv"), walk_nothing),
    Kind("audio/mp4", "audio", "M4A", ("m4a", "m4b"), walk_boxes),
    Kind("audio/mpeg", "audio", "MP3", ("mp3",), walk_nothing),
    Kind("audio/aac", "audio", "AAC", ("aac",), walk_aac),
    Kind("audio/amr", "audio", "AMR", ("amr", "awb"), walk_amr),
    Kind("audio/x-ms-wma", "audio", "WMA", ("wma",), walk_asf),
    Kind("audio/wav", "audio", "WAV", ("wav", "wave"), walk_riff),
    Kind("audio/ogg", "audio", "Ogg", ("ogg", "oga", "opus"), walk_nothing),
    Kind("audio/flac", "audio", "FLAC", ("flac",), walk_nothing),
    Kind("application/pdf", "document", "PDF", ("pdf",), walk_pdf),
    Kind("text/plain", "document", "plain text", ("txt", "text", "md", "log", "csv", "srt"), walk_text),
)
BY_TYPE = {kind.media_type: kind for kind in KINDS}
SILK = "audio/silk"  # how WeChat keeps voice messages: no decoder of ours knows it, and a sentence says what to do
# Recognised so that the refusal can name them, never walked.
_FOREIGN = {
    "image/heic": "HEIC",
    "image/heif": "HEIC",
    "image/jp2": "JPEG 2000",
    "image/x-icon": "ICO",
    "image/vnd.adobe.photoshop": "PSD",
}

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
    b"3g2a": "video/3gpp",
    b"M4B ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"hevc": "image/heic",
}


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
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return BY_TYPE[_RIFF[head[8:12]]]
    if head.removeprefix(b"\x02").startswith(SPEECH):
        return _by_type(SILK, "SILK") if b"#!SILK" in head[:8] else BY_TYPE["audio/amr"]
    if head.startswith(_ASF):
        return BY_TYPE["video/x-ms-wmv" if has_pictures(head) else "audio/x-ms-wma"]
    if head.startswith(b"FLV\x01"):
        return BY_TYPE["video/x-flv"]
    if head[::188][:8] == b"\x47" * 8:
        return BY_TYPE["video/mp2t"]
    if head[4:8] == b"ftyp":
        return _by_type(_BRANDS.get(head[8:12], "video/mp4"), "ISO media")
    if head[:4] == b"\x1aE\xdf\xa3":
        return BY_TYPE["video/webm"]
    if _aac_frames(head):
        return BY_TYPE["audio/aac"]
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


def _aac_frames(head: bytes) -> bool:
    """Two ADTS heads in a row (ISO 14496-3 §1.A.2.2): layer 0, where MP3 has another."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return False
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    following = head[length : length + 2]
    return length >= 7 and len(following) == 2 and following[0] == 0xFF and following[1] & 0xF6 == 0xF0


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
