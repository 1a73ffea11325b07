"""One's own settings: how pictures and sound are treated, language, density. Nobody else sees or changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.i18n import LANGUAGES, _, lazy, pick
from webapp.desk import calm as calm_words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.policy.queries import book
from webapp.domain.wellbeing import calm

DENSITIES = {"comfortable": lazy("comfortable"), "compact": lazy("compact")}


@bp.get("/settings")
@need("review")
def settings() -> Any:
    """One's own screen, with the house's default said beside every choice."""
    desk = book().desk
    return render_template(
        "desk/settings.html",
        section="settings",
        harms=[
            {
                "code": code,
                "words": pick(harm.words),
                "text": pick(harm.text),
                "covers": [(c, calm_words.COVERS[c]) for c in calm.allowed(harm)],
                "house": (calm_words.COVERS[harm.cover], calm_words.REVEALS[harm.reveal]),
            }
            for code, harm in desk.harms.items()
        ],
        reveals=calm_words.REVEALS,
        blurs=calm_words.BLURS,
        speeds=desk.sound.speeds,
        densities=DENSITIES,
        spoken=me().language,
        own="calm" in me().settings,
    )


@bp.post("/settings")
@need("review")
def keep_settings() -> Any:
    """Keep them, or go back to the house's defaults."""
    form = request.form
    with transaction():
        staff = me()
        if form.get("do") == "reset":
            calm.reset(staff)
        else:
            calm.set_calm(staff, _chosen(form), form.get("density", ""))
            if form.get("language") in LANGUAGES:
                staff.language = form["language"]
        spoken = staff.language
    g.language = spoken
    flash(_("Your screen is set."), "success")
    response = make_response(redirect(url_for("desk.settings")))
    response.set_cookie("lang", spoken, max_age=31536000, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def _chosen(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "veils": {
            code: {"cover": form.get(f"cover-{code}", ""), "reveal": form.get(f"reveal-{code}", "")}
            for code in book().desk.harms
        },
        "blur": form.get("blur", ""),
        "parts_only": "parts_only" in form,
        "muted": "muted" in form,
        "volume": _number(form.get("volume", "")),
        "speed": _number(form.get("speed", "")),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1
