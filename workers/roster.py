"""Which detectors this installation has, which are absent, and what each of them reads."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from webapp.core.db import settings
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import COSTS, Detector
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
    """A detector (or its class) as pairing sees it. `also`, `within`: further media, attributes it may have."""
    also, within = (frozenset(getattr(detector, name, ())) for name in ("also", "within"))
    return Kind(detector.name, detector.version, detector.medium, also, COSTS.index(detector.cost), within)


def declared(dotted: str) -> Any:
    """A detector's class by its dotted name, for what it says of itself; a plain Kind named like it where its file
    cannot be read."""
    module, _, attribute = dotted.rpartition(".")
    try:
        found = getattr(import_module(module), attribute)
    except Exception:  # a plug-in may fail in any way, also while it is imported
        return Kind(attribute or dotted, "", "")
    return found if hasattr(found, "name") else Kind(attribute, "", "")


def absent() -> list[Kind]:
    """The configured detectors that are not here; those that need a consent are left to their own job."""
    found = [declared(dotted) for dotted in here().absent]
    return [one if isinstance(one, Kind) else kind_of(one) for one in found if not getattr(one, "consent", "")]
