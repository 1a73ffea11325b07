"""Reading the rule book: loaded once per process, validated, the same for web, desk, letters and workers."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from webapp.domain.policy.shape import Book

FOLDER = Path(__file__).with_name("book")
PARTS = ("bases", "standing", "priorities", "actions", "kinds", "statement")


class BookError(Exception):
    """The rule book cannot be used; the message names file and place."""


def load(folder: Path) -> Book:
    """Read and check a rule book. Raises BookError with file, place and one sentence."""
    data: dict[str, Any] = {}
    for name in ("book", *PARTS):
        path = folder / f"{name}.toml"
        try:
            part = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BookError(f"{path.name} cannot be read: {error.strerror}.") from None
        except tomllib.TOMLDecodeError as error:
            raise BookError(f"{path.name}: {error}.") from None
        data |= part if name == "book" else {name: part}
    try:
        return Book.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"])
        file = f"{first['loc'][0]}.toml: " if first["loc"] and first["loc"][0] in PARTS else ""
        raise BookError(f"{file}{place}: {first['msg'].removeprefix('Value error, ')}.") from None


@lru_cache(maxsize=1)
def book() -> Book:
    """The rule book in force."""
    return load(FOLDER)
