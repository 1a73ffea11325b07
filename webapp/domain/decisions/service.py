"""Deciding: a person's findings become a decision, its measures, a strike and the frozen statement of reasons.

The verbs of the room, gathered: other rooms and the faces take them from here.
"""

from __future__ import annotations

from webapp.core.audit import Actor
from webapp.core.db import require_transaction
from webapp.core.errors import Conflict
from webapp.domain.cases import queries as cases
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.service import require_claim
from webapp.domain.decisions import drafts, held
from webapp.domain.decisions.foreseeing import foresee, second_needed, unchecked
from webapp.domain.decisions.held import undo
from webapp.domain.decisions.interim import foresee_interim, impose_interim, let_go
from webapp.domain.decisions.models import Decision, HeldChoice, Proposal
from webapp.domain.decisions.proposals import agree, first_decision, outdate, propose, refuse_proposal, take_back
from webapp.domain.decisions.reversing import cured, redecide, restore
from webapp.domain.decisions.rules import Choice
from webapp.domain.staff.models import Staff

__all__ = [
    "agree",
    "cured",
    "decide",
    "foresee",
    "foresee_interim",
    "impose_interim",
    "let_go",
    "redecide",
    "refuse_proposal",
    "restore",
    "second_needed",
    "take_back",
    "unchecked",
    "undo",
]


def decide(case_id: str, staff: Staff, expected_version: int, choice: Choice) -> Decision | Proposal | HeldChoice:
    """Decide the case: held for a while in which it can be undone, or at once where waiting harms (`held.window`), or,
    where the book asks for a second person, as a proposal for one.

    Raises Refused (the choice is not whole) or Conflict: 'decided_already', 'case_withdrawn', 'case_changed',
    'choice_waits', 'claim_lost', 'claimed_by_other'. A decision posts `decision.made`: letters, webhooks and read-back
    follow.
    """
    require_transaction("decisions.decide")
    case = cases.get(case_id)
    if case.state not in LIVE:
        raise Conflict("decided_already" if case.decided_at else "case_withdrawn")
    require_claim(case_id, staff)
    if case.version != expected_version:
        raise Conflict("case_changed")
    outcome = foresee(case, choice)
    held.overtake(case, staff)
    if why := second_needed(case, outcome):
        drafts.forget(case.id, staff.id)
        return propose(case, staff, choice, why)
    if held.window(case):
        return held.hold(case, staff, choice, outcome)
    drafts.forget(case.id, staff.id)
    outdate(case, Actor("staff", staff.id, staff.name))
    return first_decision(case, staff, choice)
