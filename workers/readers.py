"""The readers of this installation: what files say of themselves, with the book's marks and the operator's anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.core.db import settings
from webapp.domain.matching.detector import Claim, Reader
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Visible
from workers.detectors import registry
from workers.detectors.marks import Book
from workers.roster import declared

COSTS = ("cheap", "dear")


def roster(cost: str) -> registry.Roster:
    """Present readers of one cost and, by dotted name, the absent ones. The dear ones are loaded only where they are
    asked, once a process."""
    return _roster(cost, settings().readers, settings().c2pa_trust, book().labels.visible)


@lru_cache(maxsize=4)
def _roster(cost: str, wanted: str, anchors: Path | None, visible: Visible) -> registry.Roster:
    given: Mapping[str, Mapping[str, Any]] = {
        "c2pa": {"anchors": anchors.read_text(encoding="utf-8") if anchors else ""},
        "visible_mark": {"book": Book(visible.brands, visible.height, visible.edge)},
    }
    listed = () if wanted == "none" else [name.strip() for name in wanted.split(",") if name.strip()]
    everyone = registry.READERS if not wanted else listed
    names = [dotted for dotted in everyone if getattr(declared(dotted), "cost", "cheap") == cost]
    return registry.assemble({}, (), names, given)


def absent(cost: str) -> list[str]:
    """Names of the readers that are not here; those that cannot even be imported count as cheap."""
    return [str(declared(dotted).name) for dotted in roster(cost).readers_absent]


def fitting(media_type: str) -> list[Reader]:
    """All present readers that can open files of this type, the cheap ones first."""
    return [r for cost in COSTS for r in roster(cost).readers if media_type in r.media]


def plain(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Claims as they are kept."""
    return [asdict(claim) | {"issues": list(claim.issues), "box": list(claim.box)} for claim in claims]
