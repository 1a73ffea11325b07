"""`flask queues …` shows how the desk's queues stand, and sorts open cases after the rule book changed."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp.core.db import db, transaction
from webapp.domain.policy.queries import book
from webapp.domain.queues import counting
from webapp.domain.queues.queries import overlaps

group = AppGroup("queues", help="The desk's queues: how they stand, and putting open cases where the book wants them.")


@group.command("list")
def show() -> None:
    """Every queue in the order in which the book fills them, with what waits in it, and where two claim the same."""
    for row in counting.look():
        numbers = f"{row.waiting:7,} waiting {row.asked:6,} with others {row.late:6,} late"
        oldest = f"  oldest of {row.oldest_at:%Y-%m-%d %H:%M} UTC" if row.oldest_at else ""
        click.echo(f"{row.queue:10} {numbers}{oldest}")
    for one in overlaps():
        tail = f"; {one.second} never gets {', '.join(one.never)}" if one.never else ""
        click.echo(f"{one.first} and {one.second} both claim {', '.join(one.kinds)}{tail}")


@group.command("sort")
def sort() -> None:
    """Put every open case where the present book wants it, most of all after a change of queues.toml.

    Cases that a person put into a queue stay there. A hundred in a transaction, so the desk goes on meanwhile.
    """
    after, moved, batches = "", 0, 0
    while True:
        with transaction():
            after, changed = counting.sort(after)
        moved, batches = moved + changed, batches + 1
        if not after:
            break
        if batches % 10 == 0:
            click.echo(f"{batches * counting.BATCH:,} cases looked at, {moved:,} moved")
    with transaction():
        counting.keep(counting.look())
    db.session.remove()
    click.echo(f"Done: {moved:,} cases changed their queue. {len(book().queues.queue)} queues.")
