"""Registering a whole folder: `manifest.csv` (number, kind, title, holder, file, registered) and the files beside it.

A repeat changes nothing; a row that cannot be taken is reported and the others go on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Refused
from webapp.domain.evidence import rules
from webapp.domain.evidence.service import limits, store
from webapp.domain.registry import service
from webapp.domain.registry.rules import Entry

MANIFEST = "manifest.csv"
COLUMNS = ("number", "kind", "title", "holder", "file")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Done:
    """What became of one row of the manifest. `outcome`: 'registered', 'added' (one file more), 'known', or 'refused'
    with a code and its values."""

    line: int
    number: str
    file: str
    outcome: str
    code: str = ""
    params: tuple[tuple[str, object], ...] = ()


def import_folder(folder: Path, actor: Actor) -> Iterator[Done]:
    """Take row after row, each in its own transaction. Raises Refused('manifest_missing') or 'manifest_columns'."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise Refused("manifest_missing", name=MANIFEST)
    with manifest.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise Refused("manifest_columns", missing=", ".join(missing))
        for number, row in enumerate(rows, 2):
            cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
            try:
                outcome = _row(folder, cells, actor)
            except DomainError as why:
                yield Done(number, cells["number"], cells["file"], "refused", why.code, tuple(why.params.items()))
            else:
                yield Done(number, cells["number"], cells["file"], outcome)
            db.session.expunge_all()


def _row(folder: Path, cells: dict[str, str], actor: Actor) -> str:
    path = _inside(folder, cells["file"])
    found = inspect(path)
    entry = Entry(cells["number"], cells["kind"], cells["title"], cells["holder"], cells.get("registered", ""))
    writer = store().writer()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            writer.write(chunk)
    blob = writer.keep()
    with transaction():
        registration, new = service.register(entry, actor)
        _item, added = service.add_item(registration, blob, found, path.name, actor)
    return "registered" if new else "added" if added else "known"


def inspect(source: Path) -> rules.Inspection:
    """What the file truly is. Raises Refused('file_refused') with the evidence room's code in `why`."""
    found = rules.inspect(source, source.name, limits())
    if isinstance(found, rules.Refusal):
        raise Refused("file_refused", why=found.code, **found.params)
    return found


def _inside(folder: Path, name: str) -> Path:
    """The file a row names, which must lie in the folder. Raises Refused('file_missing')."""
    path = (folder / name).resolve()
    if not name or not path.is_file() or not path.is_relative_to(folder.resolve()):
        raise Refused("file_missing", name=name)
    return path
