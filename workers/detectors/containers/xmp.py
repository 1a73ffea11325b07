"""XMP packets: the few properties that say how a picture or film was made.

XML without document types and entities; a packet that is not well formed (some writers do not escape the label's
quotes) is searched for the label by its tag alone.
"""

from __future__ import annotations

import json
import re
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from workers.detectors.containers.base import Piece

TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# Property by local name → the name of the piece. IPTC Photo Metadata 2025.1; XMP part 1; Photoshop's Credit.
_WANTED = {
    "DigitalSourceType": "DigitalSourceType",
    "AISystemUsed": "AISystemUsed",
    "AISystemVersionUsed": "AISystemVersionUsed",
    "AIPromptInformation": "AIPromptInformation",
    "AIPromptWriterName": "AIPromptWriterName",
    "UserComment": "UserComment",
    "CreatorTool": "CreatorTool",
    "Software": "Software",
    "Credit": "Credit",
    "AIGC": "AIGC",
}
_LOOSE = (
    re.compile(r"<[\w-]+:AIGC\b[^<>]{0,200}>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</[\w-]+:AIGC>", re.DOTALL),
    re.compile(r"""[\w-]+:AIGC\s*=\s*["'](\{.*?\})["']\s*(?=[\w-]+:|/?>)""", re.DOTALL),
)
DEEPEST = 64


def properties(packet: bytes, damaged: bool = False) -> list[Piece]:
    """The wanted properties of one packet as pieces at 'xmp', in the order they stand; [] for what is no XMP."""
    packet = packet.strip(b"\x00 \r\n\t")
    start = packet.find(b"<")
    if start < 0:
        return []
    try:
        root = fromstring(packet[start:], forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return _loose(packet, damaged)
    found: list[Piece] = []
    waiting: list[tuple[Element, int]] = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        for name, value in element.attrib.items():
            if key := _wanted(name):
                found.append(Piece("xmp", key, value, damaged))
        if key := _wanted(element.tag):
            found.append(Piece("xmp", key, _value(element), damaged))
        elif depth < DEEPEST:
            waiting += [(child, depth + 1) for child in reversed(list(element))]
    return found


def _wanted(name: object) -> str:
    """The piece's name for a qualified name, '' for all others. `AIGC` counts in any namespace of TC260."""
    if not isinstance(name, str):
        return ""
    space, _, local = name.rpartition("}")
    if local == "AIGC" and "tc260" not in space.lower():
        return ""
    return _WANTED.get(local, "")


def _value(element: Element) -> str:
    """Text; of a structure its fields as JSON; of a list its items."""
    fields = {child.tag.rpartition("}")[2]: child.text or "" for child in element if isinstance(child.tag, str)}
    fields |= {n.rpartition("}")[2]: v for n, v in element.attrib.items() if not n.startswith("{" + _RDF)}
    fields.pop("lang", None)
    uri = element.attrib.get("{" + _RDF + "}resource", "")
    if uri:
        return uri
    if any(name in fields for name in ("Alt", "Seq", "Bag")):
        return " ".join(part.strip() for part in element.itertext() if part.strip())
    if "Description" in fields:
        inner = next(child for child in element if child.tag == "{" + _RDF + "}Description")
        return _value(inner)
    return json.dumps(fields, ensure_ascii=False) if fields else (element.text or "").strip()


def _loose(packet: bytes, damaged: bool) -> list[Piece]:
    text = packet.decode("utf-8", "replace")
    return [Piece("xmp", "AIGC", hit[1], damaged) for shape in _LOOSE for hit in shape.finditer(text)]
