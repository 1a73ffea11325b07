"""What a reporter adds after sending: what a returned notice lacked, a lapsed one taken up again, a new paper."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.forms import Form
from webapp.core.i18n import _
from webapp.core.limits import limiter
from webapp.domain.cases import service as case_verbs
from webapp.domain.intake import completing as intake
from webapp.domain.intake.form import GOOD_FAITH
from webapp.domain.reports.models import Report
from webapp.public.blueprint import bp
from webapp.public.completing import Waiting, keep, waiting
from webapp.public.doors import mine, reporter
from webapp.public.errors import words
from webapp.public.forms import PlainForm
from webapp.public.steps import allowed
from webapp.public.tracking import show
from webapp.public.uploads import Upload, judged, picked


@bp.post("/track/<reference>/complete")
@limiter.limit(allowed(6))
def complete(reference: str) -> Any:
    """Supply what was missing, all or nothing of what was sent; what is still missing is asked again."""
    report = mine(reference)
    asked = waiting(report)
    if asked is None:
        raise Refused("nothing_to_supply")
    form = asked.form()
    files, errors = _files(asked, f"report:{report.id}")
    if not form.validate() or any(errors.values()):
        return show(report, completing=form, completing_errors=errors, status=422)
    if not files and not any(value for name, value in form.data.items() if name != "csrf_token"):
        return show(report, completing=form, completing_errors={"": [_("Please fill in what is missing.")]}, status=422)
    try:
        with transaction():
            left = _supply(mine(reference), asked, form, files)
    except Refused as error:
        return show(mine(reference), completing=form, completing_errors={"": [words(error)]}, status=409)
    if left:
        flash(_("Thank you, it is kept. Something is still missing; please see below."), "warning")
    else:
        flash(_("Thank you. Nothing is missing any more, and we go on with your report."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


def _files(asked: Waiting, owner: str) -> tuple[dict[str, list[Upload]], dict[str, list[str]]]:
    files: dict[str, list[Upload]] = {}
    errors: dict[str, list[str]] = {}
    for item in asked.items:
        if item.upload and (sent := picked(item.upload, owner)):
            files[item.code], errors[item.code] = judged(sent)
    return files, errors


def _supply(report: Report, asked: Waiting, form: Form, files: dict[str, list[Upload]]) -> list[str]:
    actor = reporter(report)
    for item in asked.items:
        for upload in files.get(item.code, []):
            keep(report, upload, item.role, item.code)
        if item.name.startswith("text_") and form.data.get(item.name):
            case_verbs.answer(report, f"{item.words}\n{form.data[item.name]}", actor)
    names = [i.name for i in (*asked.items, *asked.term) if i.name and not i.name.startswith(("text_", "say_"))]
    answers: dict[str, Any] = {name: form.data[name] or "" for name in names if name in form.data}
    said = [i.code for i in asked.items if i.form == "statement" and form.data.get(i.name)]
    answers["statements"] = tuple(code for code in said if code != GOOD_FAITH)
    answers["good_faith"] = GOOD_FAITH in said
    return intake.supply(report, answers, actor)


@bp.post("/track/<reference>/reopen")
@limiter.limit(allowed(6))
def reopen(reference: str) -> Any:
    """Take a lapsed report up again: it waits for what was missing, with the full time anew."""
    report = mine(reference)
    if PlainForm().validate():
        with transaction():
            report = mine(reference)
            case_verbs.reopen(report, reporter(report))
        flash(_("Your report is taken up again. Please add what is missing below."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.post("/track/<reference>/standing")
@limiter.limit(allowed(6))
def renew_standing(reference: str) -> Any:
    """A new paper for a standing that ran out or was refused, and until when it holds: a new claim, checked anew."""
    report = mine(reference)
    uploads, errors = judged(picked("paper", f"report:{report.id}"))
    if not uploads and not errors:
        errors = [_("No file arrived. Please choose it again.")]
    if errors or not PlainForm().validate():
        return show(report, standing_errors=errors, status=422)
    try:
        with transaction():
            report = mine(reference)
            for upload in uploads:
                keep(report, upload, "proof", request.form.get("code", ""))
            intake.extend_standing(report, request.form.get("valid_to", "").strip(), reporter(report))
    except Refused as error:
        return show(mine(reference), standing_errors=[words(error)], status=409)
    flash(_("Thank you. A person checks the new paper."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))
