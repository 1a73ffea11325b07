"""`flask demo …`: what an evaluator finds at the first start. Never on an installation other people can reach."""

from __future__ import annotations

from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from webapp.core.audit import Actor
from webapp.core.db import settings, transaction
from webapp.core.i18n import LANGUAGES
from webapp.core.ids import new_token
from webapp.domain.partners.service import connect
from webapp.domain.policy.queries import book
from webapp.domain.queues import people
from webapp.domain.staff import queries
from webapp.domain.staff.service import add

group = AppGroup("demo", help="Demo data for trying Redress on this machine.")

# Known to everybody, hence only ever made where PUBLIC_URL is this machine.
PASSWORD = "redress-demo-2026"  # noqa: S105  # printed at every start on purpose
PEOPLE = (
    ("reviewer@demo.example", "Rui 芮", "reviewer"),
    ("second@demo.example", "Mei 梅", "reviewer"),
    ("lead@demo.example", "Lan 兰", "lead"),
    ("admin@demo.example", "Ada 艾达", "admin"),
)


@group.command("seed")
@click.option("--platform-url", envvar="DEMO_PLATFORM_URL", required=True)
@click.option("--hook-secret", envvar="DEMO_HOOK_SECRET", required=True)
@click.option("--api-token", envvar="DEMO_API_TOKEN", required=True)
def seed(platform_url: str, hook_secret: str, api_token: str) -> None:
    """Make the demo staff and connect the demo platform; a repeat changes only what changed. Prints the accounts."""
    if urlsplit(settings().public_url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise click.ClickException(
            "Demo accounts have known passwords: they are made only where PUBLIC_URL is this machine."
        )
    actor = Actor("system", "command line", "Command line")
    for email, name, role in PEOPLE:
        with transaction():
            if queries.by_email(email) is None:
                people.train(add(email, name, role, PASSWORD, actor), book().queues.skills, LANGUAGES, actor)
    with transaction():
        connect(
            "demo",
            "Lumo 流光 (demo)",
            f"{platform_url}/api",
            f"{platform_url}/hooks/redress",
            hook_secret,
            api_token,
            new_token(),
        )
    _print_accounts()


@group.command("accounts")
def accounts() -> None:
    """Print the demo staff accounts, one a line: role, address, password."""
    _print_accounts()


def _print_accounts() -> None:
    for email, _name, role in PEOPLE:
        click.echo(f"{role:10}{email:24}{PASSWORD}")
