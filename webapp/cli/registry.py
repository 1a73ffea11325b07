"""`flask registry …` registers works and virtual humans from a folder, and lists what is registered."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.core.audit import Actor
from webapp.core.errors import Refused
from webapp.domain.registry import queries
from webapp.domain.registry.importing import COLUMNS, MANIFEST, Done, import_folder

COMMAND_LINE = Actor("system", "command line", "Command line")

group = AppGroup("registry", help="Registered works and virtual humans: import a folder, list.")

# The command line speaks English, as its own --help does.
SENTENCES = {
    "manifest_missing": f"There is no {MANIFEST} in the folder. Its columns: {', '.join(COLUMNS)}, registered.",
    "manifest_columns": "The manifest lacks the columns: %(missing)s.",
    "registration_number_missing": "the number is missing",
    "registration_title_missing": "the title is missing",
    "registration_holder_missing": "the holder is missing",
    "registration_kind_unknown": "the kind must be work or virtual_human",
    "registration_too_long": "number, title and holder may have at most %(limit)s characters",
    "registration_date_wrong": "the day must be written 2026-03-31 and not lie ahead",
    "registration_number_taken": "another registration has this number",
    "registration_ended": "this registration has ended",
    "file_missing": "there is no such file in the folder",
    "file_refused": "the file is not accepted (%(why)s)",
    "file_gone": "the file was being erased; import it once more",
}
WORDS = {"registered": "registered", "added": "file added", "known": "already there"}


def _say(code: str, params: dict[str, object]) -> str:
    return SENTENCES.get(code, code) % params


@group.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help="Name only the rows that were refused.")
def take(folder: Path, quiet: bool) -> None:
    """Register what manifest.csv in FOLDER names. A repeat changes nothing; a row that cannot be taken is named, and
    the others are taken. Exit status 1 if there was one.

    Columns of the manifest: number, kind (work or virtual_human), title, holder, file (its name in FOLDER); and
    registered (2026-03-31) where the day is known. Other columns are not read.
    """
    done: list[Done] = []
    try:
        for row in import_folder(folder, COMMAND_LINE):
            done.append(row)
            if row.outcome == "refused":
                click.echo(
                    f"line {row.line}: {row.number or '–'} {row.file}: {_say(row.code, dict(row.params))}", err=True
                )
            elif not quiet:
                click.echo(f"line {row.line}: {row.number} {row.file}: {WORDS[row.outcome]}")
    except Refused as error:
        raise click.ClickException(_say(error.code, error.params)) from None
    count = {name: sum(d.outcome == name for d in done) for name in (*WORDS, "refused")}
    click.echo(
        f"{count['registered']} registered, {count['added']} files added, {count['known']} already there, "
        f"{count['refused']} refused."
    )
    if count["refused"]:
        raise click.exceptions.Exit(1)


@group.command("list")
@click.option("--search", default="", help="Part of a number or a title.")
def everything(search: str) -> None:
    """What is registered, the newest first: number, kind, state, files, title."""
    after = None
    while True:
        found = queries.page(after, search)
        for one in found[: queries.PAGE]:
            click.echo(f"{one.number:24} {one.kind:14} {one.state:7} {len(one.items):3}  {one.title}")
        if len(found) <= queries.PAGE:
            return
        last = found[queries.PAGE - 1]
        after = (last.added_at, last.id)
