"""What happened to a report, in the reporter's words: the timeline, the state, and what comes next by when.

Pure: takes rows that were read elsewhere, gives sentences. Of the other side it tells only what was decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.core.i18n import _, pick, when, when_zoned
from webapp.domain.cases.models import Case, CaseReport, Message, NoticeReturn
from webapp.domain.cases.rules import LIVE
from webapp.domain.decisions.models import Decision
from webapp.domain.partners.models import Effect
from webapp.domain.policy.queries import book


@dataclass(frozen=True)
class Event:
    """One line of the timeline. Tones: plain, ok, warn, next."""

    at: datetime | None
    title: str
    body: str = ""
    tone: str = "plain"

    @property
    def when(self) -> str:
        """The instant in words."""
        return when(self.at)

    @property
    def iso(self) -> str:
        """The instant for machines."""
        return self.at.isoformat() if self.at else ""


@dataclass(frozen=True)
class Ruled:
    """A decision that answers this report: the answer to it ('' where the stage gives none) and what became of the
    measures, where they are hers to know."""

    decision: Decision
    finding: str
    effects: Sequence[Effect]


@dataclass(frozen=True)
class Facts:
    """All the story is told from."""

    received_at: datetime
    due_at: datetime  # by this report's own clock: that others reported the same is not hers to know
    stands_still: bool
    asked_other: bool  # … because something was asked of somebody else, who has a few days to answer
    entry: CaseReport
    case: Case
    messages: Sequence[Message]
    returns: Sequence[NoticeReturn]
    compared_at: datetime | None
    added_at: Sequence[datetime]
    ruled: Sequence[Ruled]
    # Where a counter-notice against her claim stands ('' = none), and her appeal's state ('' = none).
    counter: str
    appeal: str
    # What other pages tell of their own: counter-notice, appeal.
    more: Sequence[Event] = ()

    @property
    def waits(self) -> bool:
        """Whether the report waits for the desk's decision: not taken back, not lapsed, the case open."""
        return self.entry.withdrawn_at is None and self.entry.notice != "lapsed" and self.case.state in LIVE


def state(facts: Facts) -> tuple[str, str]:
    """The report's state as (words, tone)."""
    if facts.entry.withdrawn_at:
        return _("Withdrawn"), "plain"
    if facts.entry.notice == "lapsed":
        return _("Lapsed"), "warn"
    if facts.appeal and facts.appeal != "decided":
        return _("Under appeal"), "accent"
    if facts.counter in ("forwarded", "waiting"):
        return _("Counter-notice: your turn"), "warn"
    if facts.counter == "held":
        return _("Held until it is settled"), "accent"
    if facts.case.state == "decided":
        return _("Decided"), "ok"
    if facts.case.state == "closed":
        return _("Closed"), "plain"
    if facts.entry.notice == "returned":
        return _("Something is missing"), "warn"
    if open_question(facts):
        return _("Waiting for your answer"), "warn"
    return _("Waiting for a decision"), "accent"


def open_question(facts: Facts) -> Message | None:
    """The reviewer's question nobody answered yet."""
    if facts.entry.withdrawn_at or facts.case.state != "asked":
        return None
    for message in reversed(facts.messages):
        if message.sent_by == "party":
            return None
        if message.asks:
            return message
    return None


def coming(facts: Facts) -> str:
    """What is next and by when, in one or two sentences."""
    if facts.entry.withdrawn_at:
        return _("You withdrew this report. Nothing more happens with it.")
    if facts.entry.notice == "lapsed":
        return _("Nobody works on this report at the moment.")
    if facts.appeal and facts.appeal != "decided":
        return _("A person who had nothing to do with the first decision looks at everything again.")
    if facts.counter in ("forwarded", "waiting", "held"):
        return _("What happens next, and by when, stands with the counter-notice above.")
    if facts.case.state == "decided":
        return _after(facts)
    if facts.case.state == "closed":
        return _("The case is closed.")
    due = when_zoned(facts.due_at)
    if open_question(facts):
        return _(
            "Please answer the question. Without your answer a reviewer decides on what is here, by %(due)s.", due=due
        )
    if facts.stands_still and facts.entry.notice == "returned":
        return _("Our time to decide stands still until we have what is missing. Then it goes on where it stopped.")
    if facts.asked_other:
        return _(
            "There is something we had to ask, and the answer may take a few days. With it or without it, a reviewer "
            "decides by %(due)s.",
            due=due,
        )
    if facts.stands_still:
        return _("The account has a few days to put it right by itself. Our time to decide stands still meanwhile.")
    return _("A reviewer decides by %(due)s. You get a letter as soon as that has happened.", due=due)


def _after(facts: Facts) -> str:
    waiting = [e for ruled in facts.ruled for e in ruled.effects if e.state in ("pending", "sent", "ending")]
    if waiting:
        return _("The platform is asked to carry the decision out. We read back whether it did and show it here.")
    return _("The decision is made. If you have something new, write to us below.")


def timeline(facts: Facts) -> list[Event]:
    """Everything so far, oldest first, and the next step as the last line."""
    events = [Event(facts.received_at, _("Your report arrived"), tone="ok")]
    if facts.compared_at:
        shown = _("What they found is shown to the reviewer. They do not decide.")
        # Files are looked at as soon as they are uploaded, before the report is sent; people expect the arrival first.
        looked = max(facts.compared_at, facts.received_at)
        events.append(Event(looked, _("Programs looked at the files"), shown))
    events += [Event(at, _("You added a file")) for at in facts.added_at]
    for message in facts.messages:
        if message.sent_by == "party":
            title = _("You wrote to the reviewer")
        else:
            title = _("The reviewer asked you something") if message.asks else _("The reviewer wrote to you")
        events.append(Event(message.sent_at, title, tone="warn" if message.asks else "plain"))
    events += [event for found in facts.returns for event in _returned(found)]
    if facts.entry.forwarded_at:
        body = _("It never learns your address or how to reach you.")
        events.append(Event(facts.entry.forwarded_at, _("Your notice was passed on to the account"), body))
    events += [event for ruled in facts.ruled for event in _ruled(ruled)]
    if facts.entry.withdrawn_at:
        events.append(Event(facts.entry.withdrawn_at, _("You withdrew the report")))
    coming_up = [event for event in facts.more if event.tone == "next"]
    events += [event for event in facts.more if event.tone != "next"]
    events.sort(key=lambda event: event.at or facts.received_at)
    if facts.waits and (not facts.stands_still or facts.asked_other or open_question(facts)):
        events.append(Event(facts.due_at, _("A decision by this time at the latest"), tone="next"))
    return [*events, *coming_up]


def _returned(found: NoticeReturn) -> list[Event]:
    events = [Event(found.returned_at, _("We asked for what is missing"), tone="warn")]
    if found.completed_at:
        events.append(Event(found.completed_at, _("Nothing was missing any more"), tone="ok"))
    if found.lapsed_at:
        events.append(Event(found.lapsed_at, _("The time to add it ran out; the report lapsed"), tone="warn"))
    return events


def _ruled(ruled: Ruled) -> list[Event]:
    stage, at = ruled.decision.stage, ruled.decision.decided_at
    title = {
        "interim": _("A provisional measure was taken"),
        "first": _("A reviewer decided"),
        "appeal": _("A different person decided anew"),
        "restoration": _("The measures were ended"),
        "cure": _("The account put it right by itself"),
    }[stage]
    body = answer_words(ruled.finding) if ruled.finding else ""
    tone = {"restoration": "plain", "interim": "plain"}.get(stage, "ok")
    return [Event(at, title, body, tone), *_effects(ruled.effects)]


def answer_words(finding: str) -> str:
    """The answer to one report's own allegation."""
    if finding == "supported":
        return _("Your report was found to be right.")
    if finding == "cannot_tell":
        return _("It could not be established whether your report is right.")
    return _("No violation was found.")


def _effects(effects: Sequence[Effect]) -> list[Event]:
    events = []
    for effect in effects:
        name = pick(book().actions[effect.action.kind].words)
        if effect.confirmed_at:
            title = _("The platform carried it out: %(measure)s", measure=name)
            events.append(Event(effect.confirmed_at, title, _("We read it back to be sure."), "ok"))
        if effect.state == "ended" and effect.confirmed_at and effect.reason != "replaced":
            events.append(Event(effect.ended_at, _("Its time is over: %(measure)s", measure=name)))
        if effect.state == "undone":
            events.append(Event(effect.ended_at, _("Taken back: %(measure)s", measure=name)))
        if effect.state == "drifted":
            title = _("The measure no longer holds: %(measure)s", measure=name)
            events.append(Event(effect.read_at, title, _("We are following it up with the platform."), "warn"))
    return events
