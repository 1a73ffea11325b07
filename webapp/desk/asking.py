"""Asking the account behind the content, before anything is decided; its letter is shown first in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, n_, when
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import LONGEST_QUESTION, page
from webapp.desk.kept import Kept
from webapp.desk.steps import LetterShown, again, ask_first, step, text_of
from webapp.domain.cases import queries as cases
from webapp.domain.cases import questions
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.notifications import previews
from webapp.domain.policy.queries import book


@bp.post("/case/<reference>/ask-account")
@need("review")
def ask_account(reference: str) -> Any:
    """Ask the account something; `do` is preview, edit or send."""
    if request.form.get("do") == "edit":
        return page(cases.by_reference(reference), kept=Kept.read("ask-account", request.form))
    if request.form.get("do") == "preview":
        return _preview(reference)

    def work(case: Case) -> str:
        case_verbs.ask_respondent(case, me(), _text())
        return _("The account is asked. The case waits for the answer.")

    return step(reference, "ask-account", work)


def _text() -> str:
    text = text_of("text", LONGEST_QUESTION)
    if not text:
        raise Refused("question_missing")
    return text


def _preview(reference: str) -> Any:
    try:
        found, text = cases.by_reference(reference), _text()
        if found.subject.respondent is None:
            raise Refused("no_account")
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "ask-account", error)

    def letters(code: str) -> Sequence[LetterShown]:
        return [LetterShown(_("To the account"), "warn", previews.preview_question(found, text, code))]

    return ask_first(
        found,
        "ask-account",
        title=_("What the account will read"),
        head=_("Ask the account behind %(reference)s", reference=found.reference),
        facts=[(_("Meanwhile"), pauses(found))],
        letters=letters,
        send=_("Ask the account"),
    )


def pauses(case: Case) -> str:
    """What asking does to the case's time, in a sentence."""
    days = book().numbers.answer_days
    if book().urgent(case.priority):
        return _("No clock stands still: an urgent kind waits for nobody.")
    said: str = n_(
        "Our own time stands still for %(num)s day at most; the times of the law run on.",
        "Our own time stands still for %(num)s days at most; the times of the law run on.",
        days,
    )
    return said


def asked(case: Case) -> list[tuple[str, str, str]]:
    """Questions that wait for an answer, as (whom, the question, until when)."""
    return [
        (
            _("The account") if message.side == "respondent" else _("A reporter"),
            message.text,
            when(questions.answer_by(message.sent_at)),
        )
        for message in questions.waiting(case.id)
    ]


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where they are drawn."""
    return {"asked_of_parties": asked, "asking_pauses": pauses}
