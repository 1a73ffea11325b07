"""`flask search …` makes the search index anew."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from webapp.domain.search import service

group = AppGroup("search", help="What the desk's search finds: rebuild.")


@group.command("rebuild")
def rebuild() -> None:
    """Empty the index and read everything anew; what is in already can be found meanwhile."""
    began = time.monotonic()
    count = service.rebuild(lambda what, total: click.echo(f"\r{total:,} ({what})", nl=False, err=True))
    click.echo(f"\n{count:,} cases, accounts and registrations in {time.monotonic() - began:.1f} s")
