"""Reads the visible label off a picture ("AI生成" in a corner) and measures it against GB 45438-2025.

The explicit label of a picture is text with an element of artificial intelligence and one of generation, at an edge or
corner, its letters at least 5 % of the shorter side high (law.md §7.3). Marks of known generators are traces. Words
in the midst of running text are no label: a screenshot of an article about AI says nothing of itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from webapp.domain.matching.detector import Answer, CannotLook, Claim

if TYPE_CHECKING:
    from types import ModuleType

    from workers.detectors.ocr import Line

_AI = r"(?:人工智能|(?<![A-Z])A ?I(?![A-Z]))"
_MADE = r"(?:生成|合成)"  # the standard's own words
_LOOSE = r"(?:创作|制作|绘制|作图|GENERATED|GENERATION|SYNTHESI[SZ]ED|CREATED|MADE)"
_STRICT = re.compile(rf"{_AI}.{{0,4}}{_MADE}|{_MADE}.{{0,4}}{_AI}|AIGC")
_WILD = re.compile(rf"{_AI}.{{0,6}}{_LOOSE}|{_LOOSE}.{{0,8}}{_AI}")
_DENIED = re.compile(
    r"(?:非|不是|并非|没有|未使用|未经|禁止|拒绝|反对|\b(?:NOT|NO|WITHOUT|NEVER)\b)[^,。;;]{0,6}(?:AI|人工智能|生成)"
)
_DOUBTED = re.compile(r"疑似|可能|或为|MAYBE|MIGHT|POSSIBL|SUSPECTED")
_HUMAN = re.compile(
    r"数字人|虚拟人|虚拟主播|虚拟数字人|DIGITAL HUMAN|VIRTUAL HUMAN"
)  # the sign virtual presenters show
HIGH = 0.92  # a Chinese letter's height in ems
HIGHER = 1.13  # what measuring by the border takes away (see `letters`)
SURE = 0.88  # the least that was measured of a true height: below this share of the limit a label is too small for sure
LONGEST = 30  # letters of a line that can be a label; longer ones are running text


@dataclass(frozen=True)
class Book:
    """What the rule book says of visible labels. Shares of the picture: 0.05 is 5 %."""

    brands: tuple[str, ...] = ()
    height: float = 0.05  # of the shorter side (GB 45438-2025)
    edge: float = 0.15  # how far from an edge a line may begin and still stand at it


class VisibleMark:
    """Labels and brand marks a person can see in a picture, with where they stand and whether they are large enough."""

    name = "visible_mark"
    version = "1"
    cost: Literal["cheap", "dear"] = "dear"
    media = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp", "image/tiff"})
    _ocr: ModuleType

    def __init__(self, book: Book | None = None) -> None:
        self.book = book or Book()

    def load(self) -> None:
        from workers.detectors import ocr

        ocr.engine()
        self._ocr = ocr
        self.needs_memory: int = ocr.NEEDS_MEMORY
        self.needs_cpu: int = ocr.NEEDS_CPU
        self.needs_wall: float = ocr.NEEDS_WALL

    def read(self, path: Path, media_type: str) -> Sequence[Claim]:
        from workers.detectors.picture import opened

        if media_type not in self.media:
            raise CannotLook("unsupported", media_type)
        with opened(path, media_type, at_least=self._ocr.SHORT_SIDE) as image:
            width, height = image.info["full_size"]
        return marks(self._ocr.read_lines(path, media_type), width, height, self.book)


def marks(lines: Sequence[Line], width: int, height: int, book: Book) -> list[Claim]:
    """The claims among the lines read off a picture of `width` × `height` pixels."""
    found = []
    for line in lines:
        text = folded(line.text)
        if len(text) > LONGEST or _DENIED.search(text):
            continue
        strict = bool(_STRICT.search(text))
        if strict or _WILD.search(text):
            issues = [] if strict else ["WORDING"]
            at_edge = edge(line.box, book.edge)
            issues += [] if at_edge else ["NOT_AT_EDGE"]
            issues += [] if letters(line, width, height) >= SURE * book.height * min(width, height) else ["TOO_SMALL"]
            doubted = bool(_DOUBTED.search(text)) or not at_edge
            answer: Answer = "suspected" if doubted else "declared"
            found.append(Claim("visible_mark", answer, "visible", line.text[:60], tuple(issues), line.box))
        elif _HUMAN.search(text) and edge(line.box, book.edge):
            found.append(Claim("visible_digital_human", "declared", "visible", line.text[:60], (), line.box))
        elif brand(text, book.brands) and edge(line.box, book.edge):
            found.append(Claim("visible_brand", "suspected", "visible", line.text[:60], (), line.box))
    return found


def folded(text: str) -> str:
    """A line as marks are looked for in it: width and case folded, no punctuation, spaces between Latin words only."""
    plain = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).upper()).strip()
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", plain)


def brand(text: str, brands: Sequence[str]) -> bool:
    """Whether a folded line is the mark of a known generator, or little more than it."""
    return any((mark := folded(name)) in text and len(text) <= len(mark) + 4 for name in brands)


def edge(box: Sequence[float], share: float) -> bool:
    """Whether a box stands at an edge: its nearest side lies within `share` of the picture's side."""
    left, top, wide, high = box
    return min(left, top, 1 - left - wide, 1 - top - high) <= share


def letters(line: Line, width: int, height: int) -> float:
    """How high the letters of a line are, in pixels, whichever way it runs.

    The reader's box has a border of its own, the same on all sides, so the letters are smaller than the box: the line's
    length over its height tells how much. On 36 drawn labels of 2 to 8 % of the picture the result was 0.88 to 1.04 of
    the true height (the box alone: 1.3 to 1.8).
    """
    long, short = sorted((line.box[2] * width, line.box[3] * height), reverse=True)
    ems = sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.6 for letter in line.text)
    if ems < 2.5:
        return short / 1.35
    return min(short, HIGHER * HIGH * (long - short) / (ems - HIGH))
