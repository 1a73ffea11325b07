"""Counts what of the rule book the journeys walk through: kinds, standings, regimes, clocks, measures, letters.

Every stage that closes appends a line to the file named in REDRESS_FIGURES (nothing without it); then
`python -m tests.journeys.figures FILE` says how much of the data was walked through, and what was not.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.claimants.models import Standing
from webapp.domain.clocks.models import Clock
from webapp.domain.decisions.models import Action, Strike
from webapp.domain.notifications.models import Letter
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

LETTERS = Path(__file__).parents[2] / "webapp/domain/notifications/templates/email"


def walked() -> dict[str, set[str]]:
    """What the database of this story has rows of."""
    reports = list(db.session.execute(select(Report.kind, Report.regimes)))
    return {
        "kinds": {kind for kind, _regimes in reports},
        "standings": set(db.session.scalars(select(Standing.basis))),
        "regimes": {regime for _kind, regimes in reports for regime in regimes},
        "counter-notices": set(db.session.scalars(select(CounterNotice.regime))),
        "clocks": set(db.session.scalars(select(Clock.code))),
        "measures": set(db.session.scalars(select(Action.kind))),
        "rungs": set(db.session.scalars(select(Strike.rung))),
        "letters": set(db.session.scalars(select(Letter.name))),
    }


def known() -> dict[str, set[str]]:
    """What there is in data, and is served."""
    rules = book()
    served = {code for code, regime in rules.regimes.items() if regime.enabled}
    return {
        "kinds": set(rules.kinds),
        "standings": set(rules.standing),
        "regimes": served,
        "counter-notices": {code for code in served if rules.regimes[code].counter_allowed},
        "clocks": {code for code, clock in rules.clocks.items() if clock.enabled},
        "measures": set(rules.actions),
        "rungs": {rung.code for rung in rules.ladder.rungs},
        "letters": {folder.name for folder in LETTERS.iterdir() if not folder.name.startswith("_")},
    }


def note() -> None:
    """Append what this story walked through to the file of REDRESS_FIGURES, if one is named."""
    if path := os.environ.get("REDRESS_FIGURES"):
        line = json.dumps({name: sorted(found) for name, found in walked().items()})
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def report(lines: list[Mapping[str, list[str]]], all_of: Mapping[str, set[str]]) -> str:
    """A line for each: how many there are, how many were walked through, and which were not."""
    said = []
    for name, codes in all_of.items():
        seen = {code for line in lines for code in line.get(name, [])} & codes
        left = ", ".join(sorted(codes - seen)) or "none"
        said.append(f"{name}: {len(codes)} in data, {len(seen)} in a journey; not: {left}")
    return "\n".join(said)


if __name__ == "__main__":
    print(report([json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()], known()))
