"""`make bench`, or `python -m benchmarks [latency] [requests]` for some of them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.table import Row, show

PICTURES = ("recall", "decode", "faces", "lookup")
MEDIA = ("recordings", "covers", "voices", "films", "media", "sizes")
ALL = ("latency", "requests", *PICTURES, "texts", "desk", *MEDIA)


def main(names: list[str]) -> int:
    """Run the named benchmarks (all by default), print the table, write var/bench.json."""
    rows: list[Row] = []
    for name in names or ALL:
        print(f"measuring {name} …", flush=True)
        rows += import_module(f"benchmarks.{name}").run()
    show(rows, Path("var/bench.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
