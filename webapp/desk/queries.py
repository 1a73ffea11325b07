"""What the desk's screens look at across several rooms; each function is one query, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.outbox import Task
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.claimants.models import Consent, Standing
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.decisions.models import Action, Decision, Proposal
from webapp.domain.notifications.models import Letter
from webapp.domain.partners.models import Effect
from webapp.domain.reports.models import Report

PAGE = 25
HISTORY = 60


def reports_of(case_id: str) -> list[CaseReport]:
    """Every report of a case with its standing, withdrawn ones too, oldest first."""
    return list(
        db.session.scalars(
            select(CaseReport)
            .where(CaseReport.case_id == case_id)
            .options(
                joinedload(CaseReport.report).joinedload(Report.standing).joinedload(Standing.reporter),
                joinedload(CaseReport.report).joinedload(Report.standing).joinedload(Standing.claimant),
                joinedload(CaseReport.report).joinedload(Report.subject),
                joinedload(CaseReport.report).joinedload(Report.standing).selectinload(Standing.proofs),
            )
            .order_by(CaseReport.joined_at, CaseReport.report_id)
        )
    )


def conduct_of(indexes: Iterable[str]) -> tuple[list[ConductStep], list[ConductMark]]:
    """Steps taken and marks that stand, of these reporters (blind indexes; the anonymous '' is nobody's)."""
    wanted = {index for index in indexes if index}
    steps = select(ConductStep).where(ConductStep.reporter_index.in_(wanted)).order_by(ConductStep.from_at)
    marks = select(ConductMark).where(ConductMark.reporter_index.in_(wanted), ConductMark.removed_at.is_(None))
    return list(db.session.scalars(steps)), list(db.session.scalars(marks))


def consents_of(standing_ids: Iterable[str]) -> dict[str, list[Consent]]:
    """Separate consents by standing, withdrawn ones too."""
    found: dict[str, list[Consent]] = {}
    for consent in db.session.scalars(select(Consent).where(Consent.standing_id.in_(set(standing_ids)))):
        found.setdefault(consent.standing_id, []).append(consent)
    return found


def decisions_on(subject_id: str) -> list[Decision]:
    """Decisions about a content, in any case, newest first, with their makers and measures."""
    return list(
        db.session.scalars(
            select(Decision)
            .join(Case, Case.id == Decision.case_id)
            .where(Case.subject_id == subject_id)
            .options(joinedload(Decision.staff), joinedload(Decision.case), selectinload(Decision.actions))
            .options(selectinload(Decision.findings), selectinload(Decision.statements))
            .order_by(Decision.decided_at.desc(), Decision.case_version.desc())
            .limit(20)
        )
    )


def last_proposal(case_id: str) -> Proposal | None:
    """The newest proposal of the case, whatever became of it."""
    return db.session.scalar(
        select(Proposal)
        .where(Proposal.case_id == case_id)
        .order_by(Proposal.proposed_at.desc(), Proposal.case_version.desc())
        .limit(1)
    )


def history(objects: Sequence[tuple[str, str]]) -> list[AuditEntry]:
    """What was done to these objects (kind, id), newest first."""
    wanted = [and_(AuditEntry.object_kind == kind, AuditEntry.object_id == key) for kind, key in objects]
    statement = select(AuditEntry).where(or_(*wanted)).order_by(AuditEntry.id.desc()).limit(HISTORY)
    return list(db.session.scalars(statement))


def effects_of_case(case_id: str) -> dict[str, Effect]:
    """What became of the case's measures, by action id."""
    rows = db.session.scalars(
        select(Effect)
        .join(Action, Action.id == Effect.action_id)
        .join(Decision, Decision.id == Action.decision_id)
        .where(Decision.case_id == case_id)
    )
    return {effect.action_id: effect for effect in rows}


def parked() -> list[Task]:
    """Tasks that failed their last attempt, newest first."""
    return list(db.session.scalars(select(Task).where(Task.state == "dead").order_by(Task.due_at.desc()).limit(200)))


def parked_task(task_id: str) -> Task:
    """A parked task. Raises NotFound."""
    task = db.session.get(Task, task_id)
    if task is None or task.state != "dead":
        raise NotFound("no_such_task")
    return task


def references(ids: Iterable[str]) -> dict[str, str]:
    """The references of cases and reports, by row id."""
    wanted = set(ids)
    found: dict[str, str] = {}
    for statement in (
        select(Case.id, Case.reference).where(Case.id.in_(wanted)),
        select(Report.id, Report.reference).where(Report.id.in_(wanted)),
    ):
        found |= {row_id: reference for row_id, reference in db.session.execute(statement)}
    return found


def actions_named(ids: Iterable[str]) -> dict[str, tuple[str, int | None]]:
    """Measures by id, as (kind, days)."""
    rows = db.session.execute(select(Action.id, Action.kind, Action.days).where(Action.id.in_(set(ids))))
    return {action_id: (kind, days) for action_id, kind, days in rows}


def letters_named(ids: Iterable[str]) -> dict[str, str]:
    """Letters by id, as their subject lines."""
    rows = db.session.execute(select(Letter.id, Letter.subject).where(Letter.id.in_(set(ids))))
    return {letter_id: subject for letter_id, subject in rows}
