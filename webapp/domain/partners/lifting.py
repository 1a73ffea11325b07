"""How measures stop: at their time, replaced, or taken back; nothing is lifted that another measure still holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import SYSTEM
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.partners import queries
from webapp.domain.partners.models import Effect, Event
from webapp.domain.partners.rules import IN_FORCE, LIFE
from webapp.domain.partners.sending import move, request, request_end, void
from webapp.domain.policy.queries import book

# The account hears of the end of a longer measure this long before; a shorter one ends soon enough.
NOTICE_BEFORE = timedelta(days=1)


def schedule(action: Action) -> None:
    """Leave the messages that end a limited measure at its time: `effect.end`, and `effect.ending` a day before."""
    if action.ends_at is None or action.undoes_id:
        return
    _once("effect.end", f"end:{action.id}", action.ends_at, action)
    if action.ends_at - now() > 2 * NOTICE_BEFORE:
        _once("effect.ending", f"ending:{action.id}", action.ends_at - NOTICE_BEFORE, action)


def _once(topic: str, key: str, due_at: datetime, action: Action) -> None:
    if db.session.scalar(select(outbox.Task.id).where(outbox.Task.key == key)) is None:
        outbox.post(topic, key=key, due_at=due_at, action_id=action.id)


def end(effect: Effect) -> None:
    """The measure's time has come: the platform is asked to lift it, unless another measure holds the same.

    What was taken back, is being taken back, or ended already is left alone. Posts `effect.ended` when there is nothing
    to wait for; otherwise the reading does.
    """
    require_transaction("partners.end")
    if effect.state not in IN_FORCE or queries.undoing(effect.action_id) is not None:
        return
    if not _reached(effect):
        stop(effect, "never_sent")
    elif queries.holders_of(effect.action):
        stop(effect, "still_held")
    elif not book().actions[effect.action.kind].inverse:
        stop(effect, "by_itself")
    else:
        void(effect)
        move(effect, "end", SYSTEM)
        request_end(effect, f"end:{effect.action_id}")


def stop(effect: Effect, reason: str) -> None:
    """Over without a message: a code of queries.REASONS says why."""
    void(effect)
    move(effect, "replace", SYSTEM, reason=reason)
    outbox.post("effect.ended", action_id=effect.action_id)


def _reached(effect: Effect) -> bool:
    """Whether the platform may have the measure: a try whose answer was lost, or is still on its way, counts."""
    return effect.event is not None and (effect.state, effect.reason) != ("failed", "refused")


def settle_interims(decision: Decision) -> list[Effect]:
    """Any decision but a provisional one ends the provisional measures of its case; gives those it found.

    What the decision's own measures keep up is 'replaced', nothing is sent; the rest is lifted.
    """
    if decision.stage == "interim":
        return []
    own = {action.id for action in decision.actions}
    found = queries.interims_of(decision)
    for effect in found:
        if any(holder.action_id in own for holder in queries.holders_of(effect.action)):
            stop(effect, "replaced")
        else:
            end(effect)
    return found


def take_back(effect: Effect) -> None:
    """Send an inverse action, which names the measure it takes back, or say why nothing needs to be sent.

    Not sent: what the platform never had, what ended before, and what another measure still holds.
    """
    original = db.session.get(Effect, effect.action.undoes_id)
    reason = _needless(effect, original)
    if original is not None and reason != "by_itself":
        void(original)
    if reason:
        move(effect, "replace", SYSTEM, reason=reason)
        settle_undone(effect)
    else:
        request(effect, f"action:{effect.action_id}")


def _needless(effect: Effect, original: Effect | None) -> str:
    if original is None or (original.state in IN_FORCE and not _reached(original)):
        return "never_sent"
    if original.state in ("ended", "undone"):
        return "by_itself"
    return "still_held" if queries.holders_of(original.action) else ""


def settle_undone(effect: Effect) -> None:
    """The inverse holds: the measure it takes back is undone, and read no more."""
    original = db.session.get(Effect, effect.action.undoes_id) if effect.action.undoes_id else None
    if original is not None and "undo" in LIFE.can(original.state):
        move(original, "undo", SYSTEM, by=effect.action_id)


def overtaken(event: Event) -> bool:
    """Whether a lifting that waits for delivery must not go out any more: a newer measure holds the same by now.

    Then the lifting is over, and says so. Called just before each try.
    """
    require_transaction("partners.overtaken")
    effect = queries.effect_of(event.id)
    if effect is None or "undoes" not in event.data:
        return False
    original = queries.original_of(effect.action) or effect.action
    if not queries.holders_of(original):
        return False
    if effect.action.undoes_id:
        void(effect)
        move(effect, "replace", SYSTEM, reason="still_held")
        settle_undone(effect)
    else:
        stop(effect, "still_held")
    return True
