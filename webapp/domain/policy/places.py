"""Where in a TOML file a key stands: the line, so that whoever edits the book finds the slip at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_STEP = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) that says most about `place`, as ('VOICE', 'cure', 'days'); 0 when none does.

    Knows table headers, arrays of tables and keys at the start of a line. A key inside an inline table is found by
    the line the inline table starts on.
    """
    wanted = [str(step) for step in place]
    best, at = 0, 0
    for number, path in _lines(text):
        shared = _shared(path, wanted)
        if shared == len(path) and shared > best:
            best, at = shared, number
    return at


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    table: list[str] = []
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _HEADER.match(line):
            table = _steps(found[2])
            if found[1] == "[[":
                name = tuple(table)
                counts[name] = counts.get(name, -1) + 1
                table = [*table, str(counts[name])]
            yield number, table
        elif found := _KEY.match(line):
            yield number, [*table, *_steps(found[1])]


def _steps(text: str) -> list[str]:
    return [first or second or third for first, second, third in _STEP.findall(text)]


def _shared(path: Sequence[str], wanted: Sequence[str]) -> int:
    count = 0
    for ours, theirs in zip(path, wanted, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
