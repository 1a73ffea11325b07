"""Deadlines, for leads: what is late and what soon will be, by law, with who set it and who holds the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from webapp.core.clock import now
from webapp.core.i18n import _, pick, when_zoned
from webapp.desk import lists, queries, words
from webapp.desk.access import need
from webapp.desk.blueprint import bp
from webapp.domain.clocks import queries as clocks
from webapp.domain.clocks.queries import Reading
from webapp.domain.policy.queries import book

SHOWN = 100


@bp.get("/deadlines")
@need("see_deadlines")
def deadlines() -> Any:
    """What is late, then what is at risk, each the nearest first; all, or of one regime."""
    wanted = request.args.get("regime", "")
    moment = now()
    found = [clocks.reading(clock, moment) for clock in clocks.at_risk(SHOWN + 1)]
    regimes = sorted({reading.regime for reading in found} | ({wanted} & book().regimes.keys()), key=regime_words)
    shown = [reading for reading in found[:SHOWN] if not wanted or reading.regime == wanted]
    names = queries.references(reading.case_id for reading in shown)
    holders = lists.holders(reading.case_id for reading in shown)
    late = [r for r in shown if r.due < moment]
    return render_template(
        "desk/deadlines.html",
        section="deadlines",
        groups=[
            ("late", _("Late"), [_row(r, names, holders, moment) for r in late], _("Nothing is late.")),
            (
                "risk",
                _("At risk: three quarters of the time are used"),
                [_row(r, names, holders, moment) for r in shown if r not in late],
                _("Nothing is at risk."),
            ),
        ],
        regime=wanted,
        regimes=[(code, regime_words(code)) for code in regimes],
        more=len(found) > SHOWN,
        shown=SHOWN,
    )


def _row(reading: Reading, names: Mapping[str, str], holders: Mapping[str, str], moment: Any) -> dict[str, Any]:
    return {
        "case": names.get(reading.case_id, ""),
        "what": clock_words(reading.code),
        "regime": regime_words(reading.regime),
        "hard": reading.hard,
        "clock": words.clock(reading.due, moment),
        "due": when_zoned(reading.due),
        "assumed": reading.assumed,
        "share": round(min(reading.share, 9.99) * 100),
        "by_itself": reading.duty == "software",
        "holder": holders.get(reading.case_id, ""),
    }


def clock_words(code: str) -> str:
    """What a clock measures, in words; a code the book no longer knows stays as it is."""
    entry = book().clocks.get(code)
    return pick(entry.words) if entry else code


def regime_words(code: str) -> str:
    """A regime in words."""
    entry = book().regimes.get(code)
    return pick(entry.words) if entry else code
