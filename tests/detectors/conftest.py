"""What the detectors' tests share: the one detector, and a look at a picture by way of a real file."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
from PIL import Image

from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Detector, Signals
from workers.detectors import registry


@lru_cache(maxsize=1)
def the_detector() -> Detector:
    (found,) = registry.assemble(chapter()).present
    return found


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Signals]:
    """A picture to signals by way of a real file."""
    folder = tmp_path_factory.mktemp("pictures")
    kept: dict[str, Signals] = {}

    def looked(image: Image.Image, key: str = "", kind: str = "BMP") -> Signals:
        if key not in kept or not key:
            path = folder / "picture"
            image.save(path, kind)
            kept[key] = the_detector().signals(path, f"image/{kind.lower()}")
        return kept[key]

    return looked
