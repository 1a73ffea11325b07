"""Text inside pictures, read by OCR and compared as text is: a poem on another background, a screenshot of an article.

A picture is also laid beside a text file: the reported screenshot of an article that was sent as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webapp.domain.matching.detector import CannotLook, Comparison, Cost, Example, Signals, Thresholds, medium_of
from workers.detectors.ocr import NEEDS_CPU, NEEDS_MEMORY, NEEDS_WALL

if TYPE_CHECKING:
    from types import ModuleType


class TextInPictures:
    """Distance: as of `text`, over the lines that were read. A picture without words is `no_text`, never "no match"."""

    name = "picture_text"
    version = "1"
    medium = "image"
    also = ("text",)
    cost: Cost = "dearest"  # seconds a picture, where a look at points takes a tenth of one
    consent = ""
    needs_memory = NEEDS_MEMORY
    needs_cpu = NEEDS_CPU
    needs_wall = NEEDS_WALL
    _ocr: ModuleType
    _files: ModuleType
    _judge: ModuleType
    _picture: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import ocr, picture, text_files, text_judge

        ocr.engine()
        text_judge.warm()
        self._ocr, self._files, self._judge, self._picture = ocr, text_files, text_judge, picture

    def signals(self, path: Path, media_type: str) -> Signals:
        """The lines of a picture, joined; or the text of a file as `text` keeps it."""
        if medium_of(media_type) == "text":
            text, cut, plain = self._files.read(path, media_type)
            words = self._judge.Words(text, plain)
            self._judge.enough(text)
        else:
            cut, words = False, self._read(path, media_type)
        return Signals(self.name, self.version, 0, 0, words.to_bytes(), ("cut",) if cut else ())

    def _read(self, path: Path, media_type: str) -> Any:
        lines = self._ocr.read_lines(path, media_type)
        if not lines:
            raise CannotLook("no_text", "no line was read in the picture")
        text, places = "", []
        for line in lines:
            places.append((len(text), len(text) + len(line.text), line.box))
            text += line.text + "\n"
        self._judge.enough(text, "no_text")
        return self._judge.Words(text, False, places)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        found: Comparison = self._judge.judge(query, reference, self.thresholds)
        return found

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn_text import pictures

        return pictures()
