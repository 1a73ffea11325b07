"""Looking at platforms: which one, what was sent to it, what holds there and what does not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.core.i18n import N_
from webapp.core.ids import digest
from webapp.core.links import public, sign
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.partners.models import Attempt, Effect, Event, Platform
from webapp.domain.partners.rules import Measure, over
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject

# Why an effect failed, for the desk: `effect.reason` is one of these codes.
REASONS: dict[str, str] = {
    "unknown_platform": N_("The content is on a platform that is not connected."),
    "unknown_content": N_("The report gives only an address; the platform's own id of the content is not known."),
    "unknown_account": N_("The platform has not told us which account is behind the content."),
    "refused": N_("The platform refused the message."),
    "unreachable": N_("The platform could not be reached, again and again."),
    "not_shown": N_("The platform took the message, but an hour later the measure did not show."),
}


def platform(slug: str) -> Platform | None:
    """A connected, active platform, or None."""
    found = db.session.get(Platform, slug)
    return found if found is not None and found.active else None


def by_inbound_token(token: str) -> Platform | None:
    """The active platform that may use our API with this token."""
    if not token:
        return None
    return db.session.scalar(select(Platform).where(Platform.inbound_digest == digest(token), Platform.active))


def event(event_id: str) -> Event:
    """The event. Raises NotFound."""
    return need(Event, event_id, "no_such_event")


def effect(action_id: str) -> Effect:
    """What became of an action. Raises NotFound."""
    return need(Effect, action_id, "no_such_effect")


def effect_of(event_id: str) -> Effect | None:
    """The effect an event is to bring about; None for a notice, or when a later event took its place."""
    return db.session.scalar(select(Effect).where(Effect.event_id == event_id))


def effects_of(decision_id: str) -> list[Effect]:
    """What became of a decision's measures, in their order."""
    return list(
        db.session.scalars(
            select(Effect)
            .join(Action, Action.id == Effect.action_id)
            .where(Action.decision_id == decision_id)
            .options(joinedload(Effect.action))
            .order_by(Action.position)
        )
    )


def tries_of(action_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """Every try to deliver each measure, those before it was sent again too, oldest first; one query."""
    causes = [Event.cause == f"action:{action_id}" for action_id in action_ids]
    again = [Event.cause.startswith(f"action:{action_id}:again:") for action_id in action_ids]
    found: dict[str, list[Attempt]] = {action_id: [] for action_id in action_ids}
    rows = db.session.execute(
        select(Event.cause, Attempt)
        .join(Attempt, Attempt.event_id == Event.id)
        .where(or_(false(), *causes, *again))
        .order_by(Attempt.at, Attempt.number)
    )
    for cause, attempt in rows:
        found[cause.split(":")[1]].append(attempt)
    return found


def undelivered() -> list[Effect]:
    """Measures that did not reach the platform or never showed there, newest decision first."""
    return _effects("failed")


def drifted() -> list[Effect]:
    """Measures that held and no longer do, newest decision first."""
    return _effects("drifted")


def undelivered_notices() -> list[Event]:
    """Notices to respondents no platform took."""
    return list(
        db.session.scalars(
            select(Event)
            .where(Event.type == "notice.respondent", Event.state == "failed")
            .order_by(Event.created_at.desc())
        )
    )


def _effects(state: str) -> list[Effect]:
    return list(
        db.session.scalars(
            select(Effect)
            .join(Action, Action.id == Effect.action_id)
            .join(Decision, Decision.id == Action.decision_id)
            .where(Effect.state == state)
            .options(joinedload(Effect.action).joinedload(Action.decision).joinedload(Decision.case))
            .order_by(Decision.decided_at.desc(), Action.position)
        )
    )


def subject_of(of: Effect) -> Subject:
    """The content an effect is about."""
    return of.action.decision.case.subject


def measure(of: Effect) -> Measure:
    """An effect as the rules see it."""
    kind = book().actions[of.action.kind]
    return Measure(of.state, kind.target, kind.reads, kind.shows, of.action.ends_at)


def worth_reading(of: Effect) -> bool:
    """Whether the platform's state still says something of this effect."""
    return bool(measure(of).reads) and not over(measure(of), now())


def answer_url(case: Case) -> str:
    """The respondent's own link to the decision; the token opens this one case (the page forgets it at once)."""
    return public(f"/respond/{case.reference}?token={sign('respond', case.id)}")
