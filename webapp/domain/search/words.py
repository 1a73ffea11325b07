"""What a text is found by: folded words, and single Chinese characters with their neighbours.

Folding makes alike what people type in different ways: case, accents, full and half width, traditional and simplified.
It goes character by character, so a text folds the same wherever it stands, and a place can be found back in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

# Han (with 々 〇), kana, hangul: written without blanks, so any stretch of them may be looked for.
_SIGNS = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"(?P<signs>[{_SIGNS}]+)|(?P<word>(?:(?![{_SIGNS}])[^\W_])+)")
_SIGN = re.compile(f"[{_SIGNS}]")
# Endings of English words that are cut off, longest first; what is left has to keep three letters.
_ENDINGS = ("ingly", "ings", "edly", "ing", "ed", "es", "s")
_WAVERING = "eiy"  # last letters that come and go with endings: copy, copies, copied; picture, picturing
_SHORTEST_STEM = 3
# A name is found from its third letter on, up to the twelfth; who types more types the whole.
_PREFIXES = range(3, 13)
MOST = 50_000  # different terms of one document; PostgreSQL's tsvector ends at one megabyte


@lru_cache(maxsize=1)
def _simplified() -> Any:
    import opencc  # a dictionary of some megabytes: loaded by whoever folds first

    return opencc.OpenCC("t2s")


class _Folding(dict[int, str]):
    """A table for `str.translate` that works each character out when it is first met."""

    def __missing__(self, code: int) -> str:
        bare = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        folded = unicodedata.normalize("NFKC", bare).casefold()
        self[code] = "".join(str(_simplified().convert(c)) if _SIGN.match(c) else c for c in folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as it is compared. May be longer or shorter than the original."""
    return text.translate(_FOLDING)


def stem(word: str) -> str:
    """An English word without its ending, so that "paintings" and "painted" meet; other words as they are."""
    if not (word.isascii() and word.isalpha()):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    return word[:-1] if word[-1] in _WAVERING and len(word) > _SHORTEST_STEM else word


def terms(text: str) -> set[str]:
    """Everything the text is found by: its words, each single sign, each pair of neighbouring signs."""
    found: set[str] = set()
    for match in _RUNS.finditer(fold(text)):
        run = match.group()
        if match.lastgroup == "word":
            found.add(stem(run))
        else:
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def beginnings(name: str) -> set[str]:
    """The first letters of each word of a name: what somebody has typed before they are done."""
    runs = (match.group() for match in _RUNS.finditer(fold(name)) if match.lastgroup == "word")
    return {run[:length] for run in runs for length in _PREFIXES if length < len(run)}


def wanted(query: str) -> set[str]:
    """The terms a document must all have for the query: words, pairs of signs, or a sign that stands alone."""
    found: set[str] = set()
    for match in _RUNS.finditer(fold(query)):
        run = match.group()
        if match.lastgroup == "word":
            found.add(stem(run))
        else:
            found.update([run] if len(run) == 1 else (run[i : i + 2] for i in range(len(run) - 1)))
    return found


def capped(found: Iterable[str]) -> list[str]:
    """At most MOST terms, in a fixed order."""
    return sorted(found)[:MOST]


def places(text: str, query: str) -> list[tuple[int, int]]:
    """Where the query's words stand in the original text, as (start, end), in order, without overlaps."""
    words, signs = set(), []
    for match in _RUNS.finditer(fold(query)):
        if match.lastgroup == "word":
            words.add(stem(match.group()))
        else:
            signs.append(match.group())
    folded, origin = _traced(text)
    found = sorted(_hits(folded, words, signs))
    shown: list[tuple[int, int]] = []
    for start, end in found:
        begin, stop = origin[start], origin[end - 1] + 1
        if not shown or begin >= shown[-1][1]:
            shown.append((begin, stop))
    return shown


def _hits(folded: str, words: set[str], signs: list[str]) -> Iterator[tuple[int, int]]:
    for match in _RUNS.finditer(folded):
        if match.lastgroup == "word" and (stem(match.group()) in words or match.group() in words):
            yield match.span()
    for run in signs:
        at = folded.find(run)
        while at >= 0:
            yield at, at + len(run)
            at = folded.find(run, at + len(run))


def _traced(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place of the original one."""
    pieces, origin = [], []
    for place, letter in enumerate(text):
        piece = fold(letter)
        pieces.append(piece)
        origin += [place] * len(piece)
    return "".join(pieces), origin
