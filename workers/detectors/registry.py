"""Turns the configured list of dotted names into detectors, and says of each absent one why.

An operator adds a detector by adding a name to the list; a missing optional package or a mistake
in a name makes that detector absent, never the start fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from webapp.domain.matching.detector import Detector, thresholds_of

DEFAULT = ("workers.detectors.phash.PerceptualHash",)


@dataclass(frozen=True)
class Roster:
    """The detectors that can look here, and for each absent one (by dotted name) the reason."""

    present: tuple[Detector, ...]
    absent: Mapping[str, str]

    def for_medium(self, medium: str) -> tuple[Detector, ...]:
        return tuple(detector for detector in self.present if detector.medium == medium)

    def named(self, name: str) -> Detector | None:
        return next((detector for detector in self.present if detector.name == name), None)


def assemble(book: Mapping[str, Any], names: Sequence[str] = DEFAULT) -> Roster:
    """Loaded detectors for these dotted names, with thresholds from the matching chapter `book`."""
    present: list[Detector] = []
    absent: dict[str, str] = {}
    for dotted in names:
        try:
            module, _, attribute = dotted.rpartition(".")
            factory = getattr(import_module(module), attribute)
            detector: Detector = factory(thresholds_of(book, factory.name))
            detector.load()
        except KeyError as error:
            absent[dotted] = f"the rule book has no thresholds for it: {error}"
        except Exception as error:  # a plug-in may fail in any way, and the others must still look
            absent[dotted] = f"{type(error).__name__}: {error}"
        else:
            present.append(detector)
    return Roster(tuple(present), absent)
