"""How well people agree, for leads: a heat map by kind, which answers meet which, and every case decided two ways."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request

from webapp.core.clock import now
from webapp.core.i18n import pick
from webapp.desk import blindness, words
from webapp.desk.access import me, need
from webapp.desk.blind_looks import sides
from webapp.desk.blueprint import bp
from webapp.desk.paging import key_of, read_key
from webapp.desk.tabled import cell_words
from webapp.domain.decisions.rules import ANSWERS
from webapp.domain.policy.queries import book
from webapp.domain.quality import queries
from webapp.domain.quality.queries import Clause
from webapp.domain.quality.rules import Measure


@bp.get("/quality/agreement")
@need("see_figures")
def agreement() -> Any:
    """The window of the book as a heat map, and the looks that came to something else, the latest first."""
    asked = request.args.get("kind", "")
    wanted = asked if asked in book().kinds else ""
    hidden = blindness.hidden_cases(me())
    chapter = book().quality.agreement
    found = queries.apart(wanted, read_key(request.args.get("after", "")))
    shown, more = found[: queries.PAGE], len(found) > queries.PAGE
    return render_template(
        "desk/quality/agreement.html",
        section="quality",
        rows=[_row(clause) for clause in queries.agreement(hidden=hidden)],
        met=_met(hidden),
        answers=words.ANSWERS,
        legend=[(level, pick(chapter.words[level])) for level in ("good", "middling", "low", "few", "same")],
        chapter=chapter,
        apart=[(look, sides(look), words.kind(look.kind)) for look in shown if look.case_id not in hidden],
        hidden=sum(1 for look in shown if look.case_id in hidden),
        kind=wanted,
        kinds=[(code, words.kind(code)) for code, _kind in book().ordered_kinds()],
        next_key=key_of(shown[-1].found_at, shown[-1].id) if more and shown[-1].found_at else "",
    )


def _row(clause: Clause) -> dict[str, Any]:
    return {
        "kind": clause.kind,
        "words": words.kind(clause.kind),
        "looks": cell_words(clause.looks),
        "apart": cell_words(clause.apart),
        "cells": [_cell(clause.answers), _cell(clause.grounds)],
    }


def _cell(measure: Measure) -> dict[str, str]:
    """A field of the heat map: the number, on how much it rests, and what that means."""
    alpha = "–" if measure.alpha is None else f"{measure.alpha:.2f}"
    return {
        "level": measure.level,
        "alpha": alpha.replace("-", "−"),
        "share": cell_words(measure.share, "share"),
        "n": cell_words(measure.n),
        "words": pick(book().quality.agreement.words[measure.level]),
    }


def _met(hidden: list[str]) -> list[tuple[str, list[tuple[int, str]]]]:
    """First answers against second ones: a row for each first answer, (number, shade) for each second one."""
    met = queries.answers_against(now() - timedelta(days=book().quality.agreement.window_days), hidden=hidden)
    most = max(met.values(), default=0)
    return [
        (first, [(met[first, second], _shade(met[first, second], most)) for second in ANSWERS]) for first in ANSWERS
    ]


def _shade(n: int, most: int) -> str:
    """One of five shades: nothing, then four equal steps up to the largest number."""
    return str(-(-4 * n // most)) if n and most else "0"
