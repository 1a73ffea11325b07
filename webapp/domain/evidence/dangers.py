"""Tells programs, archives, pages and scripts by their first bytes: refused whatever an operator accepts."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Dangerous:
    """A kind that is refused whatever the configuration says."""

    code: str
    name: str


# Speech that begins as scripts do; WeChat puts a byte before it.
SPEECH = (b"#!AMR\n", b"#!AMR-WB\n", b"#!SILK_V")
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
        if (
            head.startswith(magic)
            and not head.startswith(SPEECH)
            and not (magic == b"MZ" and head.isascii() and b"\x00" not in head[:256])
        ):
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
