"""What a claimant does after a counter-notice: show that she went to court or to an authority, or give the claim up."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _
from webapp.core.limits import limiter
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterForward
from webapp.domain.evidence.service import keep
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import attach
from webapp.public.blueprint import bp
from webapp.public.doors import mine, reporter
from webapp.public.errors import words
from webapp.public.forms import PlainForm
from webapp.public.replies import SuitForm
from webapp.public.steps import allowed
from webapp.public.tracking import show
from webapp.public.uploads import Upload, judged, picked


def _sent(report: Report) -> CounterForward:
    found = queries.forwarded_to(report.id)
    if found is None:
        raise NotFound("no_such_counter")
    return found


@bp.post("/track/<reference>/proof")
@limiter.limit(allowed(6))
def prove(reference: str) -> Any:
    """Upload the proof of a suit or a complaint: from then on everything stays as it is until that is settled."""
    report = mine(reference)
    _sent(report)
    form = SuitForm()
    uploads, errors = judged(picked("files", f"report:{report.id}"))
    if not uploads and not errors:
        errors = [_("No file arrived. Please choose it again.")]
    if not form.validate() or errors:
        return show(report, suit=form, suit_errors=errors, status=422)
    try:
        with transaction():
            _prove(mine(reference), str(form.kind.data), uploads)
    except Refused as error:
        return show(mine(reference), suit=form, suit_errors=[words(error)], status=409)
    flash(_("Thank you. The content stays as it is until that is settled."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


def _prove(report: Report, kind: str, uploads: list[Upload]) -> None:
    for upload in uploads:
        item = keep(
            upload.store(),
            role="proof",
            source="reporter",
            name=upload.name,
            media_type=upload.media_type,
            width=upload.width,
            height=upload.height,
            actor=reporter(report),
        )
        attach(report, item)
        appeals.prove(_sent(report).counter, report, kind, item)


@bp.route("/track/<reference>/give-up", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def give_up(reference: str) -> Any:
    """Give the claim up after a counter-notice, after asking once. With the last one the content comes back."""
    report = mine(reference)
    _sent(report)
    form = PlainForm()
    if not form.is_submitted() or not form.validate():
        return render_template("public/give_up.html", section="track", reference=report.reference, form=form)
    with transaction():
        report = mine(reference)
        appeals.withdraw_claim(_sent(report).counter, report)
    flash(_("You have given your claim up."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))
