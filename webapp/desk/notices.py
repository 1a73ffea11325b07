"""A notice on its way: sent back with what is missing, or forwarded to the account; its letters are shown first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import page
from webapp.desk.kept import Kept
from webapp.desk.steps import LetterShown, again, ask_first, report_of, step, text_of
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.notifications import previews


@bp.post("/case/<reference>/return")
@need("review")
def return_notice(reference: str) -> Any:
    """Send a notice back for completion: items of the book and a sentence; `do` is preview, edit or send."""
    if request.form.get("do") == "edit":
        return page(cases.by_reference(reference), kept=Kept.read("return", request.form))
    if request.form.get("do") == "preview":
        return _preview_return(reference)

    def work(case: Case) -> str:
        report = report_of(case, request.form.get("report", ""))
        case_verbs.return_for_completion(report, request.form.getlist("missing"), text_of("text"), me())
        return _("The notice is on its way back. Its letter says what is missing.")

    return step(reference, "return", work)


def _preview_return(reference: str) -> Any:
    try:
        found = cases.by_reference(reference)
        report = report_of(found, request.form.get("report", ""))
        missing, text = request.form.getlist("missing"), text_of("text")
        if not missing:
            raise Refused("missing_nothing")
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "return", error)

    def letters(code: str) -> Sequence[LetterShown]:
        return [LetterShown(_("To the reporter"), "accent", previews.preview_return(report, missing, text, code))]

    return ask_first(
        found,
        "return",
        title=_("What this letter says"),
        head=_("Send back %(reference)s", reference=report.reference),
        facts=[(_("Missing"), "\n".join(words.evidence(code) for code in missing))],
        letters=letters,
        send=_("Send the notice back"),
    )


@bp.post("/case/<reference>/forward")
@need("review")
def forward_notice(reference: str) -> Any:
    """Forward a redacted notice to the account it speaks of; `do` is preview, edit or send."""
    if request.form.get("do") == "edit":
        return page(cases.by_reference(reference), kept=Kept.read("forward", request.form))
    if request.form.get("do") != "send":
        return _preview_forward(reference)

    def work(case: Case) -> str:
        case_verbs.forward(case, report_of(case, request.form.get("report", "")), me())
        return _("The notice is forwarded. Both sides get a letter.")

    return step(reference, "forward", work)


def _preview_forward(reference: str) -> Any:
    try:
        found = cases.by_reference(reference)
        report = report_of(found, request.form.get("report", ""))
    except NotFound as error:
        return again(reference, "forward", error)

    def letters(code: str) -> Sequence[LetterShown]:
        both = previews.preview_forwarding(report, code)
        shown = [LetterShown(_("To the account"), "warn", both.respondent)] if both.respondent else []
        return [*shown, *(LetterShown(_("To the reporter"), "accent", one.letter) for one in both.reporters)]

    return ask_first(
        found,
        "forward",
        title=_("What the account will read"),
        head=_("Forward %(reference)s to the account", reference=report.reference),
        facts=[(_("Left out"), _("Address, contact, papers, and everything the reporter wrote in their own words."))],
        letters=letters,
        send=_("Forward the notice"),
    )
