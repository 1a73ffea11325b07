"""What a page of the desk costs with years of work behind it: 1,000 cases beside 100,000 open and 1,000,000 closed."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import urllib3

from benchmarks.servers import ROOT, environment, free_port, web_only
from benchmarks.table import Row
from benchmarks.years import EMAIL, PASSWORD

SMALL = (500, 500)
# Open and closed cases; REDRESS_BENCH_CROWD=10000,100000 for a shorter run.
LARGE = tuple(int(n) for n in os.environ.get("REDRESS_BENCH_CROWD", "100000,1000000").split(","))
TURNS = 40


def run() -> list[Row]:
    """The same pages at both sizes, in turn; medians in milliseconds and how many times dearer the large desk is."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        desks = [stack.enter_context(_desk(Path(folder) / str(n), size)) for n, size in enumerate((SMALL, LARGE))]
        rows = []
        for name, act in PAGES.items():
            times: tuple[list[float], list[float]] = ([], [])
            for turn in range(TURNS):
                for kept, desk in zip(times, desks, strict=True):
                    took = act(desk)
                    if turn >= 5:  # the first ones warm caches and templates
                        kept.append(took)
            small, large = (statistics.median(kept) * 1000 for kept in times)
            size = f"{sum(LARGE):,}"
            rows.append(
                Row(f"desk: {name}, ms", size, large, f"the same with {sum(SMALL):,} cases", small, large / small)
            )
        weight = desks[1].weight()
        rows.append(Row("desk: case page without media, KB", "1 report", weight, "allowed", 300, weight / 300))
        return rows


class Desk:
    """A reviewer's browser, as far as a benchmark needs one."""

    def __init__(self, port: int) -> None:
        self.pool = urllib3.HTTPConnectionPool("127.0.0.1", port)
        self.cookie = ""
        self.case = ""
        page = self._ask("GET", "/desk/sign-in")
        self._post("/desk/sign-in", page, email=EMAIL, password=PASSWORD)

    def _ask(self, method: str, path: str, **fields: str) -> str:
        body = urlencode(fields) if fields else None
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.pool.request(method, path, body=body, headers=headers, redirect=False)
        for header in answer.headers.getlist("Set-Cookie"):
            name, _eq, rest = header.partition("=")
            jar = dict(pair.split("=", 1) for pair in self.cookie.split("; ") if pair) | {name: rest.split(";")[0]}
            self.cookie = "; ".join(f"{k}={v}" for k, v in jar.items())
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer.headers.get("Location", "") if answer.status in (302, 303) else answer.data.decode()

    def _post(self, path: str, page: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        return self._ask("POST", path, csrf_token=token[1] if token else "", **fields)

    def queue_page(self) -> float:
        """Seconds for the list."""
        return _seconds(lambda: self._ask("GET", "/desk/"))

    def deep_page(self) -> float:
        """Seconds for a page of the list reached by its key."""
        page = self._ask("GET", "/desk/")
        further = re.search(r'href="(/desk/\?[^"]*after=[^"]+)"', page)
        if further is None:
            raise RuntimeError("the list has no second page")
        return _seconds(lambda: self._ask("GET", further[1].replace("&amp;", "&")))

    def next_case(self) -> float:
        """Seconds for *Start reviewing*; the case is given back afterwards."""
        page = self._ask("GET", "/desk/")
        began = time.perf_counter()
        self.case = self._post("/desk/next", page)
        took = time.perf_counter() - began
        self._post(f"{self.case.partition('?')[0]}/release", page)
        return took

    def case_page(self) -> float:
        """Seconds for the page of the case seen last."""
        return _seconds(lambda: self._ask("GET", self.case))

    def weight(self) -> float:
        """Kilobytes of a case's page with its styles and scripts, without media."""
        page = self._ask("GET", self.case)
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css|svg|woff2))[^"]*"', page))
        return (len(page.encode()) + sum(len(self._ask("GET", part).encode()) for part in parts)) / 1024


PAGES: dict[str, Callable[[Desk], float]] = {
    "next case": Desk.next_case,
    "queue page": Desk.queue_page,
    "queue page further down": Desk.deep_page,
    "case page": Desk.case_page,
}


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@contextmanager
def _desk(data: Path, size: tuple[int, ...]) -> Iterator[Desk]:
    port = free_port()
    with web_only(data, port):
        pass  # makes folder and tables as `make run` does
    subprocess.run(
        [sys.executable, "-m", "benchmarks.years", *map(str, size)], cwd=ROOT, env=environment(data, port), check=True
    )
    with web_only(data, port):
        yield Desk(port)
