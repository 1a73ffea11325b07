"""The matching chapter of the rule book: detectors with their thresholds, and the words of the bands."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from webapp.domain.policy.queries import FOLDER, book


@lru_cache(maxsize=1)
def chapter() -> dict[str, Any]:
    """The files of `book/matching` together; `detector.thresholds_of` reads a detector's part of it."""
    found: dict[str, Any] = {}
    for path in sorted((FOLDER / "matching").glob("*.toml")):
        for part, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(part, {}).update(entries)
    return found


def band_words(band: str) -> dict[str, str]:
    """What a band is called, by language ("zh", "en"). Raises KeyError for an unknown band."""
    return dict(chapter()["bands"][band])


def detector_words(name: str) -> dict[str, str]:
    """What a detector or reader is called, by language; its bare name if the book does not know it (any more)."""
    readers = book().labels.readers
    if name in readers:
        return {"zh": readers[name].zh, "en": readers[name].en}
    entry = chapter()["detectors"].get(name, {})
    return {language: str(entry.get(language, name)) for language in ("zh", "en")}
