"""Reporting, step by step: each page keeps what was typed on the server; the last page and the receipt: receipt.py."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.core.i18n import _, language
from webapp.core.limits import limiter
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence import arriving
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rules import FilledReport
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.public import access, details, steps
from webapp.public.blueprint import bp
from webapp.public.filing import Filing, look
from webapp.public.forms import KindForm, PlainForm
from webapp.public.steps import DRAFT_COOKIE, DRAFT_SECONDS, TABLE

PREFILLED = {"platform": "platform", "content": "content_ref", "address": "address", "kind": "kind", "as": "same_as"}


def page(name: str, form: Any, found: Filing | None, status: int = 200) -> tuple[str, int]:
    """One step's page."""
    context = steps.frame(name, form, found) | details.of(name, form, found)
    return render_template(f"public/step_{name}.html", **context), status


@bp.route("/report", methods=["GET", "POST"])
@limiter.limit(steps.allowed(5), methods=["POST"])
def start() -> Any:
    """Step 1. A platform's own report link may name the content: ?platform=…&content=…&address=…; a report this
    browser has opened may lend its standing: ?as=reference."""
    found = steps.filing()
    filled = found.filled if found else FilledReport()
    asked = {field: request.args[name] for name, field in PREFILLED.items() if request.args.get(name)}
    reference = request.form.get("same_as", "") or asked.get("same_as", "")
    held = _lent(reference) if reference else found.held if found else None
    if reference and held is None:
        flash(_("Please open that report first; then you can report something else as the same person."), "info")
        return redirect(url_for("public.track", reference=reference))
    ticked = [f"{filled.kind}:{name}" for name in filled.circumstances]
    form = KindForm(held, data=vars(filled) | {"circumstances": ticked} | asked)
    if not form.is_submitted():
        return page("kind", form, found)
    if not form.validate():
        return page("kind", form, found, 422)
    answers = form.answers()
    if found and not _other_report(found, answers, held):
        with transaction():
            draft = steps.draft() or _gone()
            _change(draft, filled, answers)
        return redirect(steps.after(look(draft), "kind"))
    if held is not None:
        answers |= {"standing_id": held.id, "basis": held.basis, "language": held.reporter.language}
    with transaction():
        draft, token = intake.create_draft(answers)
    return steps.keep_cookie(redirect(steps.after(look(draft), "kind")), DRAFT_COOKIE, token, DRAFT_SECONDS)


def _lent(reference: str) -> Standing | None:
    """The standing of a report this browser has opened."""
    try:
        report = reports.by_reference(reference)
    except NotFound:
        return None
    return report.standing if access.may_see("report", report.id) else None


def _change(draft: Draft, filled: FilledReport, answers: dict[str, Any]) -> None:
    kind = book().kinds[answers["kind"]]
    if answers["kind"] != filled.kind:
        answers |= steps.unasked(kind)
    intake.save_step(draft, answers)
    if kind.sealed:  # such media is not even kept until sending
        for item in [item for item in intake.files(draft) if item.role != "proof"]:
            intake.remove_file(draft, item.id)
        arriving.drop_all(intake.owner(draft))


def _other_report(found: Filing, answers: dict[str, Any], held: Standing | None) -> bool:
    """A link to other content than the draft's, or to another standing, starts its own report; nothing typed for the
    first slips in."""
    filled = found.filled
    named = answers.get("content_ref", "") or answers.get("address", "")
    other_content = bool(named) and named not in (filled.content_ref, filled.address)
    return other_content or (held.id if held else "") != filled.standing_id


def _gone() -> Draft:
    raise NotFound("draft_gone")


@bp.route("/report/<any(who, standing, content, contact):name>", methods=["GET", "POST"])
def step(name: str) -> Any:
    """The steps in between: show what is kept, keep what is right, say what is not."""
    found = steps.filing()
    if found is None:
        return start_again()
    if not steps.may_open(found, name):
        return redirect(steps.address_of(found.reached))
    form = TABLE[name].form.of(found, data=_kept(found))
    if not form.is_submitted():
        return page(name, form, found)
    if not form.validate():
        return page(name, form, found, 422)
    with transaction():
        draft = steps.draft() or _gone()
        intake.save_step(draft, form.answers())
    return redirect(steps.after(look(draft), name))


def _kept(found: Filing) -> dict[str, Any]:
    """What is kept, as the fields of the forms have it."""
    filled = found.filled
    kept = vars(filled) | {"reach": "this" if filled.scope else "all"}
    if not (filled.email or filled.anonymous):
        kept["language"] = language()  # nobody chose one before step 5
    return kept | {ask.name: ask.code in filled.stated for ask in found.asked if ask.form == "statement"}


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


def start_again() -> Response:
    """The draft is gone: say so, and open the first step."""
    flash(_("Nothing you typed is here any more; it is kept for one day. Please start again."), "warning")
    return redirect(url_for("public.start"))
