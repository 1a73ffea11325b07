"""`flask precedents rebuild` keeps every decision made so far as a precedent: once after an update."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select, tuple_

from webapp.core.db import db, transaction
from webapp.domain.decisions.models import Decision
from webapp.domain.precedents.service import keep

BATCH = 500  # decisions in one transaction: short enough for a desk that works meanwhile

group = AppGroup("precedents", help="Earlier decisions as similar cases find them: rebuild.")


@group.command("rebuild")
def rebuild() -> None:
    """Go through all decisions, case by case. What is kept already stays as it is; it can be run again at any time."""
    done, last = 0, ("", 0)
    while True:
        with transaction():
            place = tuple_(Decision.case_id, Decision.case_version)
            # Along the unique key, so that a case's first verdict comes before its appeal.
            batch = list(db.session.scalars(select(Decision).where(place > last).order_by(*place).limit(BATCH)))
            for decision in batch:
                keep(decision)
            last = (batch[-1].case_id, batch[-1].case_version) if batch else last
        done += len(batch)
        db.session.expunge_all()
        if len(batch) < BATCH:
            break
    click.echo(f"{done:,} decisions looked at.")
