"""JSON a stranger wrote, read within limits: 64 KiB, 16 levels (law.md §7.2)."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_JSON = 64 * 1024
MAX_DEPTH = 16
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class NotRead(ValueError):
    """No JSON, or more of it than is read."""


def read(text: str, most: int = MAX_JSON) -> Any:
    """The value; of a name that comes twice the first counts, and `twice(value)` says so. Raises NotRead."""
    if len(text.encode("utf-8", "replace")) > most:
        raise NotRead("too long")
    depth = deepest = 0
    for letter in _STRING.sub("", text):
        depth += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise NotRead("too deep")
    try:
        return json.loads(text, object_pairs_hook=Fields)
    except (ValueError, RecursionError) as error:
        raise NotRead(str(error)) from error


class Fields(dict[str, Any]):
    """An object of the JSON; `twice` are the names that came again with another value."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.twice: set[str] = set()
        for name, value in pairs:
            if name in self and self[name] != value:
                self.twice.add(name)
            self.setdefault(name, value)
