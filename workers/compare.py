"""Compares pairs of files exactly as the workers do: one JSON line in, one out, in order, never stopping.

`python -m workers.compare PAIRS.jsonl` reads lines of {"id", "query": path, "reference": path} and
prints {"id", "verdict", "detector", "distance", "reason", "findings"}. A file that cannot be looked
at, or a line that cannot be read, answers "cannot_tell" and says why.

The answer is "supports" if any detector supports (the strongest band, then the order of the detectors), else
"does_not_support" if any compared the two, else "cannot_tell". The face detector looks too: whoever runs this command
answers for the consent of those in the pictures.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

from webapp.domain.matching.book import chapter
from workers.detectors import registry
from workers.judging import Bench, cannot, judge
from workers.look import Outcome, look, look_all
from workers.roster import declared

__all__ = ["Outcome", "compare_lines", "look", "look_all", "main"]

AHEAD = 8  # lines in the hands of each process; bounds memory, keeps all of them busy


def compare_lines(
    lines: Iterable[str], detectors: Sequence[str] | None = None, jobs: int = 1, names: Sequence[str] = registry.DEFAULT
) -> Iterator[dict[str, Any]]:
    """An answer for every line, in order. Blank lines are passed over.

    `detectors` are names to narrow to (None: all configured), `jobs` processes, `names` the
    configured dotted names. Raises ValueError for a detector name that is not configured here.
    """
    settings = (tuple(names), tuple(detectors or ()))
    _bench(*settings)  # a wrong name is said once, before the first line
    wanted = (line for line in lines if line.strip())
    if jobs <= 1:
        for line in wanted:
            yield _answer(line, *settings)
        return
    # Each process has one thread and forks its own sandboxes.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("forkserver")) as pool:
        waiting: deque[tuple[str, Future[dict[str, Any]]]] = deque()
        for line in wanted:
            waiting.append((line, pool.submit(_answer, line, *settings)))
            if len(waiting) >= AHEAD * jobs:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _result(line: str, future: Future[dict[str, Any]]) -> dict[str, Any]:
    try:
        return future.result()
    except Exception as error:  # a broken pool must not end the run before its last line
        return cannot(_id_of(line), None, "failed", type(error).__name__)


@lru_cache(maxsize=8)
def _bench(names: tuple[str, ...], wanted: tuple[str, ...]) -> Bench:
    """The detectors that judge, loaded once a process. Raises ValueError for a name that is not configured."""
    by_name = {declared(dotted).name: dotted for dotted in names}
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise ValueError(f"no such detector: {', '.join(unknown)} (there are: {', '.join(by_name)})")
    asked = [dotted for name, dotted in by_name.items() if not wanted or name in wanted]
    # Who asks for one detector asks for nothing else to be loaded.
    roster = registry.assemble(chapter(), asked, () if wanted else registry.READERS)
    return Bench(roster.present, roster.readers, roster.absent)


def _answer(line: str, names: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, Any]:
    """One line's answer; whatever goes wrong becomes part of it."""
    try:
        given = json.loads(line)
        query, reference = Path(given["query"]), Path(given["reference"])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        return cannot(_id_of(line), None, "bad_line", f"{type(error).__name__}: {error}")
    try:
        return judge(given.get("id"), query, reference, _bench(names, wanted))
    except Exception as error:  # the next line must still be answered
        return cannot(given.get("id"), None, "failed", f"{type(error).__name__}: {error}")


def _id_of(line: str) -> Any:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None


def run(pairs: TextIO, out: TextIO, detectors: Sequence[str] | None = None, jobs: int = 1) -> None:
    """All answers to `out`, each line flushed as it comes."""
    for answer in compare_lines(pairs, detectors, jobs):
        out.write(_written(answer) + "\n")
        out.flush()


def _written(answer: dict[str, Any]) -> str:
    """One line of JSON that any reader takes, whatever stood in the line's id: half a surrogate, an endless number."""
    try:
        line = json.dumps(answer, ensure_ascii=False, allow_nan=False)
        line.encode()
        return line
    except UnicodeEncodeError:
        return json.dumps(answer)
    except ValueError:
        return json.dumps(answer | {"id": None})


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 2 when the list of pairs or a detector name is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="compare", description="Compare pairs of files as the workers do.")
    parser.add_argument("pairs", metavar="PAIRS.jsonl", help="one JSON line a pair, or - for standard input")
    parser.add_argument("--detectors", default="", help="names to narrow to, separated by commas")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        try:
            # Whoever wrote the list: a mark at its beginning or a byte that is no letter costs no line but its own.
            source: str | int = 0 if given.pairs == "-" else given.pairs
            pairs = stack.enter_context(open(source, encoding="utf-8-sig", errors="replace", closefd=source != 0))
            run(pairs, sys.stdout, [name.strip() for name in given.detectors.split(",") if name.strip()], given.jobs)
        except (OSError, ValueError) as error:
            print(f"compare: {error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    # The sandbox forks: a numeric library that starts threads of its own would break that.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    raise SystemExit(main())
