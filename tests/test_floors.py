"""The house keeps its floors: who may import whom (architecture §2), read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOOR = {
    "policy": 1,
    "staff": 1,
    "evidence": 1,
    "clocks": 2,
    "wellbeing": 2,
    "claimants": 2,
    "reports": 3,
    "registry": 3,
    "matching": 4,
    "biometrics": 4,
    "labels": 4,
    "index": 5,
    "conduct": 4,
    "cases": 5,
    "decisions": 6,
    "intake": 6,
    "queues": 6,
    "partners": 7,
    "cures": 7,
    "appeals": 7,
    "staydown": 7,
    "calibration": 7,
    "precedents": 7,
    "quality": 7,
    "bulk": 8,
    "figures": 8,
    "search": 8,
    "notifications": 8,
}
FACES = ("public", "desk", "api", "cli")


def _modules() -> list[Path]:
    found = [ROOT / "app.py"]
    for folder in ("webapp", "workers"):
        found += sorted((ROOT / folder).rglob("*.py"))
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(name: str) -> bool:
    return name.split(".")[0] in ("webapp", "workers", "demo", "tests", "app")


def _refusal(importer: str, imported: str) -> str:
    """Why `importer` may not import `imported` (both dotted); '' when it may."""
    here, there = importer.split("."), imported.split(".")
    if there[0] in ("demo", "tests"):
        return "the product knows neither demo nor tests"
    if here[0] == "webapp" and there[0] == "workers":
        return "the house never imports the workshop"
    if importer in ("app", "webapp.factory"):
        return ""
    if there[0] == "app" or imported.startswith("webapp.factory"):
        return "nobody imports the roof"
    if importer.startswith("webapp.core") and not imported.startswith("webapp.core") and imported != "webapp":
        return "the ground imports libraries only"
    if importer.startswith("workers.detectors") and not imported.startswith(
        ("webapp.domain.matching.detector", "workers.detectors")
    ):
        return "detectors know the detector protocol only" if len(there) > 1 and imported not in PREFIXES else ""
    face = there[1] if len(there) > 1 and there[0] == "webapp" and there[1] in FACES else ""
    if face and not (here[0] == "webapp" and len(here) > 1 and here[1] == face):
        return "nobody imports a face but the roof"
    if importer.startswith("webapp.domain.") and imported.startswith("webapp.domain."):
        mine, theirs = here[2], there[2] if len(there) > 2 else here[2]
        if theirs != mine and FLOOR[theirs] >= FLOOR[mine]:
            return f"{mine} (floor {FLOOR[mine]}) may not import {theirs} (floor {FLOOR[theirs]})"
        if (
            len(here) > 3
            and here[3] == "rules"
            and theirs != mine
            and len(there) > 3
            and there[3] not in ("rules", "shape")
        ):
            return "rules import errors, lifecycles and other rooms' rules only"
    return ""


# `from webapp.domain.matching import detector` also names its package; a package alone is no import of a room.
PREFIXES = ("webapp", "webapp.domain", "webapp.domain.matching", "workers")


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    """Every import of every module goes to a lower floor or stays in its room."""
    importer = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    refusals = [
        f"{importer} → {name}: {why}" for name in _imports(path) if _ours(name) if (why := _refusal(importer, name))
    ]
    assert not refusals


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("webapp.domain.reports.service", "webapp.domain.cases.service"),
        ("webapp.core.db", "webapp.domain.policy.queries"),
        ("webapp.desk.case", "webapp.public.report"),
        ("webapp.domain.cases.service", "workers.jobs.scan"),
        ("workers.detectors.phash", "webapp.core.db"),
        ("workers.jobs.scan", "webapp.desk.case"),
        ("webapp.domain.cases.rules", "webapp.domain.reports.service"),
    ],
)
def test_the_guard_sees_what_it_guards_against(importer: str, imported: str) -> None:
    """A guard that refuses nothing guards nothing."""
    assert _refusal(importer, imported)


def test_every_room_has_its_floor() -> None:
    """A new room is given a floor here before it is used."""
    rooms = {p.parent.name for p in (ROOT / "webapp/domain").glob("*/__init__.py")}
    assert rooms == set(FLOOR)
