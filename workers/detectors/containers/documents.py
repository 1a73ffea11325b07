"""Documents: office files, PDF, and the front matter of Markdown."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from typing import Any

from workers.detectors.containers.base import MAX_CHUNKS, MAX_METADATA, Stop, Walk, text

_CUSTOM = "docProps/custom.xml"
_END = 65_535 + 22  # the longest ZIP comment and the end record itself (APPNOTE 4.3.16)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"""^([ \t]*)["']?([A-Za-z0-9_]+)["']?[ \t]*:[ \t]*(.*?)[ \t]*$""")


def office(walk: Walk) -> None:
    """`docProps/custom.xml` of DOCX, PPTX and XLSX (ECMA-376 part 1 §22.3)."""
    _check_directory(walk)
    try:
        with zipfile.ZipFile(walk.stream) as archive, archive.open(_CUSTOM) as member:
            data = member.read(MAX_METADATA + 1)
    except KeyError:
        return
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise Stop(str(error)) from error
    walk.spend(len(data))
    walk.keep("office", _CUSTOM, data)


def _check_directory(walk: Walk) -> None:
    """Refuse an archive of too many entries before the library lists them all."""
    walk.seek(max(0, walk.size - _END))
    tail = walk.stream.read(_END)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise Stop("no end of the archive")
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if entries > MAX_CHUNKS or directory > 2 * MAX_METADATA:
        raise Stop("more than 10,000 entries", limit=True)
    walk.seek(0)


def pdf(walk: Walk) -> None:
    """The Info dictionary (`/AIGC` and the producer) and the XMP of the catalogue (ISO 32000-1 §14.3)."""
    from pypdf import PdfReader
    from pypdf.generic import StreamObject

    walk.seek(0)
    try:
        reader = PdfReader(walk.stream)
        info: Any = reader.metadata or {}
        for name in list(info)[:100]:
            value = info.get(name)
            if isinstance(value, bytes | str):
                walk.spend(len(value))
                walk.keep("pdf", str(name).lstrip("/"), text(value) if isinstance(value, bytes) else str(value))
        packet: Any = reader.root_object.get("/Metadata")
        packet = packet.get_object() if packet is not None else None
        if isinstance(packet, StreamObject):
            data = packet.get_data()
            walk.spend(len(data))
            walk.keep("xmp", "", data)
    except Stop:
        raise
    except Exception as error:  # a stranger's PDF breaks the library in any way; what was found before stays
        raise Stop(f"{type(error).__name__}: {error}") from error


def markdown(walk: Walk) -> None:
    """`AIGC:` in the front matter: a map of plain scalars, or JSON on one line. No YAML beyond that is believed."""
    walk.seek(0)
    head = text(walk.stream.read(MAX_METADATA))
    found = _FRONT.match(head)
    if not found:
        return
    lines = found[1].splitlines()
    walk.spend(len(found[1]))
    for number, line in enumerate(lines):
        entry = _ENTRY.match(line)
        if not entry or entry[1] or entry[2].upper() != "AIGC":
            continue
        if entry[3] and entry[3] not in ("|", ">", "|-", ">-"):
            walk.keep("markdown", entry[2], _scalar(entry[3]))
            return
        walk.keep("markdown", entry[2], _block(lines[number + 1 :]))
        return


def _block(lines: list[str]) -> str:
    """An indented map as JSON; indented JSON stays what it is."""
    inside = []
    for line in lines:
        if line.strip() and not line[:1].isspace():
            break
        inside.append(line)
    body = "\n".join(inside).strip()
    if body.startswith("{"):
        return body
    entries = (_ENTRY.match(line) for line in inside)
    return json.dumps({e[2]: _scalar(e[3]) for e in entries if e}, ensure_ascii=False)


def _scalar(value: str) -> str:
    for quote in ("'", '"'):
        if len(value) >= 2 and value[0] == value[-1] == quote:
            inner = value[1:-1]
            return inner.replace("''", "'") if quote == "'" else inner.replace('\\"', '"').replace("\\\\", "\\")
    return value
