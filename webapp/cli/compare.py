"""`flask compare`: the workers' own comparison over a file of pairs, without a server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

# The workshop is not imported here (the house never is): its command takes this process over.
COMMAND = "workers.compare"


@click.command(
    "compare",
    help="Compare pairs of files exactly as the workers do: a JSON line in, one out (-: standard input).",
)
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--detectors", default="", help="Only these, separated by commas.")
@click.option("--jobs", default=1, type=click.IntRange(1, 64), help="How many processes.")
def group(pairs: Path, detectors: str, jobs: int) -> None:
    """Replace this process by the workshop's compare command."""
    sys.stdout.flush()
    arguments = [sys.executable, "-m", COMMAND, str(pairs), "--jobs", str(jobs)]
    if detectors:
        arguments += ["--detectors", detectors]
    os.execv(sys.executable, arguments)
