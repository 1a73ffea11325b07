"""What happened so far, as the account behind the content may know it, and what comes next by when.

Holds nothing of any reporter: moments of the case, of the account's own answers, and of the measures.
"""

from __future__ import annotations

from datetime import datetime

from webapp.core.clock import now
from webapp.core.i18n import _, pick, when_zoned
from webapp.domain.appeals import blind, queries, rules
from webapp.domain.appeals.models import Appeal, CounterNotice
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.clocks import queries as clocks
from webapp.domain.decisions import queries as decisions
from webapp.domain.partners.queries import effects_of
from webapp.domain.policy.queries import book
from webapp.public.cure import challenges, last_offer
from webapp.public.story import Event
from webapp.public.telling import stage_words


def timeline(case: Case) -> list[Event]:
    """Everything so far, oldest first, and the next step as the last line."""
    events = [*_notices(case), *_cures(case), *_decisions(case), *_measures_over(case)]
    for counter in queries.of_case(case.id):
        events += counter_events(counter)
    appeal = own_appeal(case)
    if appeal is not None:
        events += appeal_events(appeal)
    events.sort(key=lambda event: event.at or now())
    return [*events, *_next(case)]


def own_appeal(case: Case) -> Appeal | None:
    """The account's appeal, if it sent one."""
    return blind.door(case.id, blind.RESPONDENT).sent


def _notices(case: Case) -> list[Event]:
    told = [e.forwarded_at for e in case.entries if e.forwarded_at is not None and e.report.mode == "notice"]
    return [Event(at, _("A notice about your content was passed on to you")) for at in told]


def _decisions(case: Case) -> list[Event]:
    tones = {"interim": "warn", "restoration": "ok", "cure": "ok"}
    found = decisions.all_of(case.id)
    names = {d.stage: _("You put it right") if d.stage == "cure" else stage_words(d.stage) for d in found}
    return [Event(d.decided_at, names[d.stage], tone=tones.get(d.stage, "plain")) for d in found]


def _cures(case: Case) -> list[Event]:
    events = []
    offer = last_offer(case)
    if offer is not None:
        events.append(Event(offer.offered_at, _("You may put it right yourself")))
        if offer.state == "lapsed":
            events.append(Event(offer.ended_at, _("The time to put it right by yourself is over"), tone="warn"))
    for challenge in challenges(case):
        events.append(Event(challenge.asked_at, _("We asked whether a person is behind the live stream")))
        if challenge.answered_at is not None:
            passed = challenge.state == "passed"
            title = _("A person answered") if passed else _("Nobody answered in time")
            events.append(Event(challenge.answered_at, title, tone="ok" if passed else "warn"))
    return events


def _measures_over(case: Case) -> list[Event]:
    events = []
    for decision in decisions.all_of(case.id):
        for effect in effects_of(decision.id):
            name = pick(book().actions[effect.action.kind].words)
            if effect.state == "ended" and effect.reason != "replaced":
                events.append(Event(effect.ended_at, _("Its time is over: %(measure)s", measure=name), tone="ok"))
    return events


def counter_events(counter: CounterNotice, mine: bool = True) -> list[Event]:
    """The moments of a counter-notice; `mine` is False for the claimant, who did not write it."""
    events = [Event(counter.filed_at, _("You sent a counter-notice"))] if mine else []
    if counter.forwarded_at:
        title = _("Your counter-notice was passed on") if mine else _("The other side sent a counter-notice")
        events.append(Event(counter.forwarded_at, title, tone="plain" if mine else "warn"))
    if counter.arrived_at:
        events.append(Event(counter.arrived_at, _("It has arrived for certain"), _("The waiting time runs from here.")))
    if counter.extended_at:
        events.append(Event(counter.extended_at, _("The waiting time was extended"), _("Papers are being notarised.")))
    proved = [f.proved_at for f in counter.forwards if f.proved_at and f.withdrawn_at is None]
    if proved and mine:
        events.append(Event(min(proved), _("The other side went to court or to an authority"), tone="warn"))
    if counter.ended_at:
        title = {
            "withdrawn": _("You took the counter-notice back") if mine else _("The counter-notice was taken back"),
            "upheld": _("It was settled elsewhere: the decision stays"),
        }.get(counter.end, _("The waiting is over: the measures end"))
        events.append(Event(counter.ended_at, title))
    return events


def appeal_events(appeal: Appeal) -> list[Event]:
    """The moments of a party's own appeal."""
    events = [Event(appeal.filed_at, _("You appealed"))]
    if appeal.taken_at:
        events.append(Event(appeal.taken_at, _("A different person took it on")))
    if appeal.decided_at:
        events.append(Event(appeal.decided_at, _("The appeal was decided"), tone="ok"))
    return events


def appeal_due(appeal: Appeal) -> datetime | None:
    """By when an appeal is decided; None where no clock runs."""
    clock = clocks.get(f"appeal:{appeal.id}", "APPEAL_DECIDE")
    return clock.due_at if clock is not None else None


def restoring(counter: CounterNotice) -> datetime | None:
    """After which moment the content comes back; None while the waiting has not begun."""
    return rules.restore_at(counter.restore_from, counter.restore_by) if counter.restore_by else None


def _next(case: Case) -> list[Event]:
    for counter in queries.of_case(case.id):
        at = restoring(counter)
        if counter.state == "waiting" and at:
            return [
                Event(at, _("After this your content comes back, unless the other side went to court"), tone="next")
            ]
    appeal = own_appeal(case)
    if appeal is not None and appeal.state != "decided":
        return [Event(appeal_due(appeal), _("The appeal is decided by this time"), tone="next")]
    return []


def coming(case: Case) -> str:
    """What is next, in one or two sentences."""
    counters = queries.of_case(case.id)
    for counter in counters:
        said = counter_coming(counter)
        if said:
            return said
    appeal = own_appeal(case)
    if appeal is not None and appeal.state != "decided":
        return _("A person who had nothing to do with the first decision looks at everything again.")
    offer = last_offer(case)
    if case.state in LIVE and offer is not None and offer.state == "offered":
        return _("Put it right by yourself and the case closes. Or tell us here why nothing is wrong.")
    if case.state in LIVE:
        return _("Nothing is decided yet. A reviewer reads what you tell us here before deciding.")
    if case.state == "closed":
        return _("The case is closed.")
    return _("The decision is made. If you think it is wrong, there are ways to contest it.")


def counter_coming(counter: CounterNotice) -> str:
    """What the account waits for after its counter-notice; '' when it is over."""
    at = restoring(counter)
    if counter.state == "returned":
        return _("Your counter-notice is not complete yet. Please add what is missing; then we pass it on.")
    if counter.state in ("valid", "forwarded"):
        return _("We passed your counter-notice on. The waiting time begins when it has arrived for certain.")
    if counter.state == "waiting" and at:
        return _(
            "Your content comes back after %(when)s, unless the other side shows by then that it went to court or "
            "complained to an authority.",
            when=when_zoned(at),
        )
    if counter.state == "held":
        return _(
            "The other side went to court or to an authority. Everything stays as it is until that is settled; this "
            "page shows it then."
        )
    if counter.state == "restored" and counter.end != "appeal":
        return _("The content is back, and the points for it are gone. You need not do anything.")
    return ""
