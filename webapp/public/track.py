"""Following a report: reference and secret open it; what happened, what is next, messages, more files, withdrawal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.audit import Actor
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.core.i18n import _, n_, pick, when
from webapp.core.ids import read_reference
from webapp.core.limits import limiter
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.rules import LIVE
from webapp.domain.claimants.queries import has_consent
from webapp.domain.claimants.service import withdraw_consents
from webapp.domain.matching.queries import scans_of
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.domain.reports import service as report_verbs
from webapp.domain.reports.models import Report
from webapp.public import access, more, story
from webapp.public.blueprint import bp
from webapp.public.files import send_preview
from webapp.public.forms import AnswerForm, OpenForm, PlainForm
from webapp.public.show import groups
from webapp.public.steps import RECEIPT_COOKIE, allowed, content_words


def mine(reference: str) -> Report:
    """The report, if this browser has opened it. Raises NotFound('no_such_report') alike if not or if there is none."""
    report = reports.by_reference(reference)
    if not access.may_see("report", report.id):
        raise NotFound("no_such_report")
    return report


def actor(report: Report) -> Actor:
    """The reporter as the audit log names her."""
    return Actor("reporter", report.standing.reporter_id)


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
    """The report for who may see it; for everybody else the same door, whether or not it exists."""
    try:
        report = mine(reference)
    except NotFound:
        form = OpenForm(formdata=None, data={"reference": read_reference(reference)})
        return _door(form)
    body, status = show(report, AnswerForm(formdata=None))
    response = Response(body, status, mimetype="text/html")
    response.delete_cookie(RECEIPT_COOKIE)  # the person has moved on; the secret is not shown again
    return response


def gather(report: Report) -> story.Facts:
    """All the story of a report is told from, read from the rooms."""
    case = cases.case_of(report.id)
    items = reports.items_of(report.id)
    own = [item for item in items if item.source == "reporter"]
    done = [s.finished_at for found in scans_of([i.id for i in items]).values() for s in found if s.finished_at]
    outcome, finding, effects = more.decision_for(report, case)
    priority = book().kinds[report.kind].priority
    return story.Facts(
        received_at=report.received_at,
        due_at=report.received_at + timedelta(hours=book().priorities[priority].decision_hours),
        entry=next(e for e in case.entries if e.report_id == report.id),
        case=case,
        messages=cases.messages(case.id, report_id=report.id),
        compared_at=max(done, default=None),
        added_at=[item.received_at for item in own if item.received_at > report.received_at],
        outcome=outcome,
        finding=finding,
        effects=effects,
    )


def show(report: Report, form: AnswerForm, file_errors: list[str] | None = None, status: int = 200) -> tuple[str, int]:
    """The tracking page."""
    facts = gather(report)
    words, tone = story.state(facts)
    live = facts.case.state in LIVE and facts.entry.withdrawn_at is None
    own = [item for item in reports.items_of(report.id) if item.source == "reporter"]
    page = render_template(
        "public/report.html",
        section="track",
        reference=report.reference,
        form=form,
        file_errors=file_errors or [],
        state_words=words,
        state_tone=tone,
        kind_words=pick(book().kinds[report.kind].words),
        question=story.open_question(facts),
        next_words=story.coming(facts),
        story=story.timeline(facts),
        outcome=_outcome(facts),
        messages=[more.line(m) for m in facts.messages],
        can_answer=facts.entry.withdrawn_at is None,
        can_add=live,
        can_withdraw=live,
        consent=has_consent(report.id),
        facts=_sent(report),
        file_groups=groups(own, lambda i: url_for("public.report_preview", reference=report.reference, evidence_id=i)),
    )
    return page, status


def _outcome(facts: story.Facts) -> dict[str, Any] | None:
    if facts.outcome is None:
        return None
    return {
        "facts": [
            (_("Your report"), story.answer_words(facts)),
            (_("Measures"), story.measures(facts.outcome)),
            (_("Reason"), facts.outcome.reason),
            (_("Decided on"), when(facts.outcome.decided_at)),
        ]
    }


def _sent(report: Report) -> list[tuple[str, str]]:
    subject = report.subject
    return [
        (_("Sent on"), when(report.received_at)),
        (_("Content"), content_words(subject.platform, subject.content_ref)),
        (_("Address"), subject.address),
        (_("Your work"), report.work_title),
        (_("What is wrong"), report.wrong),
        (_("Time position"), report.time_position),
        (_("What shows it"), report.source),
    ]


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
        case_verbs.answer(report, form.text.data or "", actor(report))
    flash(_("Your message was sent."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.post("/track/<reference>/files")
def add_files(reference: str) -> Any:
    """Add files to a report that is not decided yet."""
    report = mine(reference)
    if not PlainForm().validate():
        expired = _("This page was open too long. Please send it once more.")
        return show(report, AnswerForm(formdata=None), [expired], 422)
    kept, errors = more.add(report, request.files.getlist("files"), request.form.get("role", ""))
    report = mine(reference)
    if errors:
        return show(report, AnswerForm(formdata=None), errors, 422)
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
        case_verbs.withdraw(report, actor(report))
    flash(_("You have withdrawn the report."), "success")
    return redirect(url_for("public.report_page", reference=report.reference))


@bp.post("/track/<reference>/consent")
def withdraw_consent(reference: str) -> Any:
    """Take back the separate consent to compare a face or a voice; the report goes on, compared by eye."""
    report = mine(reference)
    if PlainForm().validate():
        with transaction():
            report = mine(reference)
            withdraw_consents(report.standing, actor(report), report.id)
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
