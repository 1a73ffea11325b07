"""What one has submitted and can still take back: decisions in their minute, proposals nobody has answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_datetime

from webapp.core.clock import now
from webapp.core.i18n import _
from webapp.desk import undoing
from webapp.desk.access import me
from webapp.desk.undoing import Offer
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions import held
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import HeldChoice, Proposal
from webapp.domain.staff import queries as staff_queries
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Submitted:
    """A choice that waits to become the decision of the case one looks at. `offer` only for who submitted it."""

    who: str
    goes_out: str
    verdict: str
    offer: Offer | None


def to_the_second(moment: datetime) -> str:
    """Hours, minutes and seconds in the operator's time zone, for what happens within a minute."""
    return str(format_datetime(moment, "HH:mm:ss"))


def on(case: Case) -> Submitted | None:
    """What waits on this case and still fits it."""
    waiting = held.of(case.id)
    if waiting is None or not held.fits(waiting, case):
        return None
    mine = waiting.staff_id == me().id
    return Submitted(
        who=staff_queries.names([waiting.staff_id]).get(waiting.staff_id, ""),
        goes_out=to_the_second(waiting.due_at),
        verdict=held.choice_of(waiting).verdict,
        offer=_offer(waiting) if mine else None,
    )


@undoing.source
def waiting() -> list[Offer]:
    """The last choices of who asks that are still to go out, wherever they are."""
    return [_offer(one) for one in held.mine(me().id, undoing.KEPT)]


def _offer(one: HeldChoice) -> Offer:
    reference = one.case.reference
    lapsed = not held.fits(one, one.case)
    if lapsed:
        said = _("%(reference)s changed meanwhile, so your decision does not go out.", reference=reference)
    elif one.due_at <= now():
        said = _("%(reference)s goes out any moment.", reference=reference)
    else:
        said = _("%(reference)s goes out in {left} s.", reference=reference)
    return undoing.offered("decide", {"held": one.id}, one.due_at, said, one.id, lapsed=lapsed)


@undoing.inverse("decide")
def _undo(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = decision_verbs.undo(ids["held"], staff)
    holder = cases.holder(case.id)
    if holder is not None and holder.id != staff.id:
        said = _(
            "Nothing went out. %(name)s has %(reference)s by now; what you typed is kept as your draft.",
            name=holder.name,
            reference=case.reference,
        )
    else:
        said = _("%(reference)s is yours again, with everything you typed. Nothing went out.", reference=case.reference)
    return said, case.reference


@undoing.inverse("propose")
def _take_back(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = decision_verbs.take_back(ids["proposal"], staff)
    return _("The proposal is taken back. %(reference)s is yours again.", reference=case.reference), case.reference


def offer_proposal(made: Proposal, reference: str) -> None:
    """Let whoever proposed it think better of it."""
    undoing.offer("propose", {"proposal": made.id}, said=_("%(reference)s was proposed.", reference=reference))
