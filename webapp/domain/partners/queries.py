"""Looking at platforms: which one, what was sent to it, what holds there and what does not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.core.i18n import N_
from webapp.core.ids import digest
from webapp.core.links import public, sign
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.partners.models import Attempt, Effect, Event, Platform
from webapp.domain.partners.rules import COUNTED, IN_FORCE, LIFE, LIFTING, NOT, WEIGHTIER, Measure, over
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
    "not_lifted": N_("The platform took the message, but an hour later it still restricted."),
    "restricts_again": N_("It had ended, and the platform restricts again."),
    "replaced": N_("The final measure took its place."),
    "still_held": N_("Another measure holds the same, so nothing was lifted."),
    "never_sent": N_("The platform never had it, so there was nothing to lift."),
    "by_itself": N_("It ended by itself."),
}
# The message that asks a platform to tell an account something.
NOTICE = "notice.respondent"


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
    """Every try to deliver each measure and its end, those before it was sent again too, oldest first; one query."""
    stems = [f"{word}:{action_id}" for action_id in action_ids for word in ("action", "end")]
    causes = [or_(Event.cause == stem, Event.cause.startswith(f"{stem}:again:")) for stem in stems]
    found: dict[str, list[Attempt]] = {action_id: [] for action_id in action_ids}
    rows = db.session.execute(
        select(Event.cause, Attempt)
        .join(Attempt, Attempt.event_id == Event.id)
        .where(or_(false(), *causes))
        .order_by(Attempt.at, Attempt.number)
    )
    for cause, attempt in rows:
        found[cause.split(":")[1]].append(attempt)
    return found


def undelivered_notices(limit: int = 50) -> list[Event]:
    """Notices no platform took, newest first: the desk sends them again, or reaches the account in another way."""
    return list(
        db.session.scalars(
            select(Event)
            .where(Event.type == NOTICE, Event.state == "failed")
            .order_by(Event.created_at.desc(), Event.id)
            .limit(limit)
        )
    )


def can_resend(of: Effect) -> bool:
    """Whether the desk's button sends anything: the measure failed or drifted, and nobody is taking it back."""
    return "resend" in LIFE.can(of.state) and (of.state == "stuck" or undoing(of.action_id) is None)


def subject_of(of: Effect) -> Subject:
    """The content an effect is about."""
    return of.action.decision.case.subject


def measure(of: Effect) -> Measure:
    """An effect as the rules see it: what must show, or what must no longer show."""
    kinds = book().actions
    kind = kinds[of.action.kind]
    original = original_of(of.action)
    if original is None and of.state not in LIFTING:
        return Measure(of.state, kind.target, kind.reads, kind.shows, of.action.ends_at)
    lifted = kinds[original.kind] if original else kind
    inverse = kind if original else kinds.get(kind.inverse)
    holders = holders_of(original or of.action)
    counted = lifted.shows == COUNTED
    if inverse is not None and inverse.reads and not counted:
        reads, shows = inverse.reads, inverse.shows
    else:
        reads, shows = lifted.reads, f"{NOT}{lifted.shows}"
    most = max(_counted(original or of.action), _last_count(original or of.action, reads)) if counted else 0
    return Measure(of.state, lifted.target, reads, shows, of.action.ends_at, True, most, bool(holders))


def original_of(action: Action) -> Action | None:
    """The measure an action takes back; None when it is a measure itself."""
    return db.session.get(Action, action.undoes_id) if action.undoes_id else None


def undoing(action_id: str) -> Action | None:
    """The later action that takes this one back, if there is one."""
    return db.session.scalar(select(Action).where(Action.undoes_id == action_id).limit(1))


def holders_of(action: Action) -> list[Effect]:
    """Other measures in force that taking this one back would lift too: of its kind, with the same inverse, or a
    weightier one in the same place (the end of a suspension must not open an account that is closed by now).

    Counted measures (warnings) are each their own.
    """
    kinds = book().actions
    mine = kinds[action.kind]
    if mine.shows == COUNTED or not mine.inverse:
        return []
    above = WEIGHTIER.get(mine.shows, ())
    return [
        e
        for e in _others(action)
        if (held := kinds[e.action.kind]).inverse == mine.inverse or (held.reads == mine.reads and held.shows in above)
    ]


def _others(action: Action) -> list[Effect]:
    """Measures in force on the same content, or the same account, that nobody is taking back."""
    subject, taker = action.decision.case.subject, aliased(Action)
    if book().actions[action.kind].target == "content":
        same = and_(Subject.platform == subject.platform, Subject.content_ref == subject.content_ref)
    else:
        same = and_(Subject.respondent_id.is_not(None), Subject.respondent_id == subject.respondent_id)
    statement = (
        select(Effect)
        .join(Action, Action.id == Effect.action_id)
        .join(Decision, Decision.id == Action.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .join(Subject, Subject.id == Case.subject_id)
        .where(
            same,
            Action.id != action.id,
            Action.undoes_id.is_(None),
            or_(Action.ends_at.is_(None), Action.ends_at > now()),
            Effect.state.in_([s for s in IN_FORCE if s != "failed"]),
            ~select(taker.id).where(taker.undoes_id == Action.id).exists(),
        )
        .options(joinedload(Effect.action))
        .order_by(Action.id)
    )
    return list(db.session.scalars(statement))


def _counted(action: Action) -> int:
    """How many other measures of the same sort are counted on the account."""
    kinds = book().actions
    return sum(kinds[e.action.kind].reads == kinds[action.kind].reads for e in _others(action))


def _last_count(action: Action, reads: str) -> int:
    """One fewer than was counted when the measure was last read: warnings of the platform's own stay."""
    held = db.session.get(Effect, action.id)
    seen = held.seen.get(reads) if held else None
    return seen - 1 if isinstance(seen, int) else 0


def interims_of(decision: Decision) -> list[Effect]:
    """Provisional measures of the decision's case that are still in force and that nobody takes back."""
    taker = aliased(Action)
    statement = (
        select(Effect)
        .join(Action, Action.id == Effect.action_id)
        .join(Decision, Decision.id == Action.decision_id)
        .where(
            Decision.case_id == decision.case_id,
            Decision.stage == "interim",
            Decision.id != decision.id,
            Effect.state.in_((*IN_FORCE, "ending", "stuck")),
            ~select(taker.id).where(taker.undoes_id == Action.id).exists(),
        )
        .order_by(Action.decision_id, Action.position)
    )
    return list(db.session.scalars(statement))


def worth_reading(of: Effect) -> bool:
    """Whether the platform's state still says something of this effect."""
    if of.state == "ended" and of.reason:
        return False  # nothing was sent to end it
    if undoing(of.action_id) is not None:
        return False  # the action that takes it back has its own readings
    seen = measure(of)
    return bool(seen.reads) and not over(seen, now())


def answer_url(case: Case) -> str:
    """The respondent's own link to the decision; the token opens this one case (the page forgets it at once)."""
    return public(f"/respond/{case.reference}?token={sign('respond', case.id)}")
