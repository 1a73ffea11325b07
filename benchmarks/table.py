"""One line a result, for people and for var/bench.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """`median` of ours, `anchor` beside it in the same run, `ratio`: how many times dearer than the anchor."""

    work: str
    size: str
    median: float
    against: str
    anchor: float
    ratio: float


def show(rows: list[Row], path: Path) -> None:
    """Print the table and keep it as JSON."""
    print(f"{'work':34}{'size':>18}{'median':>11}   {'against':36}{'anchor':>11}{'ratio':>8}")
    for row in rows:
        print(f"{row.work:34}{row.size:>18}{row.median:>11.3f}   {row.against:36}{row.anchor:>11.3f}{row.ratio:>8.2f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(r) for r in rows], indent=1), encoding="utf-8")
    print(f"written to {path}")
