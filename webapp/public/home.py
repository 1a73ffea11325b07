"""The first page, drawn from the rule book, so that it promises only what that says. The rules themselves: how.py."""

from __future__ import annotations

from flask import render_template

from webapp.domain.policy.queries import book
from webapp.public.blueprint import bp
from webapp.public.details import SECTIONS


@bp.get("/")
def home() -> str:
    """What this is, and the doors: report (one for each sort of matter), follow."""
    hours = [book().priorities[kind.priority].decision_hours for kind in book().kinds.values()]
    sections = [(code, str(title), str(hint)) for code, (title, hint) in SECTIONS.items()]
    return render_template("public/home.html", sections=sections, urgent_hours=min(hours), longest_hours=max(hours))
