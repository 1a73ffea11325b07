"""Deciding: a person's findings become a decision, its measures, a strike and the frozen statement of reasons."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict
from webapp.core.i18n import day
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.service import move, require_claim
from webapp.domain.decisions import queries
from webapp.domain.decisions.models import Action, Decision, Finding, Statement, Strike
from webapp.domain.decisions.rules import Choice, Outcome, check, measures, points, statement_parts
from webapp.domain.evidence.service import freeze
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff


def foresee(case: Case, choice: Choice) -> Outcome:
    """What this choice would lead to, for the preview; nothing is written. Raises Refused when it is not whole."""
    check(choice, {r.id: r.kind for r in cases.active_reports(case.id)}, book())
    moment = now()
    earned = points(choice, queries.strikes_of_kind(case.subject.respondent_id, choice.ground), book())
    respondent = case.subject.respondent
    outcome = Outcome(
        case_reference=case.reference,
        subject_title=case.subject.title,
        subject_address=case.subject.address,
        content_ref=case.subject.content_ref,
        handle=respondent.handle if respondent else "",
        kind=case.kind,
        verdict=choice.verdict,
        ground=choice.ground if choice.verdict == "upheld" else "",
        reason=choice.reason,
        actions=measures(choice, moment, book()),
        points=earned,
        points_expire_at=moment + timedelta(days=book().strike_days) if earned else None,
        findings=dict(choice.findings),
        decided_at=moment,
        appeal_until=moment + timedelta(days=book().appeal_days),
        book_version=book().version,
        compared=bool(case.best_band),
    )
    return queries.with_statements(outcome, _statements(outcome))


def _statements(outcome: Outcome) -> dict[str, list[dict[str, str]]]:
    if outcome.verdict == "rejected":
        return {}  # no restriction, hence no statement of reasons
    return {code: statement_parts(outcome, code, book(), day) for code in ("zh", "en")}


def decide(case_id: str, staff: Staff, expected_version: int, choice: Choice) -> Decision:
    """Decide the case. Raises Refused (the choice is not whole) or Conflict: 'decided_already', 'case_withdrawn',
    'case_changed', 'claim_lost', 'claimed_by_other'. Posts `decision.made`: letters, webhooks and read-back follow.
    """
    require_transaction("decisions.decide")
    case = cases.get(case_id)
    if case.state not in LIVE:
        raise Conflict("decided_already" if case.state == "decided" else "case_withdrawn")
    require_claim(case_id, staff)
    if case.version != expected_version:
        raise Conflict("case_changed")
    outcome = foresee(case, choice)
    actor = Actor("staff", staff.id, staff.name)
    freeze([e.id for e in cases.evidence_of(case_id)], actor)
    decision = _write(case, staff, choice, outcome)
    move(case, "decide", actor, decision=decision.id, verdict=decision.verdict)
    db.session.execute(delete(Claim).where(Claim.case_id == case_id))
    record(
        actor,
        "decision.make",
        "decision",
        decision.id,
        case=case_id,
        verdict=decision.verdict,
        ground=decision.ground,
        actions=[[a.kind, a.days] for a in outcome.actions],
        points=outcome.points,
    )
    try:
        db.session.flush()  # the unique key and the version column speak here
    except (IntegrityError, StaleDataError):
        raise Conflict("decided_already") from None
    outbox.post("decision.made", decision_id=decision.id)
    return decision


def _write(case: Case, staff: Staff, choice: Choice, outcome: Outcome) -> Decision:
    decision = Decision(
        id=new_id(),
        case_id=case.id,
        case_version=case.version,
        staff_id=staff.id,
        verdict=outcome.verdict,
        ground=outcome.ground,
        reason=choice.reason,
        note=choice.note,
        book_version=outcome.book_version,
        decided_at=outcome.decided_at,
        findings=[Finding(report_id=r, answer=a) for r, a in choice.findings.items()],
        statements=[Statement(language=code, parts=list(parts)) for code, parts in outcome.statements.items()],
        actions=[
            Action(id=new_id(), position=n, kind=a.kind, days=a.days, ends_at=a.ends_at)
            for n, a in enumerate(outcome.actions)
        ],
    )
    db.session.add(decision)
    respondent_id = case.subject.respondent_id
    if outcome.points and outcome.points_expire_at and respondent_id:
        db.session.flush()  # the strike points at the decision
        db.session.add(
            Strike(
                id=new_id(),
                respondent_id=respondent_id,
                decision_id=decision.id,
                kind=outcome.ground,
                points=outcome.points,
                issued_at=outcome.decided_at,
                expires_at=outcome.points_expire_at,
            )
        )
    return decision
