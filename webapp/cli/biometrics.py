"""`flask biometrics …`: how many faces and voices are held and until when; delete now what is over."""

from __future__ import annotations

from collections import Counter

import click
from flask.cli import AppGroup

from webapp.core.db import transaction
from webapp.domain.biometrics import queries
from webapp.domain.intake import consents
from webapp.domain.policy.queries import book

SETTINGS = {"face": "PIPIA_REF", "voice": "PIPIA_REF_VOICES"}  # where the record of the assessment is named

group = AppGroup(
    "biometrics", help="Templates of faces and voices: how many are held, until when; delete what is over."
)


@group.command("status")
def status() -> None:
    """Whether faces and voices are compared, persons and templates held, the next deletion, the threshold."""
    found, rules = queries.status(), book().biometrics
    for purpose, setting in SETTINGS.items():
        if assessed := queries.assessment(purpose):
            click.echo(f"Comparing {purpose}s is enabled. Impact assessment: {assessed}")
        else:
            click.echo(f"Comparing {purpose}s is not enabled: the impact assessment is not recorded (set {setting}).")
    for purpose, held in found.held.items():
        click.echo(f"Held: {held.templates} {purpose} templates of {held.persons} persons.")
    click.echo(f"Held: templates of {found.persons} persons, {found.templates} in all.")
    if found.next_expiry is not None:
        click.echo(f"The next one goes by {found.next_expiry:%Y-%m-%d %H:%M} UTC at the latest.")
    share = 100 * found.persons / rules.file_persons.number
    click.echo(f"That is {share:.1f} % of {rules.file_persons.number:,} persons. {rules.file_persons.citation.en}.")
    if found.alarm:
        click.echo(f"ALARM: past {rules.file_percent} %. Prepare the filing.")


@group.command("sweep")
def sweep() -> None:
    """Delete now what the hourly sweep would: templates out of time, and those whose report is over."""
    with transaction():
        receipts = consents.sweep()
        counted = Counter((receipt.number, receipt.why) for receipt in receipts)
    for (number, why), count in counted.items():
        click.echo(f"{number}  {count} deleted: {getattr(book().biometrics.why, why).en}")
    click.echo(f"{len(receipts)} templates deleted.")
