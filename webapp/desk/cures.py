"""Letting the account put it right, asking a live stream for a sign of a person, handing a case to an authority."""

from __future__ import annotations

from typing import Any

from flask import request

from webapp.core.errors import NotFound
from webapp.core.i18n import _, time_of_day, when
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.steps import step, text_of
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cures import queries as cures
from webapp.domain.cures import service as cure_verbs


@bp.post("/case/<reference>/cure")
@need("review")
def cure(reference: str) -> Any:
    """Offer the account to put it right by itself, or take the offer back."""

    def work(case: Case) -> str:
        if request.form.get("do") != "withdraw":
            made = cure_verbs.offer(case.id, me())
            return _("Offered. The account has until %(when)s; the clocks stand still.", when=when(made.due_at))
        offer = cures.offer_of(case.id)
        if offer is None:
            raise NotFound("no_such_offer")
        cure_verbs.withdraw_offer(offer.id, me())
        return _("The offer is taken back. The clocks go on.")

    return step(reference, "cure", work)


@bp.post("/case/<reference>/challenge")
@need("review")
def challenge(reference: str) -> Any:
    """Ask for a live sign of a person, or note what a reviewer saw; `do` is start, passed or failed."""

    def work(case: Case) -> str:
        done = request.form.get("do")
        if done not in ("passed", "failed"):
            made = cure_verbs.challenge(case.id, me())
            return _("Asked. Watch the stream until %(time)s.", time=time_of_day(made.due_at))
        wanted = request.form.get("challenge", "")
        if wanted not in {one.id for one in cures.challenges_of(case.id)}:
            raise NotFound("no_such_challenge")
        cure_verbs.answer_challenge(wanted, me(), done == "passed")
        return _("Noted: a person answered.") if done == "passed" else _("Noted: nobody answered.")

    return step(reference, "challenge", work)


@bp.post("/case/<reference>/refer")
@need("review")
def refer(reference: str) -> Any:
    """Write down that the case was handed to an authority; possible at any time, also by who does not hold the case."""

    def work(case: Case) -> str:
        case_verbs.refer(case, text_of("authority", 200), text_of("note"), me())
        return _("Written down. Redress itself sends nothing to the authority.")

    return step(reference, "refer", work, hold=False)
