"""Reduces a text to what a copyist cannot change without changing the words, and remembers where each letter stood.

Case, width, accents, punctuation, white space, invisible characters, look-alike letters of other alphabets, and the
difference between traditional and simplified Chinese fall away. So do the time stamps of subtitles and lyrics, and
addresses of pages. A letter weighs 1, a Chinese, Japanese or Korean sign 3: the same weight says about as much.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

SIGN = 3  # weight of a Chinese, Japanese or Korean sign
# Weight of one piece: 4 Chinese signs or 12 letters, or a mixture. With 6 and 18 (matching.md §9) a tenth of the
# letters changed in English leaves 0.78 of the text found, with 4 and 12 0.99, at the same noise between strangers.
GRAM = 12
# A piece that a text repeats more often than this, and more than once in so many letters, is a formula of that text.
OFTEN, ONCE_IN = 8, 4_000
PHRASE = 24  # weight from which words in common with the list of what belongs to nobody are a phrase of it

# Letters that look Latin and are not. Both sides are folded alike, so true Cyrillic or Greek still agrees with itself.
_LOOK_ALIKES = dict(
    zip(
        "авекмнорстухіјѕԁԛԝһӏαβεικνορτυχγηɑɡıⅼℓ",
        "abekmhopctyxijsdqwhlabeikvoptuxynagill",
        strict=True,
    )
)
# Subtitle numbers and times, times of lyrics, addresses: no words, and alike in every file of their kind.
_MARKS = (
    re.compile(r"^(?:\d+\s*\n)?[ \t]*\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->.*$", re.MULTILINE),
    re.compile(r"\[\d{1,3}:\d\d(?:[.:]\d{1,3})?\]"),
    re.compile(r"\b(?:https?://|www\.)[\w.~:/?#@!$&'()*+,;=%\-]{3,500}", re.ASCII),
)
_MARK_SIGNS = ("-->", "]", "://", "www.")


@dataclass(frozen=True)
class Folded:
    """A text as it is compared: folded letters, where each stands in the original, and what each is worth.

    `value` is the weight of a letter, or 0 where it belongs to a formula. A piece begins at each letter as long as
    enough text follows; `ends` says where each ends, `kinds` are the hashes of the different ones in rising order,
    and the pieces of kind k begin at `starts[first[k] : first[k + 1]]`.
    """

    codes: Codes
    places: Ints
    value: Ints
    ends: Ints
    kinds: Hashes
    first: Ints
    starts: Ints

    @property
    def worth(self) -> int:
        """The weight of the text's own words: 3 a Chinese sign, 1 a letter."""
        return int(self.value.sum())

    def letters(self, start: int, end: int) -> str:
        return self.codes[start:end].tobytes().decode("utf-32-le")


def fold(text: str, common: Hashes | None = None) -> Folded:
    """A text folded. `common`: sorted hashes of pieces that belong to nobody (see `text_common`).

    Linear in the length: about 0.3 s for a million signs.
    """
    raw: Codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    codes, places = _folded(raw, _left_out(text, len(raw)))
    weight = np.where(_signs(codes), SIGN, 1).astype(np.int64)
    pieces, ends = _pieces(codes, weight)
    starts = np.argsort(pieces, kind="stable")
    ranked = pieces[starts]
    fresh = np.ones(len(ranked), dtype=bool)
    fresh[1:] = ranked[1:] != ranked[:-1]
    first = np.concatenate((np.flatnonzero(fresh), [len(ranked)]))
    kinds = ranked[first[:-1]]
    formulas = np.repeat(np.diff(first) > max(OFTEN, len(codes) // ONCE_IN), np.diff(first))
    value = weight.copy()
    value[covered(starts[formulas], ends[starts[formulas]], len(codes))] = 0
    if common is not None and common.size and kinds.size:
        shared = common[np.minimum(np.searchsorted(common, kinds), common.size - 1)] == kinds
        begin = starts[np.repeat(shared, np.diff(first))]
        value[_phrases(covered(begin, ends[begin], len(codes)), weight)] = 0
    return Folded(codes, places, value, ends, kinds, first, starts)


def _phrases(inside: Flags, weight: Ints) -> Flags:
    """Of the letters inside, those in stretches long enough to be a phrase, not a word that any text may hold."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False])).astype(np.int8)))
    begin, end = edges[::2], edges[1::2]
    total = np.concatenate(([0], np.cumsum(weight)))
    long = total[end] - total[begin] >= PHRASE
    return covered(begin[long], end[long], len(weight))


def _left_out(text: str, length: int) -> Flags | None:
    if not any(sign in text for sign in _MARK_SIGNS):
        return None
    out = np.zeros(length, dtype=bool)
    for mark in _MARKS:
        for found in mark.finditer(text):
            out[found.start() : found.end()] = True
    return out


_UNKNOWN, _MANY = -1, 0x110000
_table: Ints = np.full(0x110000, _UNKNOWN, dtype=np.int64)
_expansions: list[str] = []


def _folded(raw: Codes, out: Flags | None) -> tuple[Codes, Ints]:
    """Folded codes and their places. Each sign is folded once a process and then looked up."""
    kinds = _table[raw]
    unknown = kinds == _UNKNOWN
    if unknown.any():
        for code in np.unique(raw[unknown]).tolist():
            _table[code] = _fold_sign(chr(code))
        kinds = _table[raw]
    if out is not None:
        kinds[out] = 0
    places = np.flatnonzero(kinds)
    kinds = kinds[places]
    many = np.flatnonzero(kinds >= _MANY)
    if many.size:
        parts = [_expansions[kind - _MANY] for kind in kinds[many].tolist()]
        lengths = np.ones(len(kinds), dtype=np.int64)
        lengths[many] = [len(part) for part in parts]
        kinds, places = np.repeat(kinds, lengths), np.repeat(places, lengths)
        kinds[kinds >= _MANY] = [ord(letter) for part in parts for letter in part]
    return kinds.astype(np.uint32), places


def _fold_sign(sign: str) -> int:
    """0 when it falls away, a code, or the number of an expansion."""
    kept = "".join(
        _plain(letter)
        for letter in unicodedata.normalize("NFKC", sign).casefold()
        if unicodedata.category(letter)[0] in "LN"
    )
    if len(kept) <= 1:
        return ord(kept) if kept else 0
    if kept not in _expansions:
        _expansions.append(kept)
    return _MANY + _expansions.index(kept)


def _plain(letter: str) -> str:
    if ord(letter) < 0x3000:  # accents fall away; kana and hangul keep their parts
        bare = unicodedata.normalize("NFKD", letter)[0]
        return _LOOK_ALIKES.get(bare, bare)
    return str(_simplified().convert(letter)) if _is_sign(ord(letter)) else letter


@lru_cache(maxsize=1)
def _simplified() -> Any:
    """OpenCC, traditional to simplified. One sign at a time: offsets stay, and both sides are folded alike."""
    import opencc

    return opencc.OpenCC("t2s")


def _is_sign(code: int) -> bool:
    return bool(_signs(np.array([code], dtype=np.uint32))[0])


def _signs(codes: Codes) -> Flags:
    """Han, kana, hangul: signs of which a few say as much as many letters."""
    found: Flags = (
        ((codes >= 0x3040) & (codes <= 0x9FFF))
        | ((codes >= 0xAC00) & (codes <= 0xD7AF))
        | ((codes >= 0xF900) & (codes <= 0xFAFF))
        | ((codes >= 0x20000) & (codes <= 0x3FFFF))
    )
    return found


_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so it has an inverse among 64-bit numbers
_BACK = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))


def _pieces(codes: Codes, weight: Ints) -> tuple[Hashes, Ints]:
    """For each letter the hash of the shortest piece from it that weighs GRAM, and the piece's end."""
    total = np.concatenate(([0], np.cumsum(weight)))
    ends = np.searchsorted(total, total[:-1] + GRAM)
    count = int((ends <= len(codes)).sum())  # ends grow, so those that fit come first
    if not count:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    ends = ends[:count]
    power, back = (_powers(base, len(codes)) for base in (_BASE, _BACK))
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(_mixed(codes.astype(np.uint64)) * power)))
    hashes: Hashes = _mixed((sums[ends] - sums[:count]) * back[:count])
    return hashes, ends


def _powers(base: np.uint64, count: int) -> Hashes:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _mixed(values: Hashes) -> Hashes:
    """The finish of splitmix64: every bit of the result depends on every bit of the value."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def covered(starts: Ints, ends: Ints, length: int) -> Flags:
    """Which of `length` places lie in any of the half-open stretches."""
    steps = np.bincount(starts, minlength=length + 1) - np.bincount(ends, minlength=length + 1)
    inside: Flags = np.cumsum(steps[:length]) > 0
    return inside
