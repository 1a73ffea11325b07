"""Requests a second: the form page beside a bare page; a whole report with a 1 MB picture beside a bare insert."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.pictures import photo
from benchmarks.servers import free_port, web_only
from benchmarks.table import Row
from demo.visitor import Visitor

CLIENTS = 4
MEGABYTE = 1024 * 1024


def _rate(port: int, act: Callable[[Visitor, int], object], times: int) -> float:
    """How often a second `act` succeeds with CLIENTS visitors at once, `times` each."""

    def run(client: int) -> None:
        for number in range(times):
            act(Visitor(port) if times < 50 else visitors[client], client * times + number)

    visitors = [Visitor(port) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=run, args=(n,)) for n in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CLIENTS * times / (time.perf_counter() - started)


def _insert(picture: bytes, turn: int, visitor: Visitor, number: int) -> None:
    visitor.pool.request("POST", "/bare-insert", body=picture + f"{turn}-{number}".encode())


def _report(picture: bytes, turn: int, visitor: Visitor, number: int) -> None:
    # A kind whose notice is whole with one picture and no papers.
    answers = {"kind": "AI_LABEL_MISSING"}
    visitor.report(f"c{turn}-{number}", [("alleged", picture)], kind=answers, who={"basis": "ANY"})


def run() -> list[Row]:
    """Both comparisons, alternating ours and the anchor three times, medians."""
    picture = photo(1, MEGABYTE)
    rates: dict[str, list[float]] = {"bare": [], "form": [], "insert": [], "report": []}
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with web_only(Path(folder), port):
            for turn in range(3):
                rates["bare"].append(_rate(port, lambda v, _n: v.get("/bare"), 150))
                rates["form"].append(_rate(port, lambda v, _n: v.get("/report"), 150))
                rates["insert"].append(_rate(port, partial(_insert, picture, turn), 25))
                rates["report"].append(_rate(port, partial(_report, picture, turn), 5))
    mid = {name: sorted(values)[1] for name, values in rates.items()}
    size = f"{len(picture) / MEGABYTE:.1f} MB"
    return [
        Row("form page, requests/s", "/report", mid["form"], "bare Flask page", mid["bare"], mid["bare"] / mid["form"]),
        Row(
            "whole report, reports/s",
            size,
            mid["report"],
            "bare insert + file",
            mid["insert"],
            mid["insert"] / mid["report"],
        ),
    ]
