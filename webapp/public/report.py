"""Reporting, step by step: each page keeps what was typed on the server, the last one sends it, the receipt follows."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import NATIVE, _, language, pick, when_zoned
from webapp.core.limits import limiter
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rules import FilledReport
from webapp.domain.policy.queries import book
from webapp.public import access, steps
from webapp.public.blueprint import bp
from webapp.public.forms import KindForm, PlainForm, ReviewForm
from webapp.public.show import groups
from webapp.public.steps import DRAFT_COOKIE, DRAFT_SECONDS, RECEIPT_COOKIE, RECEIPT_SECONDS, TABLE, Step

PREFILLED = {"platform": "platform", "content": "content_ref", "address": "address", "kind": "kind"}


def page(step: Step, form: Any, filled: FilledReport, status: int = 200) -> tuple[str, int]:
    """One step's page."""
    context = steps.frame(step.name, form) | steps.details(step.name, filled)
    if step.name == "kind":
        context["platform_name"] = steps.platform_name(form.platform.data or "")
    return render_template(f"public/step_{step.name}.html", **context), status


@bp.route("/report", methods=["GET", "POST"])
@limiter.limit(steps.allowed(5), methods=["POST"])
def start() -> Any:
    """Step 1. A platform's own report link may name the content: ?platform=…&content=…&address=…"""
    found = steps.draft()
    filled = intake.filled(found) if found else FilledReport()
    asked = {field: request.args[name] for name, field in PREFILLED.items() if request.args.get(name)}
    form = KindForm(data={**vars(filled), **asked})
    if not form.is_submitted():
        return page(TABLE["kind"], form, filled)
    if not form.validate():
        return page(TABLE["kind"], form, filled, 422)
    answers = form.answers()
    if found and not _other_content(filled, answers):
        with transaction():
            found = steps.draft() or _gone()
            if answers["kind"] != filled.kind:
                answers |= steps.unasked(book().kinds[answers["kind"]])
            intake.save_step(found, answers)
        return redirect(steps.after(found, "kind"))
    with transaction():
        found, token = intake.create_draft(answers)
    return steps.keep_cookie(redirect(steps.after(found, "kind")), DRAFT_COOKIE, token, DRAFT_SECONDS)


def _other_content(filled: FilledReport, answers: dict[str, Any]) -> bool:
    """A link to other content than the draft's starts its own report; nothing typed for the first slips in."""
    named = answers.get("content_ref", "") or answers.get("address", "")
    return bool(named) and named not in (filled.content_ref, filled.address)


def _gone() -> Draft:
    raise NotFound("draft_gone")


@bp.route("/report/<any(who, content, contact):name>", methods=["GET", "POST"])
def step(name: str) -> Any:
    """The steps in between: show what is kept, keep what is right, say what is not."""
    found = steps.draft()
    if found is None:
        return _start_again()
    if not steps.may_open(found, name):
        return redirect(steps.address_of(steps.reached(found)))
    filled = intake.filled(found)
    form_class = TABLE[name].form
    kept = vars(filled) if filled.email else vars(filled) | {"language": language()}  # nobody chose one before step 5
    form = form_class(kind=steps.kind_of(filled), data=kept)
    if not form.is_submitted():
        return page(TABLE[name], form, filled)
    if not form.validate():
        return page(TABLE[name], form, filled, 422)
    with transaction():
        found = steps.draft() or _gone()
        intake.save_step(found, form.answers())
    return redirect(steps.after(found, name))


@bp.route("/report/review", methods=["GET", "POST"])
@limiter.limit(steps.allowed(1), methods=["POST"])
def review() -> Any:
    """Step 6: read it once more, then send. The same form sent twice leads to the same receipt."""
    form = ReviewForm()
    if form.is_submitted():
        return _send(form)
    found = steps.draft()
    if found is None:
        return _start_again()
    if steps.reached(found) != "review":
        return redirect(steps.address_of(steps.reached(found)))
    form.form_key.data = found.form_key
    return render_template("public/step_review.html", parts=_parts(found), **steps.frame("review", form))


def _send(form: ReviewForm) -> Any:
    token = steps.token() or request.cookies.get(RECEIPT_COOKIE, "")
    found, sent = intake.load_draft(token), intake.sent_with(token)
    key = found.form_key if found else sent.report.form_key if sent else ""
    if not key:
        return _start_again()
    if not form.validate() or form.form_key.data != key:
        flash(_("The page had changed in the meantime. Please check it again and send it."), "warning")
        return redirect(url_for("public.review") if found else url_for("public.receipt"))
    try:
        with transaction():
            receipt = intake.submit(token)
    except Refused:
        return redirect(steps.address_of(steps.reached(found)) if found else url_for("public.start"))
    access.remember("report", receipt.report.id)
    response = steps.keep_cookie(redirect(url_for("public.receipt")), RECEIPT_COOKIE, token, RECEIPT_SECONDS)
    response.delete_cookie(DRAFT_COOKIE)
    return response


@bp.get("/report/receipt")
def receipt() -> Any:
    """Reference and secret, for a quarter of an hour and this browser only."""
    sent = intake.sent_with(request.cookies.get(RECEIPT_COOKIE, ""))
    if sent is None:
        return render_template("public/receipt_gone.html", section="report"), 404
    return render_template(
        "public/receipt.html",
        section="report",
        reference=sent.reference,
        secret=sent.secret,
        due=when_zoned(sent.due_at),
        email=sent.report.standing.reporter.email,
    )


@bp.post("/report/discard")
def discard() -> Any:
    """Erase the draft now, and leave nothing of it on this device; its files go with the next sweep."""
    if PlainForm().validate():
        with transaction():
            found = steps.draft()
            if found is not None:
                intake.discard(found)
        flash(_("What you typed is erased. Files you added are erased within a few hours."), "success")
        response = redirect(url_for("public.home"))
        response.delete_cookie(DRAFT_COOKIE)
        return response
    return redirect(url_for("public.start"))


def _start_again() -> Response:
    flash(_("Nothing you typed is here any more; it is kept for one day. Please start again."), "warning")
    return redirect(url_for("public.start"))


def _parts(found: Draft) -> list[dict[str, Any]]:
    """What the review shows, step by step, each with the way back to change it."""
    filled = intake.filled(found)
    kind = steps.kind_of(filled)
    consent = ""
    if kind.biometric:
        consent = _("Agreed") if filled.consent else _("Not agreed: no face or voice is measured")
    facts: dict[str, list[tuple[str, str]]] = {
        "kind": [(_("It is about"), pick(kind.words))],
        "who": [
            (_("You are"), pick(book().standing[filled.basis].words)),
            (_("For"), filled.claimant_name if filled.basis not in ("SELF", "ANY") else ""),
        ],
        "content": [
            (_("Content"), steps.content_words(filled.platform, filled.content_ref)),
            (_("Address"), filled.address),
            (_("Your work"), filled.work_title if kind.needs_work_title else ""),
            (_("What is wrong"), filled.wrong),
            (_("Time position"), filled.time_position),
            (_("What shows it"), filled.source if kind.asks_source else ""),
        ],
        "files": [(_("Comparison by machine"), consent)],
        "contact": [
            (_("Name"), filled.name),
            (_("E-mail"), filled.email),
            (_("Letters in"), NATIVE[filled.language]),
            (_("Good faith"), _("Declared") if filled.good_faith else ""),
        ],
    }
    listed = groups(intake.files(found), lambda item: url_for("public.preview", evidence_id=item))
    if not listed:
        facts["files"].insert(0, (_("Files"), _("None. You can add some later.")))
    return [
        {
            "title": TABLE[name].short,
            "edit": steps.address_of(name, then="review"),
            "facts": rows,
            "files": listed if name == "files" else [],
        }
        for name, rows in facts.items()
    ]
