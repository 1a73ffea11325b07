"""What happened to a report, in the reporter's words: the timeline, the state, and what comes next by when.

Pure: takes rows that were read elsewhere, gives sentences. Of the other side it tells only what was decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.core.i18n import _, n_, pick, when, when_zoned
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.cases.rules import LIVE
from webapp.domain.decisions.rules import Outcome
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
class Facts:
    """All the story is told from."""

    received_at: datetime
    due_at: datetime  # by this report's own kind: that others reported the same is not hers to know
    entry: CaseReport
    case: Case
    messages: Sequence[Message]
    compared_at: datetime | None
    added_at: Sequence[datetime]
    outcome: Outcome | None
    finding: str
    effects: Sequence[Effect]


def state(facts: Facts) -> tuple[str, str]:
    """The report's state as (words, tone)."""
    if facts.entry.withdrawn_at:
        return _("Withdrawn"), "plain"
    if facts.case.state == "decided":
        return _("Decided"), "ok"
    if facts.case.state == "closed":
        return _("Closed"), "plain"
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
    if facts.case.state == "decided":
        waiting = [e for e in facts.effects if e.state not in ("confirmed", "failed")]
        if waiting:
            return _("The platform is asked to carry the decision out. We read back whether it did and show it here.")
        return _("The decision is made. If you have something new, write to us below.")
    if facts.case.state == "closed":
        return _("The case is closed.")
    due = when_zoned(facts.due_at)
    if open_question(facts):
        return _(
            "Please answer the question. Without your answer a reviewer decides on what is here, by %(due)s.", due=due
        )
    return _("A reviewer decides by %(due)s. You get a letter as soon as that has happened.", due=due)


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
    if facts.entry.withdrawn_at:
        events.append(Event(facts.entry.withdrawn_at, _("You withdrew the report")))
    elif facts.outcome:
        events.append(Event(facts.outcome.decided_at, _("A reviewer decided"), answer_words(facts), "ok"))
        events += _effects(facts)
    events.sort(key=lambda event: event.at or facts.received_at)
    if not facts.entry.withdrawn_at and facts.case.state in LIVE:
        events.append(Event(facts.due_at, _("A decision by this time at the latest"), tone="next"))
    return events


def answer_words(facts: Facts) -> str:
    """The answer to this report's own allegation."""
    if facts.finding == "supported":
        return _("Your report was found to be right.")
    if facts.finding == "cannot_tell":
        return _("It could not be established whether your report is right.")
    return _("No violation was found.")


def measures(outcome: Outcome) -> str:
    """The measures in words, one a line."""
    lines = []
    for action in outcome.actions:
        text = pick(book().actions[action.kind].words)
        lines.append(_lasting(text, action.days) if action.days else text)
    return "\n".join(lines)


def _lasting(measure: str, days: int) -> str:
    return str(n_("%(measure)s, for %(num)s day", "%(measure)s, for %(num)s days", days, measure=measure))


def _effects(facts: Facts) -> list[Event]:
    events = []
    for effect in facts.effects:
        name = pick(book().actions[effect.action.kind].words)
        if effect.confirmed_at:
            title = _("The platform carried it out: %(measure)s", measure=name)
            events.append(Event(effect.confirmed_at, title, _("We read it back to be sure."), "ok"))
        if effect.state == "ended" and effect.confirmed_at:
            events.append(Event(effect.ended_at, _("Its time is over: %(measure)s", measure=name)))
        if effect.state == "undone":
            events.append(Event(effect.ended_at, _("Taken back: %(measure)s", measure=name)))
        if effect.state == "drifted":
            title = _("The measure no longer holds: %(measure)s", measure=name)
            events.append(Event(effect.read_at, title, _("We are following it up with the platform."), "warn"))
    return events
