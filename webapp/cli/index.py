"""`flask index …` says how the index stands and makes its search file anew."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from webapp.domain.index import keeping, queries, scanning

group = AppGroup("index", help="The index of registered and decided content: status, rebuild.")


@group.command("status")
def status() -> None:
    """How many items are listed, and the search file's size, age and lag. Exit status 1 when it is stale."""
    sizes = queries.sizes()
    click.echo(f"listed:       {sizes.get('registered', 0):,} registered, {sizes.get('decided', 0):,} decided before")
    state = keeping.state()
    if state.kind == "database":
        click.echo(f"searched in:  PostgreSQL itself, {state.count:,} fingerprints")
        return
    click.echo(f"search file:  {keeping.path()}")
    click.echo(f"searched by:  {'faiss' if scanning.library() else 'numpy (faiss is not installed)'}")
    if state.kind == "none":
        click.echo(f"state:        none ({state.why}); {state.lacking:,} fingerprints wait. The next lookup makes it.")
    else:
        age = "never level" if state.age is None else f"level {state.age:,.0f} s ago"
        click.echo(f"state:        {state.count:,} fingerprints, {state.size / 1_048_576:,.1f} MB, {age}")
        if state.stale:
            click.echo(f"              stale: it lacks {state.lacking:,} fingerprints")
    if state.stale:
        raise click.exceptions.Exit(1)


@group.command("rebuild")
def rebuild() -> None:
    """Make the search file anew from the database; lookups use the old one meanwhile."""
    if keeping.in_database():
        raise click.ClickException("INDEX=postgresql keeps no search file.")
    began = time.monotonic()
    try:
        count = keeping.rebuild()
    except TimeoutError as error:
        raise click.ClickException(f"{error}; try again.") from None
    click.echo(f"{count:,} fingerprints in {time.monotonic() - began:.1f} s: {keeping.path()}")
