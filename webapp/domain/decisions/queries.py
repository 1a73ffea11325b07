"""Looking at decisions: as letters tell them, and an account's standing in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Action, Decision, Strike
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject


def get(decision_id: str) -> Decision:
    """The decision. Raises NotFound."""
    return need(Decision, decision_id, "no_such_decision")


def action(action_id: str) -> Action:
    """The action. Raises NotFound."""
    return need(Action, action_id, "no_such_action")


def of_case(case_id: str) -> Decision | None:
    """The decision in force, if there is one."""
    return db.session.scalar(
        select(Decision).where(Decision.case_id == case_id).order_by(Decision.decided_at.desc()).limit(1)
    )


def with_statements(outcome: Outcome, statements: Mapping[str, Sequence[Mapping[str, str]]]) -> Outcome:
    """The same outcome carrying its statements."""
    return replace(outcome, statements=statements)


def outcome(decision: Decision) -> Outcome:
    """A decision as letters, pages and webhooks may tell it: exactly what `foresee` promised in the preview."""
    case = decision.case
    respondent = case.subject.respondent
    strike = db.session.scalar(select(Strike).where(Strike.decision_id == decision.id))
    return Outcome(
        case_reference=case.reference,
        subject_title=case.subject.title,
        subject_address=case.subject.address,
        content_ref=case.subject.content_ref,
        handle=respondent.handle if respondent else "",
        kind=case.kind,
        verdict=decision.verdict,
        ground=decision.ground,
        reason=decision.reason,
        actions=tuple(ActionFact(a.kind, a.days, a.ends_at) for a in decision.actions),
        points=strike.points if strike else 0,
        points_expire_at=strike.expires_at if strike else None,
        findings={f.report_id: f.answer for f in decision.findings},
        decided_at=decision.decided_at,
        appeal_until=decision.decided_at + timedelta(days=book().appeal_days),
        book_version=decision.book_version,
        compared=bool(case.best_band),
        statements={s.language: s.parts for s in decision.statements},
    )


def active_points(respondent_id: str | None) -> int:
    """The account's points that have not expired."""
    if respondent_id is None:
        return 0
    statement = select(func.coalesce(func.sum(Strike.points), 0)).where(
        Strike.respondent_id == respondent_id, Strike.expires_at > now()
    )
    return int(db.session.scalar(statement) or 0)


def strikes_of_kind(respondent_id: str | None, kind: str) -> int:
    """How often this kind was already upheld against the account, with or without points."""
    if respondent_id is None:
        return 0
    statement = (
        select(func.count())
        .select_from(Decision)
        .join(Case, Case.id == Decision.case_id)
        .join(Subject, Subject.id == Case.subject_id)
        .where(Subject.respondent_id == respondent_id, Decision.ground == kind, Decision.verdict == "upheld")
    )
    return int(db.session.scalar(statement) or 0)
