"""`flask detectors …`: which version looks, what is behind, and looking at everything again."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import AppGroup

from webapp.core.audit import Actor
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.domain.matching import here, rescans
from webapp.domain.matching.models import Rescan

group = AppGroup("detectors", help="Detectors: what is behind, looking at everything again.")
OPERATOR = Actor("system", "operator", "operator")
WHY = {
    "no_such_detector": "There is no such detector; `flask detectors list` names them.",
    "no_such_rescan": "This detector was never told to look again.",
    "nothing_behind": "Nothing is behind: its present version has looked at everything.",
    "rescan_not_running": "It is not running.",
    "rescan_not_paused": "It is not paused.",
}


@group.command("list")
def listing() -> None:
    """Every detector: its version, items last looked at by an older one, how far looking again has come; and those that
    are not here, with why."""
    for one in rescans.behind():
        behind = ", ".join(f"{number:,} items last by version {old}" for old, number in sorted(one.older.items()))
        click.echo(f"{one.detector:14} version {one.version:6} {behind or 'nothing behind'}{_state(one.rescan)}")
    for missing in here.absent():
        groups = f" (optional group {' and '.join(missing.groups)})" if missing.groups else ""
        click.echo(f"{missing.name:14} not here{groups}: {missing.why}")


def _state(rescan: Rescan | None) -> str:
    return f"; {rescan.state}: {rescan.done:,} of {rescan.total:,}" if rescan else ""


@group.command("rescan")
@click.argument("name")
def rescan(name: str) -> None:
    """Look at everything again that an older version of NAME looked at; runs behind all other work."""
    _do(lambda: rescans.start(name, OPERATOR))
    found = rescans.of(name)
    click.echo(f"{name} {found.version} looks at {found.total:,} items again.")


@group.command("pause")
@click.argument("name")
def pause(name: str) -> None:
    """Pause looking again."""
    _do(lambda: rescans.pause(rescans.of(name), OPERATOR))
    click.echo("Paused.")


@group.command("resume")
@click.argument("name")
def resume(name: str) -> None:
    """Go on where it stopped."""
    _do(lambda: rescans.resume(rescans.of(name), OPERATOR))
    click.echo("It goes on.")


def _do(verb: Callable[[], object]) -> None:
    try:
        with transaction():
            verb()
    except (Refused, NotFound) as error:
        raise click.ClickException(WHY.get(error.code, error.code)) from None
