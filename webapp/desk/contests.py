"""What the parties did against the decisions of a case: its appeals and counter-notices, with the way to each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from webapp.core.i18n import _, lazy, when
from webapp.desk.waiting_time import STATES
from webapp.domain.appeals import blind, queries
from webapp.domain.appeals.models import Appeal, CounterNotice

APPEALS = {
    "filed": (lazy("Waits for a second person"), "warn"),
    "taken": (lazy("Is being looked at again"), "accent"),
    "found": (lazy("Is being looked at again"), "accent"),
}
OUTCOMES = {
    "upheld": (lazy("The first decision stands"), "plain"),
    "varied": (lazy("The first decision was changed"), "ok"),
    "reversed": (lazy("The first decision was overturned"), "ok"),
}


@dataclass(frozen=True)
class Contest:
    """One appeal or counter-notice as the case page lists it."""

    what: str
    when: str
    state: str
    tone: str
    address: str


def contests(case_id: str) -> list[Contest]:
    """Every appeal and counter-notice of the case, in the order they came; two queries."""
    found: list[Appeal | CounterNotice] = [*blind.of_case(case_id), *queries.of_case(case_id)]
    return [_shown(one) for one in sorted(found, key=lambda one: one.filed_at)]


def _shown(one: Appeal | CounterNotice) -> Contest:
    if isinstance(one, CounterNotice):
        state, tone = STATES[one.state]
        address = url_for("desk.counter", counter_id=one.id)
        return Contest(_("Counter-notice"), when(one.filed_at), str(state), tone, address)
    state, tone = OUTCOMES[one.outcome] if one.outcome else APPEALS[one.state]
    side = _("Appeal of the account") if one.party == "respondent" else _("Appeal of a reporter")
    return Contest(side, when(one.filed_at), str(state), tone, url_for("desk.appeal", reference=one.reference))
