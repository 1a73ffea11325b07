"""The form as one left it: saved while one types, found again with a sentence, thrown away only by its writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.i18n import _, lazy, time_of_day, when
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.typed import Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.decisions import drafts, held
from webapp.domain.decisions import queries as decisions
from webapp.domain.staff.models import Staff

NOT_KEPT = ("csrf_token", "version", "do")  # the page's own fields, made anew with it
CAME_BACK = {
    "case_changed": lazy("The case changed before your decision went out, so it was not decided."),
    "outcome_changed": lazy(
        "Meanwhile another decision about this account went out, and yours would now lead to other measures."
    ),
    "refused": lazy("The rules no longer allow what you submitted, so it was not decided."),
    "decided_otherwise": lazy("A colleague took the case up before your decision went out."),
}


@dataclass(frozen=True)
class Restored:
    """A draft found again: the form, when it was saved, why it came back ('' = it was never submitted)."""

    typed: Typed
    saved: str
    why: str
    changed: bool


def restore(case: Case, staff: Staff) -> Restored | None:
    """What this person typed into the case's form and did not decide yet."""
    draft = drafts.of(case.id, staff.id)
    if draft is None:
        return None
    form, choice = drafts.read(draft)
    values = MultiDict([*form, ("version", str(case.version))])
    today = draft.saved_at.date() == now().date()
    return Restored(
        typed=Typed.of(choice, case.version) if choice else Typed.read(values),
        saved=time_of_day(draft.saved_at) if today else when(draft.saved_at),
        why=str(CAME_BACK.get(draft.came_back, "")),
        changed=not draft.came_back and draft.case_version != case.version,
    )


def fields() -> list[tuple[str, str]]:
    """What the form holds now, in its order, without the page's own fields."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]


def keep(case: Case) -> bool:
    """Write down what the posted form holds; an empty form is no draft. Gives whether there is one now. Call inside a
    transaction. What one has submitted meanwhile is left alone: a page may send its last draft late."""
    if _submitted(case):
        return False
    if not Typed.read(request.form).anything:
        drafts.forget(case.id, me().id)
        return False
    drafts.keep(case, me().id, form=fields())
    return True


def _submitted(case: Case) -> bool:
    waiting = held.of(case.id)
    if waiting is not None:
        return waiting.staff_id == me().id and held.fits(waiting, case)
    over = case.state not in LIVE and case.decided_at is not None
    return over and any(d.staff_id == me().id for d in decisions.all_of(case.id))


@bp.post("/case/<reference>/draft")
@need("review")
def save_draft(reference: str) -> Any:
    """Keep what is typed, whoever holds the case; typing is activity, so a case one holds is held longer."""
    alone = request.accept_mimetypes.best == "application/json"
    with transaction():
        case = cases.by_reference(reference)
        kept = keep(case)
        case_verbs.renew(case.id, me())
    said = _("Draft kept, %(time)s", time=time_of_day(now())) if kept else ""
    if alone:
        return {"says": said}
    flash(said or _("There is nothing typed to keep."), "info")
    return redirect(url_for("desk.case", reference=reference))


@bp.post("/case/<reference>/draft/forget")
@need("review")
def forget_draft(reference: str) -> Any:
    """Begin anew."""
    with transaction():
        drafts.forget(cases.by_reference(reference).id, me().id)
    flash(_("Your draft is thrown away."), "info")
    return redirect(url_for("desk.case", reference=reference))
