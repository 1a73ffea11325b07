"""The verbs toward platforms: connect, fan out a decision, note each try, note what was read back, send again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import digest
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.partners import lifting, queries, rules, sending
from webapp.domain.partners.models import Attempt, Effect, Event, Platform
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject
from webapp.domain.staff.models import Staff

# What a decision of a stage is to the account; stages not named are 'decision'.
NOTICE_KINDS = {"interim": "interim", "cure": "cured", "restoration": "restored", "appeal": "appeal"}
# Stages the account hears of even where nothing is sent for them.
TOLD_ANYWAY = ("cure", "restoration", "appeal")


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
    """One event and effect per measure or inverse, and a notice to the respondent's account. A repeat changes nothing.

    Every stage: what a decision imposes is sent and ends at its time; what it takes back is lifted; provisional
    measures end with any decision that is none. Where there is nobody to send to, the effect says so at once.
    """
    require_transaction("partners.fan_out")
    effects = []
    # Measures before inverses: what the decision itself keeps up is not lifted.
    for action in sorted(decision.actions, key=lambda a: (a.undoes_id is not None, a.position)):
        if book().actions[action.kind].target == "none":
            continue
        effect = db.session.get(Effect, action.id)
        if effect is None:
            effect = Effect(action_id=action.id, action=action, state=rules.LIFE.start, seen={})
            db.session.add(effect)
            db.session.flush()
            if action.undoes_id:
                lifting.take_back(effect)
            else:
                sending.request(effect, f"action:{action.id}")
                lifting.schedule(action)
        effects.append(effect)
    settled = lifting.settle_interims(decision)
    if effects or settled or decision.stage in TOLD_ANYWAY:
        kind = NOTICE_KINDS.get(decision.stage, "decision")
        tell_respondent(decision.case, f"notice:{decision.id}", kind)
    return sorted(effects, key=lambda e: e.action.position)


def tell_respondent(case: Case, cause: str, kind: str) -> Event | None:
    """Ask the platform to tell the account in its own way: it reaches people whose e-mail we do not have.

    `kind` says what there is to read behind the link: 'forwarded', 'question', 'interim', 'decision', 'cure', 'cured',
    'restored', 'appeal'. None when the account or its platform is not known; one message per `cause`.
    """
    require_transaction("partners.tell_respondent")
    respondent = case.subject.respondent
    if respondent is None or queries.platform(respondent.platform) is None:
        return None
    data = {
        "account_id": respondent.account_ref,
        "content_id": case.subject.content_ref,
        "reference": case.reference,
        "kind": kind,
        "url": queries.answer_url(case),
        "language": respondent.language,
    }
    return sending.known(respondent.platform, cause) or sending.post(respondent.platform, cause, queries.NOTICE, data)


def ask_live(subject: Subject, phrase: str, due_at: datetime, key: str) -> Event | None:
    """Ask the platform to show a live stream the phrase its person must say by `due_at`. One message per `key`.

    None when nobody can be asked: the desk sees the stream's account unknown.
    """
    require_transaction("partners.ask_live")
    if not subject.content_ref or not subject.platform or queries.platform(subject.platform) is None:
        return None
    data = {
        "content_id": subject.content_ref,
        "account_id": subject.respondent.account_ref if subject.respondent else None,
        "phrase": phrase,
        "due_at": due_at.isoformat(),
    }
    return sending.known(subject.platform, key) or sending.post(subject.platform, key, "live.challenge", data)


def resend(effect: Effect, staff: Staff) -> Event | None:
    """Ask the platform again for a measure, or an end, that drifted or failed: a new event. None when there is still
    nobody to send to. Raises Refused('cannot_resend') in any other state, and for a measure that is taken back.
    """
    require_transaction("partners.resend")
    ends = effect.state == "stuck"
    if not queries.can_resend(effect):
        raise Refused("cannot_resend")
    sending.move(effect, "resend", Actor("staff", staff.id, staff.name))
    effect.read_at, effect.seen = None, {}
    if ends:
        return sending.request_end(effect, sending.next_cause(effect, f"end:{effect.action_id}"))
    effect.confirmed_at = None
    return sending.request(effect, sending.next_cause(effect, f"action:{effect.action_id}"))


def resend_notice(event: Event, staff: Staff) -> None:
    """Try a notice no platform took once more. Raises Refused('cannot_resend') for any other message."""
    require_transaction("partners.resend_notice")
    if event.type != queries.NOTICE or event.state != "failed":
        raise Refused("cannot_resend")
    event.state = "pending"
    record(Actor("staff", staff.id, staff.name), "event.resend", "event", event.id, type=event.type)
    outbox.post("event.created", queue="hooks", event_id=event.id)


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
    if event.state in ("delivered", "void"):
        return
    event.state, event.delivered_at = "delivered", now()
    effect = queries.effect_of(event.id)
    if effect is not None:
        sending.move(effect, "deliver", _platform_actor(event))
        outbox.post("event.delivered", queue="hooks", event_id=event.id)
    else:
        record(_platform_actor(event), "event.deliver", "event", event.id, type=event.type)


def confirm(platform: Platform, action_id: str) -> Effect:
    """The platform says it carried a measure out: its word starts a reading, only what is read back counts.

    Raises NotFound('no_such_action') for an action that is not this platform's.
    """
    require_transaction("partners.confirm")
    effect = db.session.get(Effect, action_id.removesuffix(":end"))
    if effect is None or effect.event is None or effect.event.platform_slug != platform.slug:
        raise NotFound("no_such_action")
    record(Actor("partner", platform.slug), "effect.say_done", "action", effect.action_id)
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
        sending.move(effect, "fail", SYSTEM, reason=reason)
    else:
        record(SYSTEM, "event.fail", "event", event.id, type=event.type, reason=reason)


def record_reading(effect: Effect, state: dict[str, Any] | None, round_: int) -> str:
    """Write down what reading number `round_` saw and what it means; gives the effect's state after it.

    `state` as rules.judge takes it. Only the value the measure is read by is kept, nothing of the account. Posts
    the next reading, `effect.drifted` when what held no longer does, `effect.ended` when a measure's end was read back.
    """
    require_transaction("partners.record_reading")
    measure = queries.measure(effect)
    if state is not None:
        effect.read_at = now()
        effect.seen = {measure.reads: rules.seen_at(state, measure.reads), "state": state.get("state")}
    verb = rules.judge(measure, state, round_, now())
    if verb:
        sending.move(effect, verb, SYSTEM, reason=_why(effect, verb), seen=effect.seen)
    if verb == "drift":
        outbox.post("effect.drifted", action_id=effect.action_id)
    elif verb == "lift":
        outbox.post("effect.ended", action_id=effect.action_id)
    elif verb == "confirm" and effect.action.undoes_id:
        lifting.settle_undone(effect)
    if queries.worth_reading(effect):
        _read_later(effect, round_, rules.LAST_ROUND_LIFTED if measure.lifts else rules.LAST_ROUND)
    return effect.state


def _why(effect: Effect, verb: str) -> str:
    if verb == "miss":
        return "not_shown" if effect.state == "sent" else "not_lifted"
    return "restricts_again" if verb == "drift" and effect.state == "ended" else ""


def _read_later(effect: Effect, round_: int, last: int) -> None:
    wait: timedelta | None = rules.next_reading(round_, last)
    if wait is not None and effect.event_id is not None:
        key = f"read:{effect.event_id}:{round_ + 1}"
        if db.session.scalar(select(outbox.Task.id).where(outbox.Task.key == key)) is None:
            outbox.post(
                "effect.read", queue="hooks", key=key, due_at=now() + wait, event_id=effect.event_id, round_=round_ + 1
            )


def _platform_actor(event: Event) -> Actor:
    return Actor("partner", event.platform_slug)
