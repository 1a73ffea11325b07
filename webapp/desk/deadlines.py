"""Deadlines at risk, for leads: every clock past its alert, the nearest first, with what it is and who set it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from webapp.core.clock import now
from webapp.core.i18n import pick
from webapp.desk import queries, words
from webapp.desk.access import need
from webapp.desk.blueprint import bp
from webapp.domain.clocks import queries as clocks
from webapp.domain.policy.queries import book

SHOWN = 100


@bp.get("/deadlines")
@need("see_deadlines")
def deadlines() -> Any:
    """What is late or soon will be."""
    moment = now()
    found = [clocks.reading(clock, moment) for clock in clocks.at_risk(SHOWN + 1)]
    names = queries.references(reading.case_id for reading in found)
    rows = [
        {
            "case": names.get(reading.case_id, ""),
            "what": clock_words(reading.code),
            "regime": regime_words(reading.regime),
            "hard": reading.hard,
            "clock": words.clock(reading.due, moment),
            "share": round(min(reading.share, 9.99) * 100),
        }
        for reading in found[:SHOWN]
    ]
    return render_template("desk/deadlines.html", section="deadlines", rows=rows, more=len(found) > SHOWN, shown=SHOWN)


def clock_words(code: str) -> str:
    """What a clock measures, in words; a code the book no longer knows stays as it is."""
    entry = book().clocks.get(code)
    return pick(entry.words) if entry else code


def regime_words(code: str) -> str:
    """A regime in words."""
    entry = book().regimes.get(code)
    return pick(entry.words) if entry else code
