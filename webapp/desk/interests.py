"""Conflicts of interest: one's own to declare and end; leads see everybody's, and declare for others with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _, lazy, when
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.queues import interests as declared
from webapp.domain.queues.models import Interest
from webapp.domain.staff import queries as staff_rows
from webapp.domain.staff.rules import can

KINDS = {
    "account": lazy("An account that is reported"),
    "reporter": lazy("Somebody who reports"),
    "content": lazy("One content"),
}


@dataclass(frozen=True)
class Row:
    """A conflict of interest as the page shows it. `by` is '' where the person declared it."""

    id: str
    who: str
    kind: str
    label: str
    reason: str
    by: str
    since: str
    can_end: bool


def _page(problem: str = "", status: int = 200) -> Any:
    leads = can(me().role, "see_interests")
    html = render_template(
        "desk/interests.html",
        section="interests",
        rows=_rows(declared.live(me().id)),
        others=_rows(declared.of_others(me().id)) if leads else [],
        leads=leads,
        people=[(one.id, one.name) for one in staff_rows.everyone() if one.active] if leads else [],
        kinds=[(code, text) for code, text in KINDS.items()],
        typed=request.form if problem else request.args,
        problem=problem,
    )
    return html, status


def _rows(found: Sequence[Interest]) -> list[Row]:
    leads = can(me().role, "see_interests")
    return [
        Row(
            id=one.id,
            who=one.staff.name,
            kind=str(KINDS[one.kind]),
            label=one.label,
            reason=one.reason if leads or one.declared_by_id == me().id else "",
            by=one.declared_by.name if one.declared_by_id != one.staff_id else "",
            since=when(one.declared_at),
            can_end=leads or one.declared_by_id == me().id,
        )
        for one in found
    ]


@bp.get("/interests")
@need("review")
def interests() -> Any:
    """What one has declared; for leads everybody's."""
    return _page()


@bp.post("/interests")
@need("review")
def declare() -> Any:
    """Declare one: for oneself, or, as a lead, for a colleague."""
    form = request.form
    try:
        with transaction():
            whose = staff_rows.get(form.get("staff", "") or me().id)
            if whose.id != me().id and not can(me().role, "see_interests"):
                raise Refused("not_your_role")
            declared.declare(whose, form.get("kind", ""), form.get("what", ""), form.get("reason", ""), me())
            name = whose.name
    except (Refused, NotFound) as error:
        return _page(sentence(error), 422)
    flash(_("Noted. No such case is offered to %(name)s from now on.", name=name), "success")
    return redirect(url_for("desk.interests"))


@bp.post("/interests/<interest_id>/end")
@need("review")
def end_interest(interest_id: str) -> Any:
    """It no longer holds."""
    with transaction():
        declared.end(interest_id, me())
    flash(_("Ended. It stays in the record."), "success")
    return redirect(url_for("desk.interests"))
