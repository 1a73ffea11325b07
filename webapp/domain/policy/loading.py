"""Loading a rule book from its folder: every file read, every reference checked, a slip named by file and line.

Imports neither Flask nor the database: `make run` checks the book before it starts anything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from webapp.core.config import SettingsError
from webapp.domain.policy.keeping import losses, torn_sentences
from webapp.domain.policy.places import line_of
from webapp.domain.policy.references import Wrong, wrongs
from webapp.domain.policy.shape import Book

FOLDER = Path(__file__).with_name("book")
# Each part is one file NAME.toml, or a folder NAME whose files together are the part. book.toml itself holds the rest.
PARTS = (
    "editions", "bases", "regimes", "clocks", "evidence", "standing", "matrix", "priorities", "actions", "kinds",
    "ladder", "conduct", "defences", "fields", "statement", "labels", "published", "biometrics", "desk", "quality",
    "queues", "reasons", "gaps", "precedents", "hearing",
)  # fmt: skip


class BookError(SettingsError):
    """The rule book cannot be used; the message names file, line and place in one sentence."""


class _Sheets:
    """The files of a book as they lie in the folder: what they hold together, and where each thing stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.owners: dict[tuple[str, str], str] = {}
        self.data: dict[str, Any] = self._file("book.toml")
        for part in PARTS:
            self.data[part] = self._part(part)

    def _part(self, part: str) -> dict[str, Any]:
        if not (self.folder / part).is_dir():
            return self._file(f"{part}.toml")
        merged: dict[str, Any] = {}
        for path in sorted((self.folder / part).glob("*.toml")):
            name = f"{part}/{path.name}"
            for code, entry in self._file(name).items():
                if code in merged:
                    raise self.error((part, code), f"{code} is in {self.owners[part, code]} too", file=name)
                merged[code] = entry
                self.owners[part, code] = name
        return merged

    def _file(self, name: str) -> dict[str, Any]:
        try:
            self.texts[name] = (self.folder / name).read_text(encoding="utf-8")
            return tomllib.loads(self.texts[name])
        except OSError as error:
            raise BookError(f"{name} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise BookError(f"{name} is not written in UTF-8.") from None
        except tomllib.TOMLDecodeError as error:
            raise BookError(f"{name}: {error}.") from None

    def error(self, place: tuple[str | int, ...], sentence: str, file: str = "") -> BookError:
        """The one sentence for something wrong at `place`, as ('kinds', 'VOICE', 'priority')."""
        name, inside = "book.toml", place
        if place and place[0] in PARTS:
            name = self.owners.get((str(place[0]), str(place[1])) if len(place) > 1 else ("", ""), f"{place[0]}.toml")
            inside = place[1:]
        name = file or name
        line = line_of(self.texts[name], inside) if name in self.texts else 0
        return BookError(f"{name}{f', line {line}' if line else ''}: {sentence}.")


def load(folder: Path) -> Book:
    """Read and check a rule book. Raises BookError with file, line and one sentence."""
    sheets = _Sheets(folder)
    try:
        found = Book.model_validate(sheets.data)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(first["loc"])
        spot = ".".join(str(step) for step in (place[1:] if place and place[0] in PARTS else place))
        said = first["msg"].removeprefix("Value error, ")
        raise sheets.error(place, f"{spot}: {said}" if spot else said) from None
    for place, sentence in _slips(found, folder):
        raise sheets.error(place, sentence)
    return found


def _slips(found: Book, folder: Path) -> Iterator[Wrong]:
    yield from wrongs(found)
    yield from torn_sentences(found)
    if folder != FOLDER:
        yield from losses(found, kept())


@lru_cache(maxsize=8)
def kept(folder: Path | None = None) -> Book:
    """The checked book of a folder (None: the shipped one), loaded once per process. Raises BookError."""
    return load(folder or FOLDER)
