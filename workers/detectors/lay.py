"""The heavy half of the local-features detector: a sketch of a file, and two sketches laid over each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook
from workers.detectors import geometry, overlay
from workers.detectors.keypoints import SIDE, Sketch, pack, unpack
from workers.detectors.picture import opened
from workers.detectors.placing import findings_of
from workers.detectors.whole import SMALLEST

Finding = dict[str, Any]

FILTER = Image.Resampling.LANCZOS
CONTRADICTION = 5.0  # another picture on a fifth of what is shown takes all the evidence away …
DOUBTFUL = 7.0  # … but for this much: the rest of the page is the same, so nobody says that nothing is
# Two pages that lie corner on corner are the same only where nearly everything is: of screens of one app with another
# picture in them up to 0.96 of the cells agree; of letters and tables of one form all cells, but at most 0.14 of the
# points (copies of photographs: 0.24 to 0.92).
PAGES_AGREE, PAGES_POINTS = 0.97, 0.3


@dataclass(frozen=True)
class Laid:
    """One sketch on another: the map, what agrees, and how much that is worth."""

    one: Sketch
    fit: geometry.Fit
    seen: overlay.Agreement
    mirrored: bool
    found: float = 1.0  # share of the points, of the picture with fewer, that obey the map

    @property
    def evidence(self) -> float:
        """Cells with points, times how much of the rest agrees; hardly anything where another picture stands in it."""
        agree, of = int(self.seen.alike.sum()), int(self.seen.shown.sum())
        if not of:
            return 0.0
        points = min(self.fit.cells, 2 * agree) * (agree / of) ** 2
        if self.seen.pages and (agree < PAGES_AGREE * of or self.found < PAGES_POINTS):
            return min(points, DOUBTFUL)
        return max(min(points, DOUBTFUL), points * (1 - CONTRADICTION * self.seen.block / of))


def sketched(cv2: Any, path: Path, media_type: str) -> tuple[int, int, int, bytes]:
    """Width, height, frames, and the sketch. Decodes the file. Raises CannotLook."""
    with opened(path, media_type, at_least=SIDE, grey=True) as grey:
        width, height = grey.info["full_size"]
        frames = grey.info["frames"]
        if min(width, height) < SMALLEST:
            raise CannotLook("too_small", f"{width} x {height} pixels")
        share = min(1.0, SIDE / max(grey.size))
        size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
        return width, height, frames, pack(cv2, np.asarray(grey.resize(size, FILTER, reducing_gap=3.0)))


def laid(cv2: Any, query: bytes, reference: bytes, decided: float) -> tuple[float, list[Finding]]:
    """How much evidence there is that two sketches show the same, and what a person should see of it.

    The same either way round: which is laid on which goes by their bytes alone. The mirrored picture
    is tried where the plain one does not give `decided` already. Raises ValueError for bytes that are no sketch.
    """
    turned = reference > query
    one, other = unpack(query if turned else reference), unpack(reference if turned else query)
    best: Laid | None = None
    for mirrored in (False, True):
        if best is not None and (best.evidence >= decided or best.seen.pages):
            break  # two pages of one form are also a little alike upside down
        seen = one.mirrored() if mirrored else one
        fit = geometry.fit(seen, other, geometry.matches(seen, other))
        if fit is None:
            continue
        share = len(np.unique(fit.pairs[:, 0])) / min(len(seen.at), len(other.at))
        found = Laid(seen, fit, overlay.agreement(cv2, seen, other, fit), mirrored, share)
        if best is None or found.evidence > best.evidence:
            best = found
    if best is None:
        return 0.0, []
    return best.evidence, findings_of(best, other, one_is_query=turned)
