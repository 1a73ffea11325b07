"""Putting it right with one tap: the offer as the account reads it, the button, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for

from webapp.core.db import transaction
from webapp.core.i18n import _, pick, when_zoned
from webapp.core.limits import limiter
from webapp.domain.cases.models import Case
from webapp.domain.cures import queries, rules
from webapp.domain.cures import service as cures
from webapp.domain.cures.models import CureOffer, LiveChallenge
from webapp.domain.decisions.rules import NOTHING
from webapp.domain.policy.queries import book
from webapp.public.blueprint import bp
from webapp.public.doors import opened
from webapp.public.forms import PlainForm
from webapp.public.steps import allowed


@dataclass(frozen=True)
class Offer:
    """An open offer: what is wrong, the button's words, what pressing it does, until when, what follows otherwise.

    `first`: the account has to do it on the platform itself, and then says so here.
    """

    kind: str
    button: str
    effect: str
    until: str
    otherwise: str
    first: bool


def offered(case: Case) -> Offer | None:
    """The offer the account can take now; None when there is none, or it is over."""
    found = queries.offer_of(case.id)
    cure = rules.cure_of(found.kind, book()) if found is not None else None
    if found is None or cure is None or found.state != "offered":
        return None
    effect, lapse = book().actions[cure.action].effect, book().actions.get(cure.lapse)
    return Offer(
        kind=pick(book().kinds[found.kind].name),
        button=pick(cure.words),
        effect=pick(effect) if effect else "",
        until=when_zoned(found.due_at),
        otherwise=pick(lapse.words) if lapse and cure.lapse != cure.action else "",
        first=book().actions[cure.action].target == NOTHING,
    )


def last_offer(case: Case) -> CureOffer | None:
    """The newest offer of the case in whatever state: the page tells what became of it."""
    return queries.offer_of(case.id)


def challenges(case: Case) -> list[LiveChallenge]:
    """The live challenges of the case in the order they were asked."""
    return queries.challenges_of(case.id)


@bp.post("/respond/<reference>/cure")
@limiter.limit(allowed(6))
def take_cure(reference: str) -> Any:
    """The one tap. A second one, or one after the time, ends in a sentence; nothing happens twice."""
    case = opened(reference)
    if PlainForm().validate():
        with transaction():
            case = opened(reference)
            found = queries.offer_of(case.id)
            if found is not None:
                cures.cure(found.id)
        flash(_("Thank you. The case is closed, and your account gets no points."), "success")
    return redirect(url_for("public.respond", reference=case.reference))
