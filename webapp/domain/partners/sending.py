"""Putting messages for platforms into the outbox: each follows from a cause, and a cause has one message."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db
from webapp.core.ids import new_id
from webapp.domain.decisions.models import Action
from webapp.domain.partners import queries, rules
from webapp.domain.partners.models import Effect, Event
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject

REQUEST = "action.requested"


def post(slug: str, cause: str, type_: str, data: dict[str, Any]) -> Event:
    """Write an event and ask for its delivery."""
    event = Event(id=new_id(), platform_slug=slug, cause=cause, type=type_, data=data, created_at=now())
    db.session.add(event)
    db.session.flush()  # effects point at it, and the unique key speaks here
    outbox.post("event.created", queue="hooks", event_id=event.id)
    return event


def known(slug: str, cause: str) -> Event | None:
    """The message this cause already has."""
    return db.session.scalar(select(Event).where(Event.platform_slug == slug, Event.cause == cause))


def request(effect: Effect, cause: str) -> Event | None:
    """Ask the platform to carry the effect's action out. None, and the effect says why, when nobody can be asked."""
    action = effect.action
    data = {
        "action_id": action.id,
        "kind": action.kind,
        "days": action.days,
        "ends_at": action.ends_at.isoformat() if action.ends_at else None,
    }
    if action.undoes_id:
        data["undoes"] = action.undoes_id
    return _ask(effect, action, action.kind, cause, data | _replaced(action))


def request_end(effect: Effect, cause: str) -> Event | None:
    """Ask the platform to lift a measure whose time has come; the inverse has no row, so it is named after it."""
    action = effect.action
    inverse = book().actions[action.kind].inverse
    data = {"action_id": f"{action.id}:end", "kind": inverse, "days": None, "ends_at": None, "undoes": action.id}
    return _ask(effect, action, inverse, cause, data)


def _ask(effect: Effect, action: Action, kind: str, cause: str, data: dict[str, Any]) -> Event | None:
    subject = action.decision.case.subject
    gap = _gap(subject, book().actions[kind].target)
    if gap:
        move(effect, "fail", SYSTEM, reason=gap)
        return None
    data |= {
        "content_id": subject.content_ref,
        "account_id": subject.respondent.account_ref if subject.respondent else None,
        "reason_code": action.decision.ground,
    }
    event = post(subject.platform, cause, REQUEST, data)
    effect.event_id = event.id
    return event


def _replaced(action: Action) -> dict[str, Any]:
    """The measure of the same kind that the same decision takes back: this one's end counts, not the longer one's."""
    for other in action.decision.actions:
        original = queries.original_of(other)
        if original is not None and original.kind == action.kind and not action.undoes_id:
            return {"replaces": original.id}
    return {}


def _gap(subject: Subject, target: str) -> str:
    """Why a measure cannot be sent; '' when it can. The codes are queries.REASONS."""
    if not subject.platform or queries.platform(subject.platform) is None:
        return "unknown_platform"
    if not subject.content_ref:
        return "unknown_content"
    return "unknown_account" if target != "content" and subject.respondent is None else ""


def next_cause(effect: Effect, stem: str) -> str:
    """The cause of a message sent again: '<stem>:again:<n>'; the stem itself while nothing was sent under it."""
    sent = db.session.scalar(select(func.count()).where(Event.cause.startswith(stem))) or 0
    return f"{stem}:again:{sent}" if sent else stem


def void(effect: Effect) -> None:
    """A message the platform does not have yet is not sent any more: what it asks for is over."""
    if effect.event is not None and effect.event.state != "delivered":
        effect.event.state = "void"


def move(effect: Effect, verb: str, actor: Actor, reason: str = "", **facts: Any) -> None:
    """One step of rules.LIFE, with its audit line."""
    before, after = effect.state, rules.LIFE.step(effect.state, verb)
    if verb == "confirm":
        effect.confirmed_at = now()  # before the state: the table refuses 'confirmed' without it
    if after in ("ended", "undone"):
        effect.ended_at = now()
    effect.state, effect.reason = after, reason
    record(actor, f"effect.{verb}", "action", effect.action_id, before=before, after=after, reason=reason, **facts)
