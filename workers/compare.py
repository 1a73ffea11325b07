"""Compares pairs of files exactly as the workers do: one JSON line in, one out, in order, never stopping.

`python -m workers.compare PAIRS.jsonl` reads lines of {"id", "query": path, "reference": path} and
prints {"id", "verdict", "detector", "distance", "reason", "findings"}. A file that cannot be looked
at, or a line that cannot be read, answers "cannot_tell" and says why.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from webapp.domain.evidence import kinds
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Comparison, Detector
from workers.detectors import registry
from workers.look import Outcome, look, look_all

__all__ = ["Outcome", "compare_lines", "look", "look_all", "main"]

AHEAD = 8  # lines in the hands of each process; bounds memory, keeps all of them busy


def compare_lines(
    lines: Iterable[str], detectors: Sequence[str] | None = None, jobs: int = 1, names: Sequence[str] = registry.DEFAULT
) -> Iterator[dict[str, Any]]:
    """An answer for every line, in order. Blank lines are passed over.

    `detectors` are names to narrow to (None: all configured), `jobs` processes, `names` the
    configured dotted names. Raises ValueError for a detector name that is not configured here.
    """
    _roster(tuple(names), tuple(detectors or ()))  # a wrong name is said once, before the first line
    wanted = (line for line in lines if line.strip())
    settings = (tuple(names), tuple(detectors or ()))
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
        return _cannot(_id_of(line), None, "failed", type(error).__name__)


_LOADED: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[Detector, ...], dict[str, str]]] = {}


def _roster(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[tuple[Detector, ...], dict[str, str]]:
    """Loaded detectors and the absent ones with why; loaded once a process."""
    key = (names, wanted)
    if key not in _LOADED:
        roster = registry.assemble(chapter(), names)
        known = {detector.name for detector in roster.present}
        unknown = [name for name in wanted if name not in known and not any(name in dotted for dotted in roster.absent)]
        if unknown:
            raise ValueError(f"no such detector: {', '.join(unknown)} (there are: {', '.join(sorted(known))})")
        present = tuple(d for d in roster.present if not wanted or d.name in wanted)
        _LOADED[key] = present, dict(roster.absent)
    return _LOADED[key]


def _answer(line: str, names: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, Any]:
    """One line's answer; whatever goes wrong becomes part of it."""
    try:
        given = json.loads(line)
        query, reference = Path(given["query"]), Path(given["reference"])
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return _cannot(_id_of(line), None, "bad_line", f"{type(error).__name__}: {error}")
    detectors, absent = _roster(names, wanted)
    try:
        seen = [_compare(given.get("id"), detector, query, reference) for detector in detectors]
    except Exception as error:  # the next line must still be answered
        return _cannot(given.get("id"), None, "failed", f"{type(error).__name__}: {error}")
    if not seen:
        return _cannot(given.get("id"), None, "detector_absent", "; ".join(absent.values()))
    return min(seen, key=_rank)


def _rank(answer: dict[str, Any]) -> int:
    """Support from one detector outweighs silence of another; a look outweighs no look."""
    return {"supports": 0, "does_not_support": 1}.get(answer["verdict"], 2 if answer["distance"] is None else 1)


def _compare(identity: Any, detector: Detector, query: Path, reference: Path) -> dict[str, Any]:
    signals = []
    for side, path in (("query", query), ("reference", reference)):
        try:
            media_type = _media_type(path)
            if not media_type.startswith(detector.medium + "/"):
                raise CannotLook(
                    "unsupported", f"{detector.name} looks at {detector.medium} files, this is {media_type}"
                )
            signals.append(look(detector, path, media_type))
        except CannotLook as why:
            return _cannot(identity, detector.name, why.code, why.detail, side)
    try:
        found: Comparison = detector.compare(*signals)
    except CannotLook as why:
        return _cannot(identity, detector.name, why.code, why.detail)
    return {
        "id": identity,
        "verdict": found.verdict,
        "detector": detector.name,
        "distance": found.distance,
        "reason": found.reason,
        "findings": [{"kind": "band", "band": found.band, "threshold": found.threshold}, *found.findings],
    }


def _media_type(path: Path) -> str:
    """The true type by content. Raises CannotLook for what no detector may open."""
    try:
        with path.open("rb") as stream:
            head = stream.read(kinds.HEAD)
    except (OSError, ValueError) as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    if not head:
        raise CannotLook("not_an_image", "the file is empty")
    refused = kinds.dangerous(head)
    if refused:
        raise CannotLook("unsupported", f"{refused.code}: {refused.name}")
    kind = kinds.recognise(head)
    if kind is None:
        raise CannotLook("not_an_image", "the kind of file is unknown")
    return kind.media_type


def _cannot(identity: Any, detector: str | None, code: str, detail: str, side: str = "") -> dict[str, Any]:
    finding = {"kind": "could_not_look", "code": code, "detail": detail}
    if side:
        finding["file"] = side
    return {
        "id": identity,
        "verdict": "cannot_tell",
        "detector": detector,
        "distance": None,
        "reason": code,
        "findings": [finding],
    }


def _id_of(line: str) -> Any:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError):
        return None


def run(pairs: TextIO, out: TextIO, detectors: Sequence[str] | None = None, jobs: int = 1) -> None:
    """All answers to `out`, each line flushed as it comes."""
    for answer in compare_lines(pairs, detectors, jobs):
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 2 when the list of pairs or a detector name is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="compare", description="Compare pairs of files as the workers do.")
    parser.add_argument("pairs", metavar="PAIRS.jsonl", help="one JSON line a pair, or - for standard input")
    parser.add_argument("--detectors", default="", help="names to narrow to, separated by commas")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        try:
            pairs = (
                sys.stdin
                if given.pairs == "-"
                else stack.enter_context(open(given.pairs, encoding="utf-8", errors="replace"))
            )
            run(pairs, sys.stdout, [name for name in given.detectors.split(",") if name], given.jobs)
        except (OSError, ValueError) as error:
            print(f"compare: {error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
