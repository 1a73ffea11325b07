"""The respondent's page: what was decided and done, why, and a way to write back. The letter's link opens it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.audit import Actor
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.core.i18n import _, language, pick, when
from webapp.core.limits import limiter
from webapp.core.links import unsign
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.policy.queries import book
from webapp.public import access, more
from webapp.public.blueprint import bp
from webapp.public.forms import AnswerForm
from webapp.public.steps import allowed

PURPOSE = "respond"  # the letter signs the case's id under this name


def opened(reference: str) -> Case:
    """The case, if this browser came with the letter's link. Raises NotFound('no_such_case') otherwise."""
    case = cases.by_reference(reference)
    if not access.may_see("respond", case.id):
        raise NotFound("no_such_case")
    return case


@bp.route("/respond/<reference>", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def respond(reference: str) -> Any:
    """Reasons and measures; a POST is a message to the desk. The token leaves the address bar at once."""
    token = request.args.get("token", "")
    if token and request.method == "GET":
        case = cases.by_reference(reference)
        if unsign(PURPOSE, token, book().appeal_days * 86400) != case.id:
            raise NotFound("no_such_case")
        access.remember("respond", case.id)
        return redirect(url_for("public.respond", reference=case.reference, lang=request.args.get("lang")))
    case = opened(reference)
    form = AnswerForm()
    if not form.is_submitted():
        return _page(case, form)
    if not form.validate():
        return _page(case, form, 422)
    with transaction():
        case = opened(reference)
        actor = Actor("respondent", case.subject.respondent_id or "")
        case_verbs.answer_respondent(case, form.text.data or "", actor)
    flash(_("Your message was sent."), "success")
    return redirect(url_for("public.respond", reference=case.reference))


def _page(case: Case, form: AnswerForm, status: int = 200) -> tuple[str, int]:
    decision = decisions.of_case(case.id)
    if decision is None:
        raise NotFound("no_such_decision")
    outcome = decisions.outcome(decision)
    actions = book().actions
    page = render_template(
        "public/respond.html",
        reference=case.reference,
        form=form,
        decided=when(outcome.decided_at),
        about=[
            (_("Content"), outcome.subject_title),
            # Not the address: a reporter typed it, and it may carry a share mark of hers.
            (_("Number"), outcome.content_ref),
            (_("Account"), outcome.handle),
        ],
        measures=[
            {"words": pick(actions[a.kind].words), "effect": _effect(a.kind), "until": when(a.ends_at)}
            for a in outcome.actions
        ],
        parts=outcome.statements.get(language(), ()),
        messages=[more.line(m) for m in cases.messages(case.id, side="respondent")],
    )
    return page, status


def _effect(kind: str) -> str:
    effect = book().actions[kind].effect
    return pick(effect) if effect else ""
