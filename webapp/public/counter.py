"""The counter-notice of the account: exactly the fields its regime asks for, each with its reason; completed or
taken back on the same pages.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _, language, pick, when
from webapp.core.limits import limiter
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.appeals.queries import CounterDoor
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book
from webapp.public import proofs
from webapp.public.blueprint import bp
from webapp.public.doors import opened
from webapp.public.errors import words as refusal
from webapp.public.forms import PlainForm
from webapp.public.replies import BOXES, CounterForm, counter_form
from webapp.public.steps import allowed
from webapp.public.uploads import Upload, judged, picked, way


def door_of(case: Case) -> CounterDoor:
    """The door of the decision in force. Raises Refused: 'counter_not_possible', 'counter_filed_already',
    'counter_too_late'."""
    latest = decisions.latest(case.id)
    door = queries.door(latest) if latest is not None else None
    if door is None or not door.regime:
        raise Refused("counter_not_possible")
    if door.sent is not None and door.sent.state != "returned":
        raise Refused("counter_filed_already")
    if not door.open:
        raise Refused("counter_too_late")
    return door


@bp.route("/respond/<reference>/counter", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def counter(reference: str) -> Any:
    """Write it, or add what it lacked. Text and files are kept together or not at all."""
    case = opened(reference)
    door = door_of(case)
    form = counter_form(door.fields)(data=_typed(door.sent))
    if not form.is_submitted():
        return _page(case, door, form)
    uploads, errors = judged(picked("files", f"case:{case.id}"))
    if not form.validate() or errors:
        return _page(case, door, form, errors, 422)
    try:
        with transaction():
            sent = _send(opened(reference), form, uploads)
    except Refused as error:
        return _page(opened(reference), door, form, [refusal(error)], 409)
    if sent.state == "returned":
        flash(_("It is kept, but something is still missing. Please add it here."), "warning")
        return redirect(url_for("public.counter", reference=reference))
    flash(_("Your counter-notice is complete. We pass it on to the other side."), "success")
    return redirect(url_for("public.respond", reference=reference))


def _send(case: Case, form: CounterForm, uploads: list[Upload]) -> CounterNotice:
    door = door_of(case)
    statement, defence = form.statement.data or "", form.defence.data or ""
    proofs.put(case, uploads, defence)
    typed = form.typed(door.fields)
    if door.sent is not None:
        return appeals.complete_counter(door.sent, typed, statement, defence)
    latest = decisions.latest(case.id)
    if latest is None:
        raise Refused("counter_not_possible")
    return appeals.file_counter(case.id, latest, door.regime, typed, statement, defence)


def _typed(sent: CounterNotice | None) -> dict[str, Any]:
    if sent is None:
        return {}
    said: dict[str, Any] = dict(queries.fields(sent))
    ticked = {code: bool(said.get(code)) for code in BOXES if code in said}
    return said | ticked | {"statement": sent.statement, "defence": sent.defence}


def _page(
    case: Case, door: CounterDoor, form: CounterForm, errors: list[str] | None = None, status: int = 200
) -> tuple[str, int]:
    regime = book().regimes[door.regime]
    body = render_template(
        "public/counter.html",
        reference=case.reference,
        form=form,
        law=words.law(door.regime, language()),
        until=when(door.until),
        wait=words.wait(regime.wait, language()),
        at_once=not regime.wait,
        missing=words.missing(door.sent.missing, language()) if door.sent else [],
        fields=[
            {
                "field": form[code],
                "box": code in BOXES,
                "must": need == "M",
                "why": _why(code, regime.forwards_name),
            }
            for code, need in door.fields.items()
        ],
        paper="evidence" in door.fields,
        drawer=proofs.drawer(case),
        file_errors=errors or [],
        sending=way(f"case:{case.id}", "case", case.reference),
        name_told=regime.forwards_name,
        address_asked="postal_address" in door.fields,
        warning=_warning(door.regime),
    )
    return body, status


def _why(code: str, forwards_name: bool) -> str:
    """Why a field is asked, and who reads it."""
    named = _("The law asks who answers. The other side learns this name.")
    unnamed = _("The law asks who answers. The other side does not learn it.")
    return {
        "real_name": named if forwards_name else unnamed,
        "contact": _("Telephone or e-mail, so that we can reach you. The other side does not learn it."),
        "postal_address": _("The law asks for it. The other side learns it only if a court or the law says so."),
        "item": _("So that it is clear which content you mean."),
        "evidence": _("Say what shows it: a licence, a consent, your working files. Or add the files below."),
        "signature": _("Your typed name counts as your signature."),
    }.get(code, "")


def _warning(regime: str) -> str:
    """What the law says of false statements, in the book's words; '' where it says nothing of its own."""
    entry = book().regimes[regime].warning
    return pick(entry) if entry and "mistake" in book().regimes[regime].counter else ""


@bp.route("/respond/<reference>/counter/withdraw", methods=["GET", "POST"])
def withdraw_counter(reference: str) -> Any:
    """Take the counter-notice back, after asking once: what was decided stays."""
    case = opened(reference)
    form = PlainForm()
    sent = next(iter(queries.of_case(case.id)), None)
    if sent is None:
        raise Refused("counter_not_possible")
    if not form.is_submitted() or not form.validate():
        return render_template("public/counter_withdraw.html", reference=case.reference, form=form)
    with transaction():
        appeals.withdraw(sent)
    flash(_("You have taken the counter-notice back. The decision stays."), "success")
    return redirect(url_for("public.respond", reference=reference))
