"""Following a report: reference and secret open it; what happened, what is next, messages, more files, withdrawal."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.core.i18n import _, n_
from webapp.core.ids import read_reference
from webapp.core.limits import limiter
from webapp.domain.cases import service as case_verbs
from webapp.domain.intake import consents
from webapp.domain.reports import queries as reports
from webapp.domain.reports import service as report_verbs
from webapp.public import access, more, suits
from webapp.public.blueprint import bp
from webapp.public.doors import mine, reporter
from webapp.public.files import send_preview
from webapp.public.forms import AnswerForm, OpenForm, PlainForm
from webapp.public.steps import RECEIPT_COOKIE, allowed
from webapp.public.tracking import show
from webapp.public.uploads import picked


@bp.route("/track", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def track() -> Any:
    """Ask for reference and secret; the secret travels in the body only, never in an address."""
    form = OpenForm()
    if not form.is_submitted():
        form.reference.data = request.args.get("reference", "")
        return _door(form)
    if not form.validate():
        return _door(form, 422)
    try:
        report = report_verbs.open_by_secret(form.reference.data or "", form.secret.data or "")
    except NotFound:
        form.secret.errors = [_("Reference and secret do not match. Please check both.")]
        return _door(form, 422)
    access.remember("report", report.id)
    return redirect(url_for("public.report_page", reference=report.reference))


def _door(form: OpenForm, status: int = 200) -> tuple[str, int]:
    return render_template("public/track.html", section="track", form=form), status


@bp.get("/track/<reference>")
def report_page(reference: str) -> Any:
    """The report for who may see it; for everybody else the same door, whether or not it exists.

    A counter-notice that was passed on to her is on the page: seeing it is its arrival.
    """
    try:
        report = mine(reference)
    except NotFound:
        form = OpenForm(formdata=None, data={"reference": read_reference(reference)})
        return _door(form)
    suits.read(report)
    body, status = show(mine(reference))
    response = Response(body, status, mimetype="text/html")
    response.delete_cookie(RECEIPT_COOKIE)  # the person has moved on; the secret is not shown again
    return response


@bp.post("/track/<reference>/message")
@limiter.limit(allowed(6))
def answer(reference: str) -> Any:
    """Answer the reviewer, or add something in words."""
    report = mine(reference)
    form = AnswerForm()
    if not form.validate():
        return show(report, form, status=422)
    with transaction():
        report = mine(reference)
        case_verbs.answer(report, form.text.data or "", reporter(report))
    flash(_("Your message was sent."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.post("/track/<reference>/files")
def add_files(reference: str) -> Any:
    """Add files to a report that is not decided yet."""
    report = mine(reference)
    if not PlainForm().validate():
        expired = _("This page was open too long. Please send it once more.")
        return show(report, file_errors=[expired], status=422)
    kept, errors = more.add(report, picked("files", f"report:{report.id}"), request.form.get("role", ""))
    report = mine(reference)
    if errors:
        return show(report, file_errors=errors, status=422)
    if kept:
        flash(n_("%(num)s file was added.", "%(num)s files were added.", kept), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.route("/track/<reference>/withdraw", methods=["GET", "POST"])
def withdraw(reference: str) -> Any:
    """Take the report back, after asking once."""
    report = mine(reference)
    form = PlainForm()
    if not form.is_submitted() or not form.validate():
        return render_template("public/withdraw.html", section="track", reference=report.reference, form=form)
    with transaction():
        report = mine(reference)
        case_verbs.withdraw(report, reporter(report))
    flash(_("You have withdrawn the report."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.post("/track/<reference>/consent")
def withdraw_consent(reference: str) -> Any:
    """Take back the separate consent to compare a face or a voice; the report goes on, compared by eye."""
    report = mine(reference)
    if PlainForm().validate():
        with transaction():
            report = mine(reference)
            consents.withdraw(report, reporter(report))
        flash(
            _("You have withdrawn your consent. No face or voice is measured from now on."),
            "success",
        )
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.get("/track/<reference>/preview/<evidence_id>")
def report_preview(reference: str, evidence_id: str) -> Response:
    """A small re-encoded picture of a file she sent."""
    report = mine(reference)
    item = next((i for i in reports.items_of(report.id) if i.id == evidence_id and i.source == "reporter"), None)
    if item is None:
        raise NotFound("no_such_file")
    return send_preview(item, "thumb")


@bp.post("/track/leave")
def leave() -> Any:
    """Close everything on this device."""
    if PlainForm().validate():
        access.forget()
    return redirect(url_for("public.home"))
