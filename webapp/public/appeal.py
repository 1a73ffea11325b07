"""Asking for a second look: once for each side, within its window, decided by a different person."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.i18n import _, when
from webapp.core.limits import limiter
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.public.blueprint import bp
from webapp.public.doors import mine, opened
from webapp.public.errors import words
from webapp.public.replies import AppealForm
from webapp.public.steps import allowed


@bp.route("/track/<reference>/appeal", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def appeal_report(reference: str) -> Any:
    """The reporter's appeal against what was decided on her report."""
    report = mine(reference)
    case = cases.case_of(report.id)
    back = url_for("public.report_page", reference=report.reference)
    return _appeal(case.id, blind.reporter(report.id), back, "track")


@bp.route("/respond/<reference>/appeal", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def appeal_decision(reference: str) -> Any:
    """The account's appeal against the decision."""
    case = opened(reference)
    return _appeal(case.id, blind.RESPONDENT, url_for("public.respond", reference=case.reference), "")


def _appeal(case_id: str, party: str, back: str, section: str) -> Any:
    door = blind.door(case_id, party)
    if not door.open:
        raise _refusal(door)
    form = AppealForm()
    problem = ""
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                appeals.file(case_id, party, form.text.data or "")
        except (Refused, Conflict) as error:
            problem = words(error)
        else:
            flash(_("Your appeal is here. A different person decides it."), "success")
            return redirect(back)
    status = 409 if problem else 422 if form.errors else 200
    page = render_template(
        "public/appeal.html",
        section=section,
        form=form,
        back=back,
        until=when(door.until),
        problem=problem,
    )
    return page, status


def _refusal(door: blind.AppealDoor) -> Refused | Conflict:
    """Why the door is shut."""
    if door.sent is not None:
        return Conflict("appeal_filed_already")
    return Refused("appeal_nothing" if door.decision is None else "appeal_too_late")
