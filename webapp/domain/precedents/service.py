"""Keeping decisions as precedents, and asking for one sentence where a choice stands apart from those like it."""

from __future__ import annotations

from collections.abc import Collection

from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice, Outcome
from webapp.domain.policy.queries import book
from webapp.domain.precedents import queries, rules
from webapp.domain.precedents.models import Precedent
from webapp.domain.precedents.rules import Likeness

STAGES = ("first", "appeal")  # a person's verdict on the reports


def keep(decision: Decision) -> Precedent | None:
    """Keep a decision as a precedent of its case, or bring the case's precedent up to what stands now. A repeat changes
    nothing. None where it is no verdict (provisional measures, cures) or nothing was kept before."""
    require_transaction("precedents.keep")
    kept = db.session.get(Precedent, decision.case_id)
    if decision.stage == "restoration":
        if kept is not None:
            kept.appeal = kept.appeal or "restored"
        return kept
    if decision.stage not in STAGES:
        return None
    if kept is not None and decision.decided_at <= kept.decided_at:
        return kept  # a repeat, or a later one was quicker
    found = queries.of_decision(decision)
    measures = [(fact.kind, fact.days) for fact in decisions.outcome(decision).actions]
    if kept is None:
        kept = Precedent(case_id=decision.case_id, band=found.band, history=found.history, appeal="")
    else:
        kept.appeal = "varied" if kept.verdict == decision.verdict else "reversed"
    kept.decision_id, kept.decided_at = decision.id, decision.decided_at
    kept.about, kept.verdict = found.about, decision.verdict
    kept.measures = [list(measure) for measure in measures]
    kept.account_kind, kept.account_days = rules.heaviest(measures, book())
    db.session.add(kept)
    return kept


def left(case_id: str) -> None:
    """An appeal left the decision as it was; one that was changed on another appeal stays marked as changed."""
    require_transaction("precedents.left")
    kept = db.session.get(Precedent, case_id)
    if kept is not None:
        kept.appeal = kept.appeal or "upheld"


def likeness(case: Case, outcome: Outcome, hidden: Collection[str] = ()) -> Likeness:
    """What a choice would lead to, beside what was decided in cases like it. `hidden` as in `queries.alike`."""
    forecast = outcome.forecast
    wanted = queries.features(case, outcome.ground, forecast.before if forecast else None)
    found = queries.alike(wanted, besides=case.id, hidden=hidden)
    account = None
    if case.subject.respondent_id is not None:
        account = rules.heaviest([(fact.kind, fact.days) for fact in outcome.actions], book())
    by_ladder = forecast is not None and forecast.actions == forecast.ladder
    return rules.compare(found, outcome.verdict, account, book(), by_ladder=by_ladder)


def ask(case: Case, outcome: Outcome, choice: Choice, hidden: Collection[str] = ()) -> None:
    """Raise Refused('apart_missing', far=…) where the choice stands apart and does not say why. Why the ladder was set
    aside is such a sentence already for what the account gets."""
    apart = likeness(case, outcome, hidden).apart
    if choice.set_aside.strip():
        apart = tuple(code for code in apart if code != rules.ACCOUNT)
    if apart and not choice.apart.strip():
        raise Refused("apart_missing", far=apart)
