"""The basket: cases ticked on any page, kept across pages, and the acts that can be done to all of them."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import DomainError, Refused
from webapp.core.i18n import _, lazy, n_, pick
from webapp.desk import finding
from webapp.desk.access import me, need, safe_next
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.bulk import queries, service
from webapp.domain.bulk.models import BasketItem
from webapp.domain.bulk.verbs import VERBS
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries as queues
from webapp.domain.staff import queries as staff
from webapp.domain.staff.rules import can

# Each act: its name, and what it does in one sentence.
ACTS: dict[str, tuple[Any, Any]] = {
    "move": (
        lazy("Move to another queue"),
        lazy("They stay there whatever the criteria say, until somebody moves them again."),
    ),
    "assign": (
        lazy("Hand to a colleague"),
        lazy("They come first in the colleague's next cases, with your note."),
    ),
    "reject": (
        lazy("Decide: no violation"),
        lazy("Every report is answered “not supported” with one reason; the reporters are written to."),
    ),
    "merge": (
        lazy("Merge as duplicates"),
        lazy("Their reports join one case; every reporter is still answered alone."),
    ),
    "skip": (lazy("Set aside for this shift"), lazy("They are offered to the others, and to you after your shift.")),
    "take": (lazy("Take"), lazy("You hold them for as long as a claim lasts.")),
    "release": (lazy("Give back"), lazy("Those you hold are free for everybody.")),
    "rescan": (lazy("Let detectors look again"), lazy("Only where one failed or was not installed. Cannot be undone.")),
}


@bp.get("/basket")
@need("review")
def basket() -> Any:
    """What lies in it, and the acts."""
    return page({})


def page(typed: dict[str, str], problem: str = "", status: int = 200) -> Any:
    """The basket with what was typed, and one sentence about what is wrong with it."""
    items = queries.items(me())
    kinds = {item.case.kind for item in items}
    others = [one for one in staff.everyone() if one.active and one.id != me().id]
    return (
        render_template(
            "desk/basket.html",
            section="basket",
            items=[(finding.row(item.case), why_of(item)) for item in items],
            acts=[(code, *words, VERBS[code].needs, VERBS[code].careful) for code, words in ACTS.items()],
            typed=typed,
            problem=problem,
            most=service.MOST,
            queues=[(entry.code, pick(entry.queue.words)) for entry in queues.entries(me())],
            colleagues=[one for one in others if can(one.role, "review")],
            skips=[(code, pick(words)) for code, words in book().queues.skip_reasons.items()],
            templates=[
                (code, pick(one.words))
                for code, one in book().reasons.items()
                if one.verdict == "rejected" and (not one.kinds or kinds & set(one.kinds))
            ],
            recent=[(act, name_of(act.verb), queries.tally(act.id)) for act in queries.recent(me())],
        ),
        status,
    )


def name_of(verb: str) -> str:
    """An act in words."""
    return str(ACTS[verb][0]) if verb in ACTS else verb


def why_of(item: BasketItem) -> str:
    """Why the last act could not be done to it, '' when nothing was refused."""
    return sentence(Refused(item.why, **item.why_params)) if item.why else ""


@bp.post("/basket/put")
@need("review")
def basket_put() -> Any:
    """Put what is ticked into the basket; the page's script puts in or takes out one case at a time."""
    alone = request.accept_mimetypes.best == "application/json"
    chosen = request.form.getlist("case")
    try:
        with transaction():
            if request.form.get("out"):
                service.take_out(me(), chosen)
            else:
                service.put(me(), chosen)
    except DomainError as error:
        if alone:
            return {"message": sentence(error)}, 409
        flash(sentence(error), "error")
    g.pop("basket", None)
    number = len(_held())
    if alone:
        return {"count": number, "message": n_("%(num)s case in the basket", "%(num)s cases in the basket", number)}
    return redirect(safe_next(request.form.get("back")))


@bp.post("/basket/empty")
@need("review")
def basket_empty() -> Any:
    """Take the named cases out, or all of them."""
    with transaction():
        service.take_out(me(), request.form.getlist("case") or queries.ids(me()))
    flash(_("Taken out of the basket."), "success")
    return redirect(url_for("desk.basket"))


def _held() -> list[str]:
    """Ids in the basket of whoever asks: one look along its key for a page, however many rows it has."""
    if "basket" not in g:
        g.basket = queries.ids(me())
    held: list[str] = g.basket
    return held


@bp.context_processor
def _for_the_frame() -> dict[str, Any]:
    """For the boxes of rows and the number in the frame. Asked only where they are drawn."""
    return {"in_basket": lambda case_id: case_id in _held(), "basket_count": lambda: len(_held())}
