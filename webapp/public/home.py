"""The first page and the published flow; both drawn from the rule book, so they promise only what it says."""

from __future__ import annotations

from flask import render_template

from webapp.core.i18n import language, pick
from webapp.domain.policy.queries import book
from webapp.public.blueprint import bp


@bp.get("/")
def home() -> str:
    """What this is, and the two doors: report, follow."""
    hours = [book().priorities[kind.priority].decision_hours for kind in book().kinds.values()]
    return render_template("public/home.html", urgent_hours=min(hours), longest_hours=max(hours))


@bp.get("/how")
def how() -> str:
    """Kinds, time limits, measures and their grounds as the rule book has them."""
    rules = book()
    comma = "；" if language() == "zh" else "; "
    kinds = rules.ordered_kinds()
    return render_template(
        "public/how.html",
        book=rules,
        kinds=kinds,
        measures={code: comma.join(pick(rules.actions[a].words) for a in kind.actions) for code, kind in kinds},
        grounds={code: comma.join(pick(rules.bases[b].citation) for b in kind.bases) for code, kind in kinds},
    )
