"""Texts side by side: what was copied, cut into runs that carry the number of their passage; and text files, read.

Offsets count characters of the text as it was compared: for text files what `plain` gives, for text in pictures what
the detector read (its `text` findings).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import store

LONGEST = 20_000  # characters shown; a passage beyond is counted, and the original can be downloaded
BYTES = 4 * LONGEST  # no character of UTF-8 or GB 18030 is longer
HUES = 6


@dataclass(frozen=True)
class Run:
    """A piece of text; `link` numbers the passage it belongs to (0: none), `first`: it begins here."""

    text: str
    link: int = 0
    hue: int = 0
    first: bool = False


@dataclass(frozen=True)
class Pane:
    """One side's text. `cut`: it goes on, `passages`: how many of them are marked in it."""

    runs: list[Run]
    cut: bool
    passages: int


@dataclass(frozen=True)
class Panes:
    """Both texts, and how much of the reported one is in the reference, in per cent."""

    query: Pane
    reference: Pane
    share: int


def plain(evidence: Evidence) -> tuple[str, bool] | None:
    """A text file's text, decoded as UTF-8 or GB 18030, and whether it was cut; None if it is none or is gone."""
    if evidence.medium != "text":
        return None
    try:
        with store().open(evidence.sha256) as file:
            data = file.read(BYTES + 1)
    except OSError:
        return None
    return decoded(data[:BYTES], cut=len(data) > BYTES)


def decoded(data: bytes, *, cut: bool = False) -> tuple[str, bool]:
    """Bytes as text. A character that the cut left in halves is dropped; what is neither encoding shows as �."""
    for encoding in ("utf-8-sig", "gb18030"):
        for less in range(4 if cut else 1):
            try:
                text = data[: len(data) - less].decode(encoding)
            except UnicodeDecodeError:
                continue
            return text[:LONGEST], cut or len(text) > LONGEST
    return data.decode("utf-8", "replace")[:LONGEST], cut


def panes(
    findings: Sequence[Mapping[str, Any]], query: tuple[str, bool] | None, reference: tuple[str, bool] | None
) -> Panes | None:
    """The two texts with their copied passages; None unless both texts and the passages are known.

    `query`, `reference`: the text of a text file; what a detector read out of a picture stands in the findings.
    """
    spans = next((f for f in findings if f.get("kind") == "spans"), None)
    texts = {str(f.get("of")): (str(f["text"]), bool(f.get("cut"))) for f in findings if f.get("kind") == "text"}
    one, other = texts.get("query") or query, texts.get("reference") or reference
    if spans is None or one is None or other is None:
        return None
    order: dict[int, int] = {}
    for _start, _end, link in sorted(map(_span, spans.get("query", ()))):
        order.setdefault(link, len(order) + 1)
    return Panes(
        _pane(one, spans.get("query", ()), order),
        _pane(other, spans.get("reference", ()), order),
        round(float(spans.get("share", 0)) * 100),
    )


def unmarked(text: tuple[str, bool]) -> Pane:
    """A text nobody compared."""
    return Pane([Run(text[0])], text[1], 0)


def _span(span: Sequence[Any]) -> tuple[int, int, int]:
    return int(span[0]), int(span[1]), int(span[2])


def _pane(text: tuple[str, bool], spans: Sequence[Sequence[Any]], order: Mapping[int, int]) -> Pane:
    whole, cut = text
    runs: list[Run] = []
    begun: set[int] = set()
    at = 0
    for begin, stop, link in sorted(map(_span, spans)):
        start, end = max(begin, at), min(stop, len(whole))
        number = order.get(link, 0)
        if end <= start or not number:
            continue
        if start > at:
            runs.append(Run(whole[at:start]))
        runs.append(Run(whole[start:end], number, (number - 1) % HUES, number not in begun))
        begun.add(number)
        at = end
    if at < len(whole):
        runs.append(Run(whole[at:]))
    return Pane(runs, cut, len(begun))
