"""What the API shows of rooms it does not own: cases and measures of one platform, nothing of any reporter."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from webapp.api.shapes import ActionOut, CaseOut
from webapp.core.db import db
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.partners.models import Effect, Event
from webapp.domain.reports.models import Subject

PAGE = 50


def cases_about(platform: str, content_id: str) -> list[CaseOut]:
    """All cases about the platform's item, newest first, with the verdict in force."""
    rows = db.session.execute(
        select(Case, Decision)
        .join(Subject, Subject.id == Case.subject_id)
        .outerjoin(Decision, Decision.case_id == Case.id)
        .where(Subject.platform == platform, Subject.content_ref == content_id)
        .order_by(Case.opened_at.desc(), Decision.decided_at.desc())
    ).all()
    found: dict[str, CaseOut] = {}
    for case, decision in rows:
        found.setdefault(
            case.id,
            CaseOut(
                reference=case.reference,
                state=case.state,
                reports=case.report_count,
                due_at=case.due_at,
                verdict=decision.verdict if decision else None,
                decided_at=case.decided_at,
            ),
        )
    return list(found.values())


def actions_of(platform: str, after: str) -> tuple[list[ActionOut], str | None]:
    """A page of the platform's measures, newest event first; `after` is the event id of the last one seen."""
    statement = (
        select(Effect)
        .join(Event, Event.id == Effect.event_id)
        .join(Action, Action.id == Effect.action_id)
        .options(contains_eager(Effect.event), contains_eager(Effect.action))
        .where(Event.platform_slug == platform)
        .order_by(Event.created_at.desc(), Event.id.desc())
        .limit(PAGE + 1)
    )
    last = db.session.get(Event, after) if after else None
    if last is not None:
        statement = statement.where(
            (Event.created_at < last.created_at) | ((Event.created_at == last.created_at) & (Event.id < last.id))
        )
    effects = list(db.session.scalars(statement))
    page = [
        ActionOut(
            action_id=e.action_id,
            kind=e.action.kind,
            content_id=str(e.event.data.get("content_id", "")) if e.event else "",
            days=e.action.days,
            ends_at=e.action.ends_at,
            state=e.state,
            confirmed_at=e.confirmed_at,
        )
        for e in effects[:PAGE]
    ]
    return page, effects[PAGE - 1].event_id if len(effects) > PAGE else None
