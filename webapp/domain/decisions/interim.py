"""Provisional measures while a case is looked at: they end by themselves, carry reasons, and cost no points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from webapp.core.audit import SYSTEM, Actor
from webapp.core.clock import now
from webapp.core.db import require_transaction, settings
from webapp.core.errors import Conflict, Refused
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.service import require_claim, touch
from webapp.domain.clocks import queries as clocks
from webapp.domain.clocks.rules import LIVE as LIVE_CLOCKS
from webapp.domain.clocks.rules import due
from webapp.domain.clocks.service import restart
from webapp.domain.decisions import queries
from webapp.domain.decisions.foreseeing import explained
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.decisions.rules import LONGEST, ActionFact, Choice, Outcome
from webapp.domain.decisions.writing import Step, write
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff

CASE_ENDED = "case_ended"  # why a provisional measure is let go (words in statement.toml: restored_case_ended)


def longest(moment: datetime) -> datetime:
    """When a provisional measure imposed now ends at the latest: the clock that an interim measure starts."""
    spans = [c.span for c in book().clocks.values() if c.enabled and c.starts == "interim" and c.span]
    if not spans:
        raise Refused("interim_without_end")
    return min(due(moment, span, settings().timezone) for span in spans)


def foresee_interim(case: Case, action: str, reason: str) -> Outcome:
    """What this provisional measure would lead to, for the preview; nothing is written.

    Raises Refused: 'reason_missing', 'reason_too_long', 'interim_not_in_book', 'interim_already'.
    """
    if not reason.strip():
        raise Refused("reason_missing")
    if len(reason) > LONGEST:
        raise Refused("reason_too_long", limit=LONGEST)
    reports = cases.active_reports(case.id)
    if action not in {code for r in reports for code in book().kinds[r.kind].interim}:
        raise Refused("interim_not_in_book", action=action)
    if any(held.kind == action for held in queries.in_force(case.id)):
        raise Refused("interim_already")
    moment = now()
    ground = next(k for k in (case.kind, *(r.kind for r in reports)) if action in book().kinds[k].interim)
    outcome = replace(
        queries.blank(case, moment, reports),
        verdict="provisional",
        ground=ground,
        reason=reason.strip(),
        actions=(ActionFact(action, None, longest(moment)),),
        stage="interim",
    )
    return explained(outcome)


def impose_interim(case_id: str, staff: Staff, expected_version: int, action: str, reason: str) -> Decision:
    """Take a provisional measure of the book at once; the case stays with the reviewer. Posts `decision.made`.

    One person is enough: it restricts for days, not for good. Raises Refused: 'reason_missing', 'reason_too_long',
    'interim_not_in_book', 'interim_already'; Conflict as `decide`.
    """
    require_transaction("decisions.impose_interim")
    case = cases.get(case_id)
    if case.state not in LIVE:
        raise Conflict("decided_already" if case.decided_at else "case_withdrawn")
    require_claim(case_id, staff)
    if case.version != expected_version:
        raise Conflict("case_changed")
    outcome = foresee_interim(case, action, reason)
    step = Step(
        actor=Actor("staff", staff.id, staff.name),
        verb="interim",
        events=("interim", "restricted"),
        staff_id=staff.id,
    )
    touch(case_id, staff.id)
    waiting = queries.waiting(case_id)
    choice = Choice({}, outcome.ground, [], outcome.reason)
    ran = {c.code for c in clocks.of_case(case_id) if c.state not in LIVE_CLOCKS}
    decision = write(case, outcome, step, outcome.actions, [], choice)
    _time_again(case, ran)
    _keep_waiting(waiting, case.version)
    return decision


def _time_again(case: Case, ran: Collection[str]) -> None:
    """A second provisional measure, after the first has ended, has its own time: its clock runs anew."""
    for code, entry in book().clocks.items():
        if code in ran and entry.enabled and entry.starts == "interim" and entry.on == "case":
            restart(code, f"case:{case.id}", case_id=case.id, priority=case.priority)


def _keep_waiting(proposal: Proposal | None, version: int) -> None:
    """A provisional measure changes nothing a proposal rests on: it goes on waiting."""
    if proposal is not None:
        proposal.case_version = version


def let_go(case_id: str) -> Decision | None:
    """A case ended without a decision (withdrawn, lapsed): what was held for the time being is given back.

    None when nothing was held. Posts `decision.made`.
    """
    require_transaction("decisions.let_go")
    case = cases.get(case_id)
    held = queries.in_force(case_id)
    if not held or case.state != "closed" or case.decided_at is not None:
        return None
    outcome = replace(
        queries.blank(case, now(), cases.active_reports(case_id)),
        verdict="restored",
        ground=case.kind,
        reason=CASE_ENDED,
        stage="restoration",
        undone=tuple(queries.fact(a) for a in held),
    )
    step = Step(actor=SYSTEM, verb="restore", events=("interim_over",), staff_id=None)
    return write(case, outcome, step, [], held, Choice({}, case.kind, [], CASE_ENDED))
