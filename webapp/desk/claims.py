"""A case between colleagues: ask for it, hand it over with a note, keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotAllowed, NotFound, Refused
from webapp.core.i18n import _
from webapp.desk import undoing, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.steps import again, step, text_of
from webapp.domain.cases import handing
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case, Claim
from webapp.domain.queues import service as queues
from webapp.domain.staff import queries as staff_queries
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import can


@bp.post("/case/<reference>/want")
@need("review")
def want(reference: str) -> Any:
    """Ask whoever holds the case to hand it over."""

    def work(case: Case) -> str:
        claim = case_verbs.want(case.id, me(), text_of("why", handing.LONGEST_NOTE))
        return _("%(name)s sees that you ask for the case.", name=claim.staff.name)

    return step(reference, "want", work, hold=False)


@bp.post("/case/<reference>/keep")
@need("review")
def keep(reference: str) -> Any:
    """Go on oneself although a colleague asked."""

    def work(case: Case) -> str:
        case_verbs.decline(case.id, me())
        return _("You keep the case.")

    return step(reference, "keep", work)


@bp.post("/case/<reference>/hand-over")
@need("review")
def hand_over(reference: str) -> Any:
    """Give the case to the colleague named, or to whoever asked for it, and go on with something else."""
    try:
        with transaction():
            case = cases.by_reference(reference)
            to = _colleague(case, case_verbs.require_claim(case.id, me()))
            given = case_verbs.hand_over(case.id, me(), to, text_of("note", handing.LONGEST_NOTE))
            said = _("%(reference)s is with %(name)s now.", reference=case.reference, name=to.name)
            handover_id = given.id
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "hand_over", error)
    undoing.offer("hand_over", {"handover": handover_id}, said=said)
    return redirect(url_for("desk.queue"))


def _colleague(case: Case, claim: Claim) -> Staff:
    """The colleague chosen, if they may work on this case. Raises Refused."""
    chosen = request.form.get("to", "")
    if chosen == "asker" and claim.wanted_by is not None:
        to = claim.wanted_by
    elif chosen and chosen != "asker":
        to = staff_queries.get(chosen)
    else:
        raise Refused("colleague_missing")
    try:
        queues.may_take(case, to)
    except NotAllowed:  # why is theirs to know: it may be an interest they declared
        raise Refused("colleague_cannot_take", name=to.name) from None
    return to


@undoing.inverse("hand_over")
def _take_back(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = case_verbs.take_back_handover(ids["handover"], staff)
    return _("%(reference)s is yours again.", reference=case.reference), case.reference


@undoing.inverse("release")
def _take_again(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = cases.get(ids["case"])
    queues.take(case.id, staff)
    return _("%(reference)s is yours again.", reference=case.reference), case.reference


def colleagues() -> list[tuple[str, str]]:
    """Whom a case can be handed to: (id, name with role), by name."""
    return [
        (one.id, f"{one.name} · {words.ROLES[one.role]}")
        for one in staff_queries.everyone()
        if one.active and one.id != me().id and can(one.role, "review")
    ]


def wish_on(case: Case) -> tuple[str, str] | None:
    """Who asks for the case one holds: (name, why)."""
    claim = case.claim
    asks = claim is not None and claim.staff_id == me().id and claim.wanted_by is not None
    return (claim.wanted_by.name, claim.wanted_why or "") if asks and claim and claim.wanted_by else None


def note_on(case: Case) -> tuple[str, str] | None:
    """Who handed this case to who asks, and their note."""
    given = handing.of(case.id)
    return (given.giver.name, given.note) if given is not None and given.to_id == me().id else None


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where they are drawn."""
    return {"colleagues": colleagues, "wish_on": wish_on, "note_on": note_on}
