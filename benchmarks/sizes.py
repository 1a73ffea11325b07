"""What each optional group adds to an installation: megabytes of its packages and models, beside the core's.

Counted off the files each installed package lists of itself. A package that two groups bring counts with the first.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from workers.packages import PURPOSES

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024 * 1024


def run() -> list[Row]:
    """A row a group, in the order of the book: its packages, and with its models."""
    core = _named(ROOT / "requirements.txt")
    whole = sum(map(_bytes, core)) / MEGABYTE
    counted, rows = set(core), []
    for group in chapter()["groups"]:
        fresh = _named(ROOT / "extras" / f"{group}.txt") - counted
        counted |= fresh
        packages = sum(map(_bytes, fresh)) / MEGABYTE
        given = [m for p in PURPOSES if p.group == group for package in p.packages for m in package.gives]
        models = sum(model.size for model in given) / MEGABYTE
        rows.append(Row(f"group {group}, MB of packages", ", ".join(sorted(fresh))[:18], packages, "core", whole, 0))
        if models:
            rows.append(Row(f"group {group}, MB of models", f"{len(given)} files", models, "core", whole, 0))
    return [Row(r.work, r.size, r.median, r.against, r.anchor, r.median / whole) for r in rows]


def _named(locked: Path) -> set[str]:
    """The packages of a locked list that apply here, as installed ones are called."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", locked.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def _bytes(name: str) -> int:
    """The files of an installed package, without what Python compiled of them; 0 if it is not here."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    places = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(place.stat().st_size for place in places if place.is_file())
