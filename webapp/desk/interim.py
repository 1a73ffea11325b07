"""A provisional measure: chosen, shown with its reasons, taken at once. It ends by itself and costs no points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, when_zoned
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import page
from webapp.desk.kept import Kept
from webapp.desk.steps import LetterShown, again, ask_first, step, text_of
from webapp.desk.typed import number
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.rules import LONGEST
from webapp.domain.notifications import previews


@bp.post("/case/<reference>/interim")
@need("review")
def interim(reference: str) -> Any:
    """Take a provisional measure of the book; `do` is preview, edit or send."""
    if request.form.get("do") == "edit":
        return page(cases.by_reference(reference), kept=Kept.read("interim", request.form))
    if request.form.get("do") == "preview":
        return _preview(reference)

    def work(case: Case) -> str:
        version = number(request.form.get("version", ""))
        action, reason = request.form.get("measure", ""), text_of("reason", LONGEST)
        decision = decision_verbs.impose_interim(case.id, me(), version, action, reason)
        ends = decision.actions[0].ends_at
        return _("In force until %(when)s at the latest. The account is told why.", when=when_zoned(ends))

    return step(reference, "interim", work)


def _preview(reference: str) -> Any:
    try:
        found = cases.by_reference(reference)
        outcome = decision_verbs.foresee_interim(found, request.form.get("measure", ""), text_of("reason", LONGEST))
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "interim", error)

    def letters(code: str) -> Sequence[LetterShown]:
        letter = previews.preview(outcome, code).respondent
        return [LetterShown(_("To the account"), "warn", letter)] if letter else []

    fact = outcome.actions[0]
    return ask_first(
        found,
        "interim",
        title=_("What this measure does"),
        head=words.action(fact.kind),
        facts=[
            (_("Ends"), _("%(when)s at the latest, or with the decision", when=when_zoned(fact.ends_at))),
            (_("Points of the account"), _("None: a provisional measure costs no points.")),
            (_("Reporters"), _("They are told with the decision, not now.")),
        ],
        letters=letters,
        send=_("Take the measure now"),
    )
