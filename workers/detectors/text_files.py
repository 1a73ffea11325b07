"""Turns the bytes of a text or a PDF into one string of signs, whose offsets are what findings count.

Text files are decoded as the desk decodes them (UTF-8 with or without mark, else GB 18030), and UTF-16 with its mark.
A PDF gives the text it carries, page by page; one that holds only pictures of pages has none.
"""

from __future__ import annotations

import codecs
import time
from pathlib import Path

from webapp.domain.matching.detector import CannotLook

MOST_SIGNS = 1_000_000  # a long novel; what lies beyond is not compared, and the note "cut" says so
MOST_BYTES = 4 * MOST_SIGNS
PDF_SECONDS = 20.0  # of processor time; pages beyond are not read, and the note says so
PDF = "application/pdf"
MEDIA = ("text/plain", PDF)


def read(path: Path, media_type: str) -> tuple[str, bool, bool]:
    """The text of a file; whether it was cut; whether the desk decodes the file itself to the same text.

    Raises CannotLook: `unsupported`, `unreadable`, `truncated`, `no_text`.
    """
    if media_type == PDF:
        text, cut = _pages(path)
        return text, cut, False
    if media_type != "text/plain":
        raise CannotLook("unsupported", media_type)
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    text, plain = _decoded(data[:MOST_BYTES], len(data) > MOST_BYTES)
    return text[:MOST_SIGNS], len(data) > MOST_BYTES or len(text) > MOST_SIGNS, plain


def _decoded(data: bytes, cut: bool) -> tuple[str, bool]:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, not wide
    raise CannotLook("unreadable", "no known text encoding")


def _pages(path: Path) -> tuple[str, bool]:
    """The text of a PDF, a line between pages."""
    from pypdf import PdfReader

    began = time.process_time()
    parts: list[str] = []
    total, cut = 0, False
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotLook("unreadable", "the PDF needs a password")
        for page in reader.pages:
            parts.append(page.extract_text())
            total += len(parts[-1]) + 1
            cut = total > MOST_SIGNS or time.process_time() - began > PDF_SECONDS
            if cut:
                break
    except OSError as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    except (CannotLook, MemoryError):
        raise
    except Exception as error:  # pypdf lets many a library error through on broken files
        raise CannotLook("truncated", f"{type(error).__name__}: {error}") from error
    text = "\n".join(parts)[:MOST_SIGNS]
    if not text.strip():
        raise CannotLook("no_text", "the PDF carries pictures of pages, or nothing")
    return text, cut
