"""The verbs of clocks: something happens and they start or end; they pause, go on, fall away; a lead is told in time.

The rooms say what happened (`happen`); the book says what that starts and ends. Nobody else writes a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.ids import new_id
from webapp.domain.clocks import rules
from webapp.domain.clocks.models import Clock, ClockPause
from webapp.domain.clocks.rules import LIVE
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import ClockKind, Event, Span

# Clocks told of in one transaction: other writers wait for as long as that takes.
BATCH = 100


def happen(
    event: Event,
    *,
    case_id: str,
    on_id: str,
    priority: str,
    kind: str,
    regimes: Collection[str],
    at: datetime | None = None,
) -> list[Clock]:
    """`event` happened to `on_id` (“report:<id>”, “case:<id>”, …): end and start what the book says; gives what began.

    Ends the live clocks on `on_id` and on the case; what happens to the case itself happens to all that runs in it.
    Starts clocks of HOUSE and of `regimes` once for each `on_id`: a repeat changes nothing (see `restart`).
    """
    require_transaction("clocks.happen")
    moment = at or now()
    _end(event, case_id, on_id, moment)
    started = [
        clock
        for code, entry in book().clocks.items()
        if _begins(entry, event, on_id, kind, regimes)
        if (clock := _begin(code, entry, on_id, case_id, priority, moment, regimes)) is not None
    ]
    _note("start", started, event=event)
    return started


def start(
    code: str,
    on_id: str,
    *,
    case_id: str,
    priority: str,
    regimes: Collection[str] = (),
    at: datetime | None = None,
) -> Clock | None:
    """Start one clock that follows from a person's choice rather than from an event (WAIT_EXT_IP).

    None when it ran before, or when the book gives it no time for this priority. `regimes`: for a clock that serves
    several, those it runs under here.
    """
    require_transaction("clocks.start")
    clock = _begin(code, book().clocks[code], on_id, case_id, priority, at or now(), regimes)
    _note("start", [clock] if clock else [])
    return clock


def restart(
    code: str,
    on_id: str,
    *,
    case_id: str,
    priority: str,
    regimes: Collection[str] = (),
    at: datetime | None = None,
) -> Clock | None:
    """Run a clock anew for a second time of the same thing (returned for completion once more). The audit log keeps
    how the first time ended."""
    require_transaction("clocks.restart")
    before = db.session.scalar(select(Clock).where(Clock.code == code, Clock.on_id == on_id))
    if before is not None:
        _note("restart", [before], started=before.started_at.isoformat())
        db.session.execute(delete(ClockPause).where(ClockPause.clock_id == before.id))
        db.session.delete(before)
        db.session.flush()  # its name (code, on_id) must be free for the new one
        regimes = regimes or (before.regime,)
    return start(code, on_id, case_id=case_id, priority=priority, regimes=regimes, at=at)


def pause(on_id: str, reason: str) -> list[Clock]:
    """Let those clocks on `on_id` stand still that the book lets for this reason ('returned', 'cure', 'asked_reporter',
    'asked_respondent'): never one of an urgent priority, of a law that runs on, or one already late. Gives these.

    A clock stands still as long as any reason holds; each ends alone (`resume`).
    """
    require_transaction("clocks.pause")
    moment = now()
    paused = [clock for clock in _live(on_id) if _may_stand(clock, reason, moment)]
    for clock in paused:
        clock.state = "paused"
        clock.pauses.append(ClockPause(id=new_id(), reason=reason, from_at=moment, until_at=None))
    _note("pause", paused, reason=reason)
    return paused


def _may_stand(clock: Clock, reason: str, moment: datetime) -> bool:
    entry = book().clocks.get(clock.code)
    if entry is None or not entry.stands_still(reason) or book().urgent(clock.priority):
        return False
    if clock.state == "paused":
        return not any(p.reason == reason and p.until_at is None for p in clock.pauses)
    return clock.due_at >= moment


def resume(on_id: str, reason: str = "") -> list[Clock]:
    """This reason ended ('' = all of them): what nothing else holds goes on, due later by the time it stood still, in
    its own calendar. Gives what goes on."""
    require_transaction("clocks.resume")
    moment = now()
    resumed = [clock for clock in _live(on_id) if clock.state == "paused" and _go_on(clock, moment, reason)]
    _note("resume", resumed)
    return resumed


def cancel(on_id: str) -> None:
    """What the clocks on `on_id` waited for fell away (withdrawn, lapsed): they neither met nor missed anything."""
    require_transaction("clocks.cancel")
    _cancel(_live(on_id))


def cancel_case(case_id: str) -> None:
    """The whole case fell away."""
    require_transaction("clocks.cancel_case")
    _cancel(db.session.scalars(select(Clock).where(Clock.case_id == case_id, Clock.state.in_(LIVE))).all())


def watch() -> int:
    """Post `clock.alert`(clock_id, stage) for what passed its alert ('alert') or its due time ('breach') since the last
    look; gives how many, at most BATCH. One indexed query, whatever runs, stands still or ended; each is told once.
    """
    require_transaction("clocks.watch")
    moment = now()
    passed = db.session.scalars(
        select(Clock)
        .where(Clock.state == "running", Clock.watch_at < moment)
        .order_by(Clock.watch_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite's writers take turns anyway
    ).all()
    for clock in passed:
        if clock.due_at < moment:
            _breach(clock, moment)
        else:
            clock.alerted_at, clock.watch_at = moment, clock.due_at
            outbox.post("clock.alert", clock_id=clock.id, stage="alert")
    return len(passed)


def _begins(entry: ClockKind, event: Event, on_id: str, kind: str, regimes: Collection[str]) -> bool:
    return (
        entry.enabled
        and entry.starts == event
        and on_id.startswith(f"{entry.on}:")
        and entry.serves(regimes)
        and (not entry.kinds or kind in entry.kinds)
    )


def _begin(
    code: str,
    entry: ClockKind,
    on_id: str,
    case_id: str,
    priority: str,
    moment: datetime,
    regimes: Collection[str],
) -> Clock | None:
    span = entry.span or entry.by_priority.get(priority)
    if span is None:
        return None
    zone = settings().timezone
    due_at = rules.due(moment, span, zone)
    alert_at = rules.alert(moment, due_at, book().numbers.alert_percent)
    db.session.flush()  # the case it points at may be new in this transaction
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(Clock).values(
        id=new_id(),
        code=code,
        on_id=on_id,
        case_id=case_id,
        regime=next((r for r in (entry.regime, *entry.also) if r in regimes), entry.regime),
        state="running",
        priority=priority,
        span=span.model_dump(exclude_defaults=True),
        started_at=moment,
        due_at=due_at,
        earliest_at=rules.due(moment, entry.earliest, zone) if entry.earliest else None,
        alert_at=alert_at,
        watch_at=alert_at if entry.duty != "party" else None,
        book_version=book().version,
    )
    made = db.session.scalar(
        statement.on_conflict_do_nothing(index_elements=[Clock.code, Clock.on_id]).returning(Clock.id)
    )
    return db.session.get(Clock, made) if made is not None else None


def _end(event: Event, case_id: str, on_id: str, moment: datetime) -> None:
    codes = {code for code, entry in book().clocks.items() if event in entry.ends}
    statement = select(Clock).where(Clock.case_id == case_id, Clock.state.in_(LIVE), Clock.code.in_(codes))
    if on_id != f"case:{case_id}":
        statement = statement.where(Clock.on_id.in_((on_id, f"case:{case_id}")))
    ended = db.session.scalars(statement).all() if codes else []
    for clock in ended:
        if clock.state == "paused":
            _go_on(clock, moment)
        late = moment > clock.due_at and book().clocks[clock.code].duty != "party"
        if late and clock.breached_at is None:
            _breach(clock, moment)  # it was over before the minute's look saw it
        clock.state, clock.ended_at = "late" if late else "met", moment
    _note("end", ended, event=event)


def _go_on(clock: Clock, moment: datetime, reason: str = "") -> bool:
    """One reason, or all, to stand still ended; whether the clock runs again."""
    for stretch in clock.pauses:
        if reason in ("", stretch.reason):
            stretch.until_at = stretch.until_at or moment
    if any(stretch.until_at is None for stretch in clock.pauses):
        return False
    stood = rules.apart((p.from_at, p.until_at or moment) for p in clock.pauses)
    before = clock.due_at
    clock.due_at = rules.due(clock.started_at, Span.model_validate(clock.span), settings().timezone, stood)
    # The alert keeps its distance to the end: the same time is left after it as before the pause.
    clock.alert_at += clock.due_at - before
    if clock.watch_at is not None:
        clock.watch_at = clock.due_at if clock.alerted_at else clock.alert_at
    clock.state = "running"
    return True


def _breach(clock: Clock, moment: datetime) -> None:
    clock.breached_at, clock.watch_at = moment, None
    _note("breach", [clock])
    outbox.post("clock.alert", clock_id=clock.id, stage="breach")


def _cancel(clocks: Iterable[Clock]) -> None:
    moment, gone = now(), list(clocks)
    for clock in gone:
        for stretch in clock.pauses:
            stretch.until_at = stretch.until_at or moment
        clock.state, clock.ended_at = "cancelled", moment
    _note("cancel", gone)


def _live(on_id: str) -> list[Clock]:
    return list(db.session.scalars(select(Clock).where(Clock.on_id == on_id, Clock.state.in_(LIVE))))


def _note(verb: str, clocks: Sequence[Clock], **facts: Any) -> None:
    """One entry in the audit log for what one act did to a case's clocks; none when it did nothing."""
    if clocks:
        states = [{"code": c.code, "on": c.on_id, "due": c.due_at.isoformat(), "state": c.state} for c in clocks]
        record(SYSTEM, f"clock.{verb}", "case", clocks[0].case_id, clocks=states, **facts)
