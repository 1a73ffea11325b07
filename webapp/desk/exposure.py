"""What the page counted while somebody looked, and the pause it suggests: sums of classes, never which picture.

Nothing here is shown to anyone but the person themselves, and nothing of it goes into the audit log.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.i18n import _, n_, pick
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.policy.queries import book
from webapp.domain.wellbeing import queries, service
from webapp.domain.wellbeing.queries import Seen
from webapp.domain.wellbeing.service import Looked

# A page reports every 20 s: more than this in one go is no looking.
MOST_ITEMS, MOST_SECONDS = 200, 600
# Where somebody asks for a case: a pause that is due is offered before.
BEGINNINGS = frozenset({"desk.start"})


@bp.post("/exposure")
@need("review")
def exposure() -> Any:
    """Add what was uncovered: fields `looked` as "class items seconds". Says where the pause page is once it is due."""
    looked = dict(filter(None, map(_read, request.form.getlist("looked"))))
    if looked:
        with transaction():
            service.add(me(), looked)
    return {"pause": url_for("desk.pause") if queries.pause_due(me().id) else ""}


def _read(text: str) -> tuple[str, Looked] | None:
    parts = text.split(" ")
    if (
        len(parts) != 3
        or parts[0] not in book().desk.harms
        or not all(p.isascii() and p.isdecimal() for p in parts[1:])
    ):
        return None
    items, seconds = (
        min(int(part[:6]), most) for part, most in zip(parts[1:], (MOST_ITEMS, MOST_SECONDS), strict=True)
    )
    return parts[0], Looked(items, seconds)


def pause_first() -> Response | None:
    """The way to the pause page when a pause is due: between two cases, never in the middle of one."""
    return redirect(url_for("desk.pause")) if queries.pause_due(me().id) else None


@bp.before_request
def _before_the_first() -> Response | None:
    return pause_first() if request.endpoint in BEGINNINGS and request.method == "POST" else None


@bp.get("/pause")
@need("review")
def pause() -> Any:
    """What one looked at in this shift, and how to go on."""
    staff_id = me().id
    due = queries.pause_due(staff_id)
    return render_template(
        "desk/pause.html",
        section="",
        due=told(due) if due else "",
        sums=[(pick(book().desk.harms[one.harm].words), *amounts(one)) for one in queries.mine(staff_id)],
        choice=queries.choice(staff_id),
        keep_days=book().desk.keep_days,
        people=book().desk.smallest_group,
    )


@bp.post("/pause")
@need("review")
def choose_pause() -> Any:
    """Take the answer: a pause, light queues only, or on as before."""
    choice = request.form.get("choice", "")
    with transaction():
        service.choose(me(), choice)
    return redirect(url_for("desk.pause" if choice == "pause" else "desk.queue"))


def told(seen: Seen) -> str:
    """What was looked at, as one sentence."""
    items, minutes = amounts(seen)
    harm = pick(book().desk.harms[seen.harm].words)
    return _(
        "In this shift you have looked at %(items)s of the class “%(harm)s”, for %(minutes)s.",
        items=items,
        harm=harm,
        minutes=minutes,
    )


def amounts(seen: Seen) -> tuple[str, str]:
    """Items and minutes in words."""
    items = n_("%(num)s file", "%(num)s files", seen.items)
    minutes = n_("%(num)s minute", "%(num)s minutes", max(1, round(seen.seconds / 60)))
    return str(items), str(minutes)
