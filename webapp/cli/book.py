"""`flask book …`: look at the rule book, and check a changed copy before it is used."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.domain.policy.queries import BookError, book, load
from webapp.domain.policy.shape import Book, ClockKind, Span

group = AppGroup("book", help="The rule book: show it, check a changed copy.")


@group.command("show")
def show() -> None:
    """Print the kinds of report with priority, points and bases, the regimes, the clocks and the ladder."""
    rules = book()
    click.echo(f"Rule book {rules.version}")
    for code, kind in rules.ordered_kinds():
        words = f"{kind.words.en} / {kind.words.zh}  [{', '.join(kind.bases)}]"
        click.echo(f"{code:22} {kind.priority}  {kind.points:2} points  {words}")
    click.echo("\nRegimes")
    for code, regime in rules.regimes.items():
        click.echo(f"{code:22} {_served(rules, code):8}  {regime.words.en}")
    click.echo("\nClocks")
    for code, clock in rules.clocks.items():
        sure = "set by law" if clock.hard else f"mark {clock.mark}"
        click.echo(f"{code:22} {clock.regime:9}  {_length(clock):34}  {sure}{'' if clock.enabled else ', off'}")
    click.echo("\nLadder")
    for rung in rules.ladder.rungs:
        click.echo(f"{rung.code:3} from {rung.points:2} points  {rung.words.en}")


def _served(rules: Book, code: str) -> str:
    regime = rules.regimes[code]
    return "off" if not regime.enabled else "elected" if regime.elected else "on"


def _length(clock: ClockKind) -> str:
    if clock.span is None:
        return ", ".join(f"{priority} {_span(span)}" for priority, span in clock.by_priority.items())
    return f"{_span(clock.earliest)} to {_span(clock.span)}" if clock.earliest else _span(clock.span)


def _span(span: Span) -> str:
    """As the command line shows it: '24 h', '15 d', '20 d CN_WORKDAYS'."""
    if span.days is None:
        return f"{span.hours} h" if span.hours else f"{span.minutes} min"
    return f"{span.days} d" + ("" if span.calendar == "CAL" else f" {span.calendar}")


@group.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check the rule book in FOLDER; says what is wrong and where (file, line, one sentence)."""
    try:
        rules = load(folder)
    except BookError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"Rule book {rules.version} is sound: {len(rules.kinds)} kinds, {len(rules.regimes)} regimes, "
        f"{len(rules.clocks)} clocks, {len(rules.actions)} measures, {len(rules.bases)} bases."
    )
    if rules == book():
        click.echo("It says the same as the book in force.")
    elif rules.version == book().version:
        click.echo("It differs from the book in force but has the same version: raise `version` before you use it.")
    else:
        click.echo(f"In force now is {book().version}. Set REDRESS_BOOK to this folder and restart to use it.")
