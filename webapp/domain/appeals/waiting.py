"""Counting the waiting time: when each claimant had the copy for certain, until when content stays down, reminders."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Refused
from webapp.domain.appeals import queries, rules
from webapp.domain.appeals.models import CounterForward, CounterNotice
from webapp.domain.appeals.redaction import scrubbed
from webapp.domain.appeals.rules import COUNTER
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.clocks import queries as clock_rows
from webapp.domain.clocks import service as clocks
from webapp.domain.clocks.rules import due
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Event
from webapp.domain.staff.models import Staff


def start_waiting(counter: CounterNotice, since: datetime) -> None:
    """The waiting time runs from `since`; from when and until when the content comes back is the clock's."""
    code = book().regimes[counter.regime].wait
    clock, span = clock_rows.get(on_id(counter), code), book().clocks[code].span
    counter.restore_from = clock.earliest_at if clock else None
    counter.restore_by = clock.due_at if clock else due(since, span, settings().timezone) if span else since
    counter.state = COUNTER.step(counter.state, "wait")


def mark_mailed(counter_id: str, report_id: str, at: datetime | None = None) -> None:
    """The mail server took the letter with the copy: it counts as arrived `arrival_hours` later. Once; repeats keep the
    first time."""
    require_transaction("appeals.mark_mailed")
    sent = queries.forward(counter_id, report_id)
    if sent.mailed_at is None:
        sent.mailed_at = at or now()
        record(SYSTEM, "counter.mail", "counter", counter_id, report=report_id)


def mark_read(counter_id: str, report_id: str) -> None:
    """The claimant saw the copy on her tracking page: it has arrived, now at the latest. Repeats change nothing."""
    require_transaction("appeals.mark_read")
    counter = queries.locked(counter_id)
    sent = queries.forward(counter_id, report_id)
    if sent.read_at is None:
        sent.read_at = now()
        _arrive(counter, sent, sent.read_at, Actor("reporter", report_id), "read")


def confirm_arrival(counter_id: str, report_id: str, staff: Staff, note: str) -> None:
    """The desk proves arrival otherwise (by post, by telephone) where letters did not get through. `note` says how.

    Raises Refused: 'arrival_unexplained', 'arrived_already'.
    """
    require_transaction("appeals.confirm_arrival")
    counter = queries.locked(counter_id)
    sent = queries.forward(counter_id, report_id)
    if not note.strip():
        raise Refused("arrival_unexplained")
    if sent.arrived_at is not None:
        raise Refused("arrived_already")
    touch(counter.case_id, staff.id)
    _arrive(counter, sent, now(), as_actor(staff), scrubbed(note.strip()))  # the audit log forgets nothing


def arrive_due() -> int:
    """Letters the mail server took `arrival_hours` ago have arrived (law.md §4.2); gives how many."""
    require_transaction("appeals.arrive_due")
    hours = timedelta(hours=book().numbers.arrival_hours)
    ripe = queries.arriving()
    for sent in ripe:
        if sent.mailed_at is not None:
            _arrive(queries.locked(sent.counter_id), sent, sent.mailed_at + hours, SYSTEM, "mail")
    return len(ripe)


def _arrive(counter: CounterNotice, sent: CounterForward, at: datetime, actor: Actor, how: str) -> None:
    """One claimant has it for certain. An earlier proof stands; the last claimant's arrival starts the waiting."""
    if sent.arrived_at is not None:
        return
    sent.arrived_at = at
    record(actor, "counter.arrive", "counter", counter.id, report=sent.report_id, at=at.isoformat(), how=how)
    db.session.flush()  # the next look reads every claimant's row
    wait_if_arrived(counter)


def wait_if_arrived(counter: CounterNotice) -> None:
    """Start the waiting time once every claimant who still claims has the copy, from the last one's arrival."""
    arrived = rules.arrival(queries.standing(counter))
    if arrived is None:
        return
    if counter.arrived_at is None:
        counter.arrived_at = arrived
    if counter.state == "forwarded":
        tell_clocks(counter, "arrived", arrived)
        start_waiting(counter, arrived)


def remind_due() -> int:
    """Post `counter.reminder`(counter_id, days) before content comes back, once for each day of the book."""
    require_transaction("appeals.remind_due")
    moment, posted = now(), 0
    for counter in queries.waiting():
        since = counter.extended_at or counter.arrived_at or counter.forwarded_at
        if counter.restore_by is None or since is None:
            continue
        end = rules.restore_at(counter.restore_from, counter.restore_by)
        days = rules.reminder(end, moment, book().numbers.restore_reminder_days, counter.reminded, since)
        if days:
            counter.reminded = [*counter.reminded, days]
            outbox.post("counter.reminder", counter_id=counter.id, days=days)
            posted += 1
    return posted


def tell_clocks(counter: CounterNotice, event: Event, at: datetime | None = None) -> None:
    """Something happened to the counter-notice: its regime's clocks start and end."""
    case = counter.case
    clocks.happen(
        event,
        case_id=case.id,
        on_id=on_id(counter),
        priority=case.priority,
        kind=case.kind,
        regimes=(counter.regime,),
        at=at,
    )


def on_id(counter: CounterNotice) -> str:
    """What its clocks run on."""
    return f"counter:{counter.id}"
