"""`flask statements …`: statements of reasons as files for the EU's DSA Transparency Database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.domain.decisions.dsa import Export, batches

group = AppGroup("statements", help="Statements of reasons for the DSA Transparency Database.")


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only decisions made on or after this day.")
def export(folder: Path, since: datetime | None) -> None:
    """Write batch-0001.json and so on, up to 100 statements each, into FOLDER.

    Statements in which personal data was found are left out and named. Running it again writes the same files.
    """
    found = batches(since.date() if since else None)
    _write(folder, found)
    click.echo(f"{found.count} statements in {len(found.batches)} files in {folder}.")
    for held in found.held:
        click.echo(f"Left out: case {held.case_reference}, field {held.field} holds personal data ({held.what}).")


def _write(folder: Path, found: Export) -> None:
    """The batches, and nothing of an earlier export beside them: a longer one would leave its last files behind."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"batch-{number:04}.json": batch for number, batch in enumerate(found.batches, 1)}
    for name, batch in wanted.items():
        (folder / name).write_text(json.dumps(batch, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for old in folder.glob("batch-[0-9][0-9][0-9][0-9].json"):
        if old.name not in wanted:
            old.unlink()
