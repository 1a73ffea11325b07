"""Copied, lightly edited and reordered passages in Chinese and English, in text files and in the text of PDFs.

What a copyist changes without changing the words falls away first (`text_fold`); shared passages are found wherever
they stand (`text_align`); their share decides (`text_judge`). Translations and free paraphrases are not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from types import ModuleType


class CopiedText:
    """Distance: 1 − the larger share of one text's own words that stand in passages of the other (0 to 1)."""

    name = "text"
    version = "1"
    medium = "text"
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""
    needs_cpu = 30  # seconds: a PDF of many hundred pages
    needs_wall = 45.0
    _files: ModuleType
    _judge: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        import pypdf  # noqa: F401  # imported before the sandbox forks, so that no child pays for it

        from workers.detectors import text_files, text_judge

        text_judge.warm()
        self._files, self._judge = text_files, text_judge

    def signals(self, path: Path, media_type: str) -> Signals:
        """Keeps the text itself, packed: at most a million signs. `width` and `height` are 0."""
        text, cut, plain = self._files.read(path, media_type)
        self._judge.enough(text)
        return Signals(
            self.name, self.version, 0, 0, self._judge.Words(text, plain).to_bytes(), ("cut",) if cut else ()
        )

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        found: Comparison = self._judge.judge(query, reference, self.thresholds)
        return found

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn_text import texts

        return texts()
