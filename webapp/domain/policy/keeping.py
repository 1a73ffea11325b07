"""What must stay whole when somebody edits the book: the gaps in its sentences, and the codes older cases hold."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from webapp.domain.policy.references import Wrong
from webapp.domain.policy.shape import Book, Words

# Parts whose codes are written into cases, reports and clocks, or named by the software.
KEPT = (
    "bases", "regimes", "clocks", "evidence", "standing", "matrix", "priorities", "actions", "kinds", "defences",
    "fields", "statement",
)  # fmt: skip


def torn_sentences(book: Book) -> Iterator[Wrong]:
    """Sentences whose gaps cannot be filled: a brace left open, or a gap that one language has and the other lacks."""
    for place, words in _sentences(book):
        found = {}
        for code in ("zh", "en"):
            try:
                found[code] = _gaps(getattr(words, code))
            except ValueError:
                yield (*place, code), f"{place[-1]}.{code} has a brace that does not close"
                return
        if found["zh"] != found["en"]:
            odd = sorted(found["zh"] ^ found["en"])[0]
            yield place, f"{place[-1]}: only one language has the gap {{{odd}}}"


def losses(own: Book, shipped: Book) -> Iterator[Wrong]:
    """What an operator's own copy lacks or breaks: codes may be added, never taken out; gaps are the software's."""
    for part in KEPT:
        for code in getattr(shipped, part):
            if code not in getattr(own, part):
                yield (part,), f"{code} is missing; older cases or the software name it, so it stays"
    for name in shipped.published.texts:
        if name not in own.published.texts:
            yield ("published",), f"texts.{name} is missing; the page /how says it"
    for version in shipped.editions:
        if version not in own.editions:
            yield ("editions",), f"{version} is missing; cases decided under it name it"
    known = {place: _gaps(words.en) for place, words in _sentences(shipped)}
    for place, words in _sentences(own):
        if unknown := sorted(_gaps(words.en) - known.get(place, set())):
            yield place, f"{place[-1]} has the gap {{{unknown[0]}}}, which nothing fills"


def _sentences(book: Book) -> Iterator[tuple[tuple[str, ...], Words]]:
    for name, words in book.statement.items():
        yield ("statement", name), words
    for name, words in book.published.texts.items():
        yield ("published", "texts", name), words
    for name in ("how", "how_one", "difference", "difference_one"):
        yield ("hearing", "test", name), getattr(book.hearing.test, name)


def _gaps(text: str) -> set[str]:
    """Names in braces. Raises ValueError when a brace is left open."""
    return {field for _before, field, _spec, _conversion in Formatter().parse(text) if field is not None}
