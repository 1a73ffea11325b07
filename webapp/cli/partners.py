"""`flask partners …`: connect the platforms whose content is reported."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp.core.db import transaction
from webapp.core.ids import new_token
from webapp.domain.partners import service

group = AppGroup("partners", help="Connected platforms: where decisions are sent and read back.")


@group.command("connect")
@click.argument("slug")
@click.option("--name", required=True, help="What people call the platform.")
@click.option("--api-url", required=True, help="Where its state is read, e.g. https://platform.example/api")
@click.option("--hook-url", required=True, help="Where it takes signed webhooks.")
@click.option("--hook-secret", required=True, envvar="HOOK_SECRET", help="whsec_… (or environment HOOK_SECRET)")
@click.option("--api-token", required=True, envvar="API_TOKEN", help="Bearer token for --api-url (or API_TOKEN)")
def connect(slug: str, name: str, api_url: str, hook_url: str, hook_secret: str, api_token: str) -> None:
    """Connect a platform under SLUG, or change its addresses; prints its token for our API once."""
    token = new_token()
    with transaction():
        service.connect(slug, name, api_url, hook_url, hook_secret, api_token, token)
    click.echo(f"{name} is connected as {slug}.")
    click.echo(f"Its token for /api/v1, shown once: {token}")
