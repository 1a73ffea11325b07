"""Deciding: findings, ground, measures and reason come in; a preview shows effects and letters; one verb decides."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import NATIVE, _, pick
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import explain, page
from webapp.desk.queue import take_next
from webapp.desk.typed import PLACE, Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications import previews as letters
from webapp.domain.partners import queries as partners
from webapp.domain.policy.queries import book


def _again(reference: str, typed: Typed, error: Refused | Conflict | NotFound) -> Any:
    """The case once more with everything that was typed and one sentence about what is wrong."""
    place = PLACE.get(error.code, "")
    status = 422 if place else 409
    return page(cases.by_reference(reference), typed, problem=explain(error, reference), place=place, status=status)


@bp.post("/case/<reference>/preview")
@need("review")
def preview(reference: str) -> Any:
    """What the choice would lead to: effects in words, and the letters of both sides in both languages."""
    typed = Typed.read(request.form)
    try:
        with transaction():
            found = cases.by_reference(reference)
            case_verbs.require_claim(found.id, me())
            case_verbs.renew(found.id, me())
        found = cases.by_reference(reference)
        outcome = decision_verbs.foresee(found, typed.choice())
    except (Refused, Conflict, NotFound) as error:
        return _again(reference, typed, error)
    return render_template(
        "desk/case/preview.html",
        section="queue",
        case=found,
        typed=typed,
        verdict=words.VERDICTS[outcome.verdict],
        upheld=outcome.verdict == "upheld",
        effects=_effects(found, outcome),
        letters=[(code, NATIVE[code], letters.preview(outcome, code)) for code in ("zh", "en")],
    )


def _effects(found: Case, outcome: Outcome) -> list[tuple[str, str]]:
    """What will happen, as (name, sentence)."""
    lines = []
    for action in outcome.actions:
        entry = book().actions[action.kind]
        effect = pick(entry.effect) if entry.effect else ""
        lines.append((words.action(action.kind, action.days), effect))
    if outcome.actions:
        before = decisions.active_points(found.subject.respondent_id)
        lines.append(
            (
                _("Points of the account"),
                _("%(before)s now, %(after)s after this decision.", before=before, after=before + outcome.points),
            )
        )
        platform = partners.platform(found.subject.platform)
        asked = (
            _("%(platform)s is asked to carry this out, and the result is read back.", platform=platform.name)
            if platform
            else _("The content is on no connected platform, so nobody can be asked to carry this out.")
        )
        lines.append((_("The platform"), asked))
    else:
        lines.append((_("Measures"), _("None. The content stays as it is, and the account is not told.")))
    return lines


@bp.post("/case/<reference>/edit")
@need("review")
def edit(reference: str) -> Any:
    """Back from the preview to the form, with everything typed."""
    typed = Typed.read(request.form)
    found = cases.by_reference(reference)
    with transaction():
        case_verbs.renew(found.id, me())
    return page(cases.by_reference(reference), typed)


@bp.post("/case/<reference>/decide")
@need("review")
def decide(reference: str) -> Any:
    """Decide, then open the next case."""
    typed = Typed.read(request.form)
    found = cases.by_reference(reference)
    case_id, case_reference = found.id, found.reference
    try:
        with transaction():
            decision_verbs.decide(case_id, me(), typed.version, typed.choice())
    except (Refused, Conflict, NotFound) as error:
        return _again(reference, typed, error)
    following = take_next(me(), skip=case_id)
    if following is None:
        flash(_("%(reference)s is decided. Nothing else waits for you.", reference=case_reference), "success")
        return redirect(url_for("desk.queue"))
    flash(_("%(reference)s is decided. This is the next case.", reference=case_reference), "success")
    return redirect(url_for("desk.case", reference=following))
