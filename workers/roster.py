"""Which detectors this installation has, which are absent, and what each of them reads."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from webapp.core.db import settings
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Detector
from webapp.domain.matching.rules import Kind
from workers.detectors import registry


@lru_cache(maxsize=1)
def roster(names: str = "") -> registry.Roster:
    """The detectors of this installation (`DETECTORS`, dotted names separated by commas), loaded once a process."""
    return registry.assemble(chapter(), [n.strip() for n in names.split(",") if n.strip()] or registry.DEFAULT)


def here() -> registry.Roster:
    """The roster of the running app."""
    return roster(settings().detectors)


def lookers() -> tuple[Detector, ...]:
    """The present detectors that look at every item by themselves: none that needs a separate consent."""
    return tuple(detector for detector in here().present if not detector.consent)


def kind_of(detector: Any) -> Kind:
    """A detector (or its class) as pairing sees it. `also`: further media it reads, an attribute it may have."""
    also = frozenset(getattr(detector, "also", ()))
    return Kind(detector.name, detector.version, detector.medium, also, detector.cost == "dear")


def absent() -> list[Kind]:
    """The configured detectors that are not here, by name where their file at least can be read. Those that need a
    consent are left to their own job."""
    found = []
    for dotted in here().absent:
        module, _, attribute = dotted.rpartition(".")
        try:
            declared = getattr(import_module(module), attribute)
            if not declared.consent:
                found.append(kind_of(declared))
        except (ImportError, AttributeError, ValueError):
            found.append(Kind(attribute, "", ""))
    return found
