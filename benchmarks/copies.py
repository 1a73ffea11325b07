"""Copies of photographs for measuring: which are made, how they are made, and what everybody sees in them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pdqhash
from PIL import Image

from tests.detectors.alterations import FAMILIES, PHOTOGRAPHS, photograph
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Signals
from workers.detectors import registry

PHOTOS = Path(__file__).parents[2] / "shared/data/photos"
TUNED = 70  # every other photograph until so many: seen while thresholds were chosen, left out here
EACH = 14  # copies of each alteration in a sample
MORE = 280  # copies that only the hashes look at, so that their pairs exceed a million
NAMES = tuple(f"workers.detectors.{name}" for name in ("phash.PerceptualHash", "dct.DctHash", "features.LocalFeatures"))


@dataclass(frozen=True)
class Copy:
    """One photograph, altered in one way; `family` is empty for the photograph itself. `counts`: is looked for."""

    photo: str
    family: str = ""
    name: str = ""
    counts: bool = True


@dataclass
class Seen:
    """What everybody made of one picture: our signals, and the bits of the two anchors."""

    copy: Copy
    signals: dict[str, Signals]
    phash: Any
    pdq: Any
    bands: list[str] = field(default_factory=list)  # beside its reference, if there is one


@lru_cache(maxsize=1)
def detectors() -> dict[str, Any]:
    roster = registry.assemble(chapter(), NAMES, ())
    if roster.absent:
        raise RuntimeError(f"cannot measure without: {dict(roster.absent)}")
    return {detector.name: detector for detector in roster.present}


def photographs() -> list[str]:
    """Photographs nothing was tuned on, by path; those that packages ship where the shared ones are absent."""
    files = sorted(str(path) for path in PHOTOS.glob("*.jpg")) if PHOTOS.is_dir() else []
    if not files:
        print(f"  no photographs in {PHOTOS}: measuring on {len(PHOTOGRAPHS)} that packages ship", flush=True)
        return list(PHOTOGRAPHS)
    tuned = set(files[::2][:TUNED])
    return [file for file in files if file not in tuned]


def _open(photo: str) -> Image.Image:
    if photo in PHOTOGRAPHS:
        return photograph(photo)
    with Image.open(photo) as image:
        return image.convert("RGB")


def chosen(photos: list[str], full: bool) -> list[Copy]:
    """The altered copies to look for, and further ones that only the hashes see."""
    dice = np.random.default_rng(4)
    ways = [(family, name) for family, alters in FAMILIES.items() for name in alters]
    sought = [
        Copy(photos[place], family, name)
        for family, name in ways
        for place in (range(len(photos)) if full else dice.permutation(len(photos))[:EACH])
    ]
    further = [Copy(str(dice.choice(photos)), *ways[dice.integers(len(ways))], counts=False) for _ in range(MORE)]
    return [*sought, *further]


def look(copy: Copy, reference: Seen | None = None) -> Seen:
    """Alter, save as a platform would, and look as the workshop does: cheap first, dear where no cheap one is sure.

    Without a reference every detector looks.
    """
    image = _open(copy.photo)
    if copy.family:
        image = FAMILIES[copy.family][copy.name](image)
    image = image.convert("RGB")
    seen = Seen(copy, {}, imagehash.phash(image).hash.ravel(), np.asarray(pdqhash.compute(np.asarray(image))[0], bool))
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        image.save(file.name, "JPEG", quality=90)
        for name, detector in detectors().items():
            if detector.cost == "dear" and (not copy.counts or "strong" in seen.bands):
                continue
            try:
                seen.signals[name] = detector.signals(Path(file.name), "image/jpeg")
            except CannotLook:
                continue
            if reference is not None and name in reference.signals:
                seen.bands.append(detector.compare(seen.signals[name], reference.signals[name]).band)
    return seen
