"""The one place that writes a decision: findings, measures, strike, frozen statements, marks, clocks, the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.service import move, tell_clocks
from webapp.domain.conduct import service as conduct
from webapp.domain.decisions import records
from webapp.domain.decisions.models import Action, Decision, Finding, Statement, Strike
from webapp.domain.decisions.rules import ActionFact, Choice, Outcome
from webapp.domain.evidence.service import freeze
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Event


@dataclass(frozen=True)
class Step:
    """How a stage is written: who acts, the case's verb, what the clocks are told, whose names it carries."""

    actor: Actor
    verb: str
    events: tuple[Event, ...]
    staff_id: str | None
    second_id: str | None = None
    supersedes_id: str | None = None
    ends_review: bool = False  # the claim is over and the evidence is frozen
    strike_from: datetime | None = None  # since when points count, if not since now


def write(
    case: Case, outcome: Outcome, step: Step, new: Sequence[ActionFact], undo: Sequence[Action], choice: Choice
) -> Decision:
    """Keep the outcome as a decision of the case and set going what follows. Posts `decision.made`.

    Raises Conflict('decided_already') when somebody else wrote this version of the case first.
    """
    require_transaction("decisions.write")
    if step.ends_review:
        freeze([e.id for e in cases.evidence_of(case.id)], step.actor)
        db.session.execute(delete(Claim).where(Claim.case_id == case.id))
    try:
        decision = _rows(case, outcome, step, new, undo, choice)
        if step.supersedes_id or outcome.verdict == "upheld":
            _strikes(case, decision, outcome, step)
        move(case, step.verb, step.actor, decision=decision.id, verdict=decision.verdict)
        db.session.flush()  # the unique key and the version column speak here
    except (IntegrityError, StaleDataError):
        raise Conflict("decided_already") from None
    for event in step.events:
        tell_clocks(case, event)
    record(
        step.actor,
        "decision.make",
        "decision",
        decision.id,
        case=case.id,
        stage=decision.stage,
        verdict=decision.verdict,
        ground=decision.ground,
        actions=[[a.kind, a.days] for a in new],
        undone=[a.kind for a in undo],
        points=outcome.points,
        **({"apart": True} if choice.apart.strip() else {}),
    )
    outbox.post("decision.made", decision_id=decision.id)
    return decision


def _rows(
    case: Case, outcome: Outcome, step: Step, new: Sequence[ActionFact], undo: Sequence[Action], choice: Choice
) -> Decision:
    kinds = book().actions
    inverses = [(a, kinds[a.kind].inverse) for a in undo if a.kind in kinds and kinds[a.kind].inverse]
    decision = Decision(
        id=new_id(),
        case_id=case.id,
        case_version=case.version,
        stage=outcome.stage,
        staff_id=step.staff_id,
        second_id=step.second_id,
        verdict=outcome.verdict,
        ground=outcome.ground,
        reason=choice.reason,
        note=choice.note,
        apart=choice.apart.strip(),
        book_version=outcome.book_version,
        ladder=outcome.forecast.to_json() if outcome.forecast else {},
        decided_at=outcome.decided_at,
        supersedes_id=step.supersedes_id,
        findings=[Finding(report_id=r, answer=a) for r, a in choice.findings.items()],
        statements=[Statement(language=code, parts=list(parts)) for code, parts in outcome.statements.items()],
        actions=[
            *(Action(id=new_id(), position=n, kind=a.kind, days=a.days, ends_at=a.ends_at) for n, a in enumerate(new)),
            *(
                Action(id=new_id(), position=len(new) + n, kind=inverse, days=None, ends_at=None, undoes_id=a.id)
                for n, (a, inverse) in enumerate(inverses)
            ),
        ],
    )
    db.session.add(decision)
    db.session.flush()  # strikes point at the decision
    return decision


def _strikes(case: Case, decision: Decision, outcome: Outcome, step: Step) -> None:
    """A superseded decision's strike is taken back; points earned are a new one, running from the first verdict on."""
    earlier = records.strike_of(case.id)
    if earlier is not None:
        earlier.removed_at, earlier.removed_by_id = now(), decision.id
        record(step.actor, "strike.remove", "decision", earlier.decision_id, points=earlier.points, by=decision.id)
    respondent_id = case.subject.respondent_id
    if outcome.points and respondent_id and outcome.forecast:
        db.session.add(
            Strike(
                id=new_id(),
                respondent_id=respondent_id,
                decision_id=decision.id,
                kind=outcome.ground,
                points=outcome.points,
                issued_at=step.strike_from or outcome.decided_at,
                expires_at=outcome.points_expire_at,
                rung=outcome.forecast.rung,
            )
        )


def mark_reports(case: Case, choice: Choice, staff_id: str, *, take_back: bool) -> None:
    """Set the marks on reports that misused the form; with `take_back` those not set again are lifted (an appeal)."""
    for report in cases.active_reports(case.id):
        grade = choice.marks.get(report.id)
        if grade:
            conduct.mark(report, grade, choice.mark_reason, staff_id)
        elif take_back:
            conduct.unmark(report.id)
