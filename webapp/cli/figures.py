"""`flask figures …` counts what the page for leads shows, without waiting for the clock."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from webapp.core.db import transaction
from webapp.domain.figures import service
from webapp.domain.figures.rules import LONGEST

group = AppGroup("figures", help="The figures for leads, counted day by day: count.")


@group.command("count")
@click.option("--again", is_flag=True, help="Count every day anew, also those that are counted (after an import, say).")
def count(again: bool) -> None:
    """Count today and every day that was not counted since it ended."""
    began = time.monotonic()
    if again:
        with transaction():
            service.forget()
    days = service.due(LONGEST)
    for day in days:
        counted, moment = service.count(day)
        with transaction():
            service.keep(day, counted, moment)
    click.echo(f"{len(days):,} days counted in {time.monotonic() - began:.1f} s")
