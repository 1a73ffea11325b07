"""Which moments of a film a match names: for the frames that are shown side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal


def moments_of(findings: Sequence[Mapping[str, Any]], side: Literal["query", "reference"]) -> list[float]:
    """Seconds into the film on this side, in the order the detector named them, each once.

    Out of pairs of moments ("moments"), of what was found on one side at a second (a face "at"), and of what lies on
    the frames of one pair of moments (regions and the like, "at" two seconds). Beside a picture there is no second.
    """
    number = 0 if side == "query" else 1
    found: dict[float, None] = {}
    for finding in findings:
        pairs = finding.get("pairs", ()) if finding.get("kind") == "moments" else ()
        at = finding.get("at")
        if isinstance(at, list) and len(at) == 2 and finding.get("kind") != "ticks":
            pairs = (*pairs, at)
        elif isinstance(at, int | float) and finding.get("of") == side:
            found[float(at)] = None
        for pair in pairs:
            if isinstance(pair[number], int | float):
                found[float(pair[number])] = None
    return [moment for moment in found if moment >= 0]
