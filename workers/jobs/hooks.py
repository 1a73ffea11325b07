"""Tells platforms what was decided, and reads back whether it holds."""

from __future__ import annotations

from webapp.core import outbox
from webapp.core.db import transaction
from webapp.core.outbox import Later, Permanent
from webapp.domain.cases.service import tell_case, weigh
from webapp.domain.decisions import queries as decisions
from webapp.domain.partners import client, lifting, queries, rules, service
from workers.run import Work


def fan_out(work: Work, decision_id: str) -> None:
    """`decision.made`: one event per measure, and the notice to the account."""
    with work.finish():
        service.fan_out(decisions.get(decision_id))


def deliver(work: Work, event_id: str) -> None:
    """`event.created`: one try to deliver. Repeats carry the same webhook-id and the same body."""
    event = queries.event(event_id)
    if event.state in ("delivered", "void"):
        with work.finish():
            return
    with transaction():
        outbox.renew(work.task_id, work.fence)
        late = lifting.overtaken(queries.event(event_id))
    if late:
        with work.finish():
            return
    event = queries.event(event_id)
    platform = queries.platform(event.platform_slug)
    if platform is None:
        with transaction():
            outbox.renew(work.task_id, work.fence)
            service.give_up(queries.event(event_id), "unknown_platform")
        raise Permanent("the platform is no longer connected")
    door, parcel = client.door(platform), client.parcel(event)
    with work.holding():
        answer = client.deliver(door, parcel)
    if answer.ok:
        with work.finish():
            event = queries.event(event_id)
            service.record_attempt(event, answer.status, "", answer.took_ms)
            service.delivered(event)
        return
    _failed(work, event_id, answer)


def _failed(work: Work, event_id: str, answer: client.Answer) -> None:
    """Keep the failed try, then say when to come back, or that it is no use."""
    refused = rules.permanent(answer.status)
    with transaction():
        outbox.renew(work.task_id, work.fence)  # only the holder of the lease may count a try
        event = queries.event(event_id)
        attempt = service.record_attempt(event, answer.status, answer.error, answer.took_ms)
        wait = None if refused else rules.retry_after(attempt.number)
        if wait is None:
            service.give_up(event, "refused" if refused else "unreachable")
    if wait is None:
        raise Permanent(answer.error)
    raise Later(wait, answer.error)


def end(work: Work, action_id: str) -> None:
    """`effect.end`: the measure's time has come; the platform is asked to lift it, and the lifting is read back.

    A provisional measure's own clock ends with it, at the very time it was set to: that is no breach.
    """
    with work.finish():
        effect = queries.effect(action_id)
        lifting.end(effect)
        decision = effect.action.decision
        if decision.stage == "interim":
            tell_case(decision.case, "interim_over", effect.action.ends_at)
            weigh(decision.case)


def read_back(work: Work, event_id: str, round_: int = 0) -> None:
    """`event.delivered` and `effect.read`: does the measure show? A platform that does not answer is asked again next
    time; an event that was sent again meanwhile has its own readings.
    """
    effect = queries.effect_of(event_id)
    if effect is None or not queries.worth_reading(effect):
        with work.finish():
            return
    subject = queries.subject_of(effect)
    platform, content_ref, action_id = queries.platform(subject.platform), subject.content_ref, effect.action_id
    state = None
    if platform is not None:
        door = client.door(platform)
        try:
            with work.holding():
                state = client.read_content(door, content_ref).model_dump(mode="json")
        except client.Missing:
            state = {"state": "missing"}
        except client.Unreachable:
            state = None  # says nothing of the measure; the next reading is posted all the same
    with work.finish():
        effect = queries.effect(action_id)
        if effect.event_id == event_id:
            service.record_reading(effect, state, round_)
