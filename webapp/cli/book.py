"""`flask book …`: look at the rule book, and check a changed copy before it is used."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.domain.policy.queries import BookError, book, load

group = AppGroup("book", help="The rule book: show it, check a changed copy.")


@group.command("show")
def show() -> None:
    """Print the kinds of report with their priority and bases."""
    rules = book()
    click.echo(f"Rule book {rules.version}")
    for code, kind in rules.ordered_kinds():
        click.echo(f"{code:20} {kind.priority}  {kind.words.en} / {kind.words.zh}  [{', '.join(kind.bases)}]")


@group.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check the rule book in FOLDER; says what is wrong and where."""
    try:
        rules = load(folder)
    except BookError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Rule book {rules.version} is sound: {len(rules.kinds)} kinds, {len(rules.bases)} bases.")
