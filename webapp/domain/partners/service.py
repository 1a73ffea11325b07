"""The verbs toward platforms: connect, fan out a decision, note each try, note what was read back, send again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import digest, new_id
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.partners import queries, rules
from webapp.domain.partners.models import Attempt, Effect, Event, Platform
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject
from webapp.domain.staff.models import Staff


def connect(
    slug: str,
    name: str,
    api_url: str,
    hook_url: str,
    hook_secret: str,
    api_token: str,
    inbound_token: str,
    actor: Actor = SYSTEM,
) -> Platform:
    """Connect a platform, or change how it is reached. `hook_secret` is base64, with or without 'whsec_'.

    Of `inbound_token` (its key to our API) only the digest is kept; '' gives it none. Raises
    Refused('hook_secret_invalid') or Refused('platform_address_invalid').
    """
    require_transaction("partners.connect")
    try:
        Webhook(hook_secret)
    except (ValueError, RuntimeError, EmptyWebhookSecretError):
        raise Refused("hook_secret_invalid") from None
    if not all(rules.same_host(url, url) for url in (api_url, hook_url)):
        raise Refused("platform_address_invalid")
    platform = db.session.get(Platform, slug)
    if platform is None:
        platform = Platform(slug=slug, created_at=now())
        db.session.add(platform)
    platform.name, platform.api_url, platform.hook_url = name, api_url.rstrip("/"), hook_url
    platform.hook_secret, platform.api_token, platform.active = hook_secret, api_token, True
    platform.inbound_digest = digest(inbound_token) if inbound_token else None
    record(actor, "platform.connect", "platform", slug, api_url=api_url, hook_url=hook_url)
    return platform


def fan_out(decision: Decision) -> list[Effect]:
    """One event and one effect per measure, and one notice to the respondent's account. A repeat changes nothing.

    Where there is nobody to send to, the effect says so at once. Posts `event.created` for each event.
    """
    require_transaction("partners.fan_out")
    effects = []
    for action in decision.actions:
        if book().actions[action.kind].target == "none":
            continue
        effect = db.session.get(Effect, action.id)
        if effect is None:
            effect = Effect(action_id=action.id, state=rules.LIFE.start, seen={})
            db.session.add(effect)
            _send(effect, action, f"action:{action.id}")
        effects.append(effect)
    if effects:
        _notice(decision)
    return effects


def resend(effect: Effect, staff: Staff) -> Event | None:
    """Ask the platform again for a measure that drifted or failed: a new event. None when there is still nobody to
    send to. Raises Refused('cannot_resend') in any other state.
    """
    require_transaction("partners.resend")
    actor = Actor("staff", staff.id, staff.name)
    _move(effect, "resend", actor)
    cause = f"action:{effect.action_id}"
    if effect.event_id is not None:
        earlier = db.session.scalar(select(func.count()).where(Event.cause.like(f"{cause}:again:%"))) or 0
        cause = f"{cause}:again:{earlier + 1}"
    effect.confirmed_at, effect.read_at, effect.seen = None, None, {}
    return _send(effect, effect.action, cause)


def _send(effect: Effect, action: Action, cause: str) -> Event | None:
    subject = action.decision.case.subject
    gap = _gap(subject, book().actions[action.kind].target)
    if gap:
        _move(effect, "fail", SYSTEM, reason=gap)
        return None
    data = {
        "action_id": action.id,
        "kind": action.kind,
        "content_id": subject.content_ref,
        "account_id": subject.respondent.account_ref if subject.respondent else None,
        "days": action.days,
        "ends_at": action.ends_at.isoformat() if action.ends_at else None,
        "reason_code": action.decision.ground,
    }
    event = _post(subject.platform, cause, "action.requested", data)
    effect.event_id = event.id
    return event


def _gap(subject: Subject, target: str) -> str:
    """Why a measure cannot be sent; '' when it can. The codes are queries.REASONS."""
    if not subject.platform or queries.platform(subject.platform) is None:
        return "unknown_platform"
    if not subject.content_ref:
        return "unknown_content"
    return "unknown_account" if target == "account" and subject.respondent is None else ""


def _notice(decision: Decision) -> None:
    """Ask the platform to tell the account in its own way: it reaches people whose e-mail we do not have."""
    respondent = decision.case.subject.respondent
    if respondent is None or queries.platform(respondent.platform) is None:
        return
    cause = f"notice:{decision.id}"
    known = select(Event.id).where(Event.platform_slug == respondent.platform, Event.cause == cause)
    if db.session.scalar(known) is None:
        url = queries.answer_url(decision.case)
        data = {"account_id": respondent.account_ref, "url": url, "language": respondent.language}
        _post(respondent.platform, cause, "notice.respondent", data)


def _post(slug: str, cause: str, type_: str, data: dict[str, Any]) -> Event:
    event = Event(id=new_id(), platform_slug=slug, cause=cause, type=type_, data=data, created_at=now())
    db.session.add(event)
    db.session.flush()  # effects point at it, and the unique key speaks here
    outbox.post("event.created", queue="hooks", event_id=event.id)
    return event


def record_attempt(event: Event, status: int | None, error: str, took_ms: int) -> Attempt:
    """Write one try down. `status` is None when nothing came back."""
    require_transaction("partners.record_attempt")
    number = (db.session.scalar(select(func.max(Attempt.number)).where(Attempt.event_id == event.id)) or 0) + 1
    attempt = Attempt(event_id=event.id, number=number, at=now(), status=status, error=error[:500], took_ms=took_ms)
    db.session.add(attempt)
    return attempt


def delivered(event: Event) -> None:
    """The platform took the message. Posts `event.delivered` (reading back follows); a repeat changes nothing."""
    require_transaction("partners.delivered")
    if event.state == "delivered":
        return
    event.state, event.delivered_at = "delivered", now()
    effect = queries.effect_of(event.id)
    if effect is not None:
        _move(effect, "deliver", _platform_actor(event))
        outbox.post("event.delivered", queue="hooks", event_id=event.id)
    else:
        record(_platform_actor(event), "event.deliver", "event", event.id, type=event.type)


def confirm(platform: Platform, action_id: str) -> Effect:
    """The platform says it carried a measure out: its word starts a reading, only what is read back counts.

    Raises NotFound('no_such_action') for an action that is not this platform's.
    """
    require_transaction("partners.confirm")
    effect = db.session.get(Effect, action_id)
    if effect is None or effect.event is None or effect.event.platform_slug != platform.slug:
        raise NotFound("no_such_action")
    record(Actor("partner", platform.slug), "effect.say_done", "action", action_id)
    outbox.post("event.delivered", queue="hooks", event_id=effect.event.id)
    return effect


def read_now(effect: Effect, staff: Staff) -> None:
    """Ask the platform now whether the measure holds, between the readings that come by themselves.

    Raises Refused('cannot_read') while nothing was delivered.
    """
    require_transaction("partners.read_now")
    if effect.event_id is None or effect.state == "pending":
        raise Refused("cannot_read")
    record(Actor("staff", staff.id, staff.name), "effect.read_now", "action", effect.action_id)
    outbox.post("event.delivered", queue="hooks", event_id=effect.event_id)


def give_up(event: Event, reason: str) -> None:
    """No more tries by itself: the desk sees it. `reason` is 'refused' or 'unreachable'; a repeat changes nothing."""
    require_transaction("partners.give_up")
    if event.state != "pending":
        return
    event.state = "failed"
    effect = queries.effect_of(event.id)
    if effect is not None:
        _move(effect, "fail", SYSTEM, reason=reason)
    else:
        record(SYSTEM, "event.fail", "event", event.id, type=event.type, reason=reason)


def record_reading(effect: Effect, state: dict[str, Any] | None, round_: int) -> str:
    """Write down what reading number `round_` saw and what it means; gives the effect's state after it.

    `state` as rules.judge takes it. Only the value the measure is read by is kept, nothing of the account. Posts
    the next reading, and `effect.drifted` when a measure that held no longer does.
    """
    require_transaction("partners.record_reading")
    measure = queries.measure(effect)
    if state is not None:
        effect.read_at = now()
        effect.seen = {measure.reads: rules.seen_at(state, measure.reads), "state": state.get("state")}
    verb = rules.judge(measure, state, round_, now())
    if verb:
        _move(effect, verb, SYSTEM, reason="not_shown" if verb == "miss" else "", seen=effect.seen)
    if verb == "drift":
        outbox.post("effect.drifted", action_id=effect.action_id)
    if queries.worth_reading(effect):
        _read_later(effect, round_)
    return effect.state


def _read_later(effect: Effect, round_: int) -> None:
    wait: timedelta | None = rules.next_reading(round_)
    if wait is not None and effect.event_id is not None:
        key = f"read:{effect.event_id}:{round_ + 1}"
        if db.session.scalar(select(outbox.Task.id).where(outbox.Task.key == key)) is None:
            outbox.post(
                "effect.read", queue="hooks", key=key, due_at=now() + wait, event_id=effect.event_id, round_=round_ + 1
            )


def _move(effect: Effect, verb: str, actor: Actor, reason: str = "", **facts: Any) -> None:
    before, after = effect.state, rules.LIFE.step(effect.state, verb)
    if verb == "confirm":
        effect.confirmed_at = now()  # before the state: the table refuses 'confirmed' without it
    effect.state, effect.reason = after, reason
    record(actor, f"effect.{verb}", "action", effect.action_id, before=before, after=after, reason=reason, **facts)


def _platform_actor(event: Event) -> Actor:
    return Actor("partner", event.platform_slug)
