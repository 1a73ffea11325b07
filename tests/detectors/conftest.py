"""What the picture detectors' tests share: the detectors, and a look at a picture by way of a real file."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
from PIL import Image

from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Detector, Signals
from workers.detectors import registry


@lru_cache(maxsize=8)
def the_detector(name: str) -> Detector:
    """A picture detector by its name, alone."""
    (dotted,) = [d for d in registry.DEFAULT if d.split(".")[-2] == {"dct256": "dct"}.get(name, name)]
    (found,) = registry.assemble(chapter(), (dotted,), ()).present
    return found


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Signals]:
    """A picture to signals of the named detector by way of a real file."""
    folder = tmp_path_factory.mktemp("pictures")
    kept: dict[tuple[str, str], Signals] = {}

    def looked(name: str, image: Image.Image, key: str = "", kind: str = "BMP") -> Signals:
        if not key or (name, key) not in kept:
            path = folder / "picture"
            image.save(path, kind)
            kept[name, key] = the_detector(name).signals(path, f"image/{kind.lower()}")
        return kept[name, key]

    return looked
