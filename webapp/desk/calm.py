"""What every page of the desk knows of the person's screen: how pictures are covered, whether a pause is due."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_login import current_user

from webapp.core.i18n import lazy, pick
from webapp.desk.access import me
from webapp.desk.blueprint import bp
from webapp.domain.policy.queries import book
from webapp.domain.wellbeing import queries
from webapp.domain.wellbeing.calm import Calm, calm_of
from webapp.domain.wellbeing.queries import Seen

COVERS = {"none": lazy("not covered"), "blur": lazy("blurred"), "grey": lazy("blurred and grey")}
REVEALS = {
    "hold": lazy("seen only while held"),
    "click": lazy("a click keeps it open"),
    "hover": lazy("seen under the pointer"),
}
BLURS = {"soft": lazy("soft"), "medium": lazy("medium"), "strong": lazy("strong")}


def harm_of(*kinds: str) -> str:
    """The class of harm of what was reported as these kinds: of several, the heaviest."""
    return book().desk.worst(list(kinds))


def mine() -> Calm:
    """The screen of whoever asks; the house's where nobody is signed in."""
    return calm_of(me() if current_user.is_authenticated else None)


def classes(calm: Calm) -> str:
    """Classes of the page's body that carry the person's choices to the style sheet."""
    names = [f"calm--{calm.blur}"]
    if calm.parts_only:
        names.append("calm--parts")
    if calm.density == "compact":
        names.append("page--compact")
    return " ".join(names)


def words_of(seen: Seen) -> str:
    """The class of harm that was looked at, in words."""
    return pick(book().desk.harms[seen.harm].words)


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    calm = mine()
    return {
        "calm": calm,
        "calm_classes": classes(calm),
        "calm_idle": book().desk.idle_seconds,
        "pause_due": _pause_due,
    }


def _pause_due() -> str:
    """The way to the pause page while a budget is spent; '' else. One lookup by key."""
    if not current_user.is_authenticated:
        return ""
    return url_for("desk.pause") if queries.pause_due(me().id) else ""
