"""`flask staff …` lets people in and out of the desk."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from webapp.core.audit import Actor
from webapp.core.db import transaction
from webapp.core.errors import DomainError
from webapp.core.i18n import LANGUAGES
from webapp.domain.queues import people
from webapp.domain.queues import queries as queues
from webapp.domain.staff import queries, service
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import LONGEST_PASSWORD, ROLES, SHORTEST_PASSWORD, normal_email

COMMAND_LINE = Actor("system", "command line", "Command line")

group = AppGroup("staff", help="Who works at the desk: add, list, new password, deactivate.")

# The command line speaks English, as its own --help does.
SENTENCES = {
    "email_wrong": "That is not an e-mail address.",
    "email_taken": "Somebody with this address is already there.",
    "name_missing": "A name is needed; it stands in the audit log.",
    "password_short": f"The password needs at least {SHORTEST_PASSWORD} characters.",
    "skill_unknown": "The rule book does not know one of these skills; they stand in queues.toml.",
    "password_long": f"The password may have at most {LONGEST_PASSWORD} characters.",
}


def _say(error: DomainError) -> click.ClickException:
    return click.ClickException(SENTENCES.get(error.code, error.code))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _find(email: str) -> Staff:
    try:
        found = queries.by_email(normal_email(email))
    except DomainError as error:
        raise _say(error) from None
    if found is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return found


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The name colleagues and the audit log see.")
@click.option("--role", type=click.Choice(ROLES), default="reviewer", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(email: str, name: str, role: str, language: str, password_stdin: bool) -> None:
    """Let somebody in: EMAIL is what they sign in with."""
    password = _password(password_stdin)
    try:
        with transaction():
            service.add(email, name, role, password, COMMAND_LINE, language)
    except DomainError as error:
        raise _say(error) from None
    click.echo(f"{name} can sign in at /desk as {role}.")


@group.command("train")
@click.argument("email")
@click.option("--skill", "skills", multiple=True, help="A code of queues.toml; may be repeated.")
@click.option("--reads", multiple=True, type=click.Choice(LANGUAGES), default=LANGUAGES, show_default=True)
def train(email: str, skills: tuple[str, ...], reads: tuple[str, ...]) -> None:
    """Note what somebody is trained for and which languages they read; what is not named is no longer noted."""
    try:
        with transaction():
            people.train(_find(email), skills, reads, COMMAND_LINE)
            open_now = queues.enterable(_find(email))
    except DomainError as error:
        raise _say(error) from None
    click.echo(f"{email} may enter: {', '.join(open_now)}")


@group.command("list")
def everyone() -> None:
    """Everybody, the active ones first."""
    for one in queries.everyone():
        state = "active" if one.active else "inactive"
        click.echo(f"{one.email:32} {one.role:9} {state:9} {one.name}")


@group.command("passwd")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def passwd(email: str, password_stdin: bool) -> None:
    """Set a new password and end every sign-in made with the old one."""
    _find(email)
    password = _password(password_stdin)
    try:
        with transaction():
            service.set_password(_find(email), password, COMMAND_LINE)
    except DomainError as error:
        raise _say(error) from None
    click.echo("The new password is set; older sign-ins have ended.")


@group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Close the desk to somebody at once; their decisions keep their name."""
    with transaction():
        service.deactivate(_find(email), COMMAND_LINE)
    click.echo(f"{email} cannot sign in any more.")
