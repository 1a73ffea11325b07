"""Looking at clocks: one, a case's, a page's, the one that leads, and those at risk; each read as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.core.clock import now
from webapp.core.db import db, need, settings
from webapp.domain.clocks import rules
from webapp.domain.clocks.models import Clock
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Span


@dataclass(frozen=True)
class Reading:
    """A clock as it stands at one moment, without words: a face finds those in the book by `code` and `regime`."""

    id: str
    case_id: str
    on_id: str
    code: str
    regime: str
    state: str
    # Who must act: 'desk', 'software' or 'party'. A party's period that is over is no breach of ours.
    duty: str
    # A number of the law, and the codes of its citations (bases of the book).
    hard: bool
    citations: tuple[str, ...]
    started: datetime
    due: datetime
    earliest: datetime | None
    ended: datetime | None
    paused_since: datetime | None
    paused_for: str
    # How much is used, 0 to 1; the time it stood still left out.
    share: float
    # How far the house is, or was, behind; None while in time.
    late_by: timedelta | None
    alerted: bool
    # The holidays of one of its years are not published yet: the due time may still move by them.
    assumed: bool


def get(on_id: str, code: str) -> Clock | None:
    """This clock on this thing, live or ended; None when it never ran."""
    return db.session.scalar(select(Clock).where(Clock.on_id == on_id, Clock.code == code))


def by_id(clock_id: str) -> Clock:
    """The clock a message names. Raises NotFound."""
    return need(Clock, clock_id, "no_such_clock")


def of_case(case_id: str) -> list[Clock]:
    """Every clock of the case, live and ended, in the order they started, with their pauses."""
    statement = select(Clock).where(Clock.case_id == case_id).options(selectinload(Clock.pauses))
    return list(db.session.scalars(statement.order_by(Clock.started_at, Clock.due_at, Clock.code)))


def latest_due(clock: Clock, back_at: datetime) -> datetime:
    """When the clock is due if what it stands still for ends at `back_at` at the latest; its due time while it runs."""
    if clock.state != "paused":
        return clock.due_at
    stood = rules.apart((p.from_at, p.until_at or back_at) for p in clock.pauses)
    return rules.due(clock.started_at, Span.model_validate(clock.span), settings().timezone, stood)


def leading(case_id: str) -> Clock | None:
    """The strictest clock of the case: of those that run and the desk must meet, the one due first."""
    return db.session.scalar(
        select(Clock)
        .where(Clock.case_id == case_id, Clock.state == "running", Clock.code.in_(_of_duty("desk")))
        .order_by(Clock.due_at, Clock.code)
        .limit(1)
    )


def at_risk(limit: int = 50) -> list[Clock]:
    """Running clocks of the house past their alert, the one due (or overdue) first at the top."""
    return list(
        db.session.scalars(
            select(Clock)
            .where(Clock.state == "running", Clock.alert_at <= now(), Clock.code.in_(_of_duty("desk", "software")))
            .options(selectinload(Clock.pauses))
            .order_by(Clock.due_at, Clock.code, Clock.id)
            .limit(limit)
        )
    )


def readings(case_id: str) -> list[Reading]:
    """Every clock of the case as it stands now, in the order they started."""
    moment = now()
    return [reading(clock, moment) for clock in of_case(case_id)]


def reading(clock: Clock, moment: datetime | None = None) -> Reading:
    """The clock as it stands at `moment` (now). A clock the book no longer names reads as the desk's, without law."""
    entry = book().clocks.get(clock.code)
    duty = entry.duty if entry else "desk"
    moment = moment or now()
    until = clock.ended_at or moment
    still = next((p for p in clock.pauses if p.until_at is None), None)
    # While it stands still its due time waits with it.
    end = still.from_at if still else until
    stood = rules.apart((p.from_at, min(p.until_at or end, end)) for p in clock.pauses if p.from_at < end)
    behind = end - clock.due_at
    return Reading(
        id=clock.id,
        case_id=clock.case_id,
        on_id=clock.on_id,
        code=clock.code,
        regime=clock.regime,
        state=clock.state,
        duty=duty,
        hard=bool(entry and entry.hard),
        citations=entry.bases if entry else (),
        started=clock.started_at,
        due=clock.due_at,
        earliest=clock.earliest_at,
        ended=clock.ended_at,
        paused_since=still.from_at if still else None,
        paused_for=still.reason if still else "",
        share=rules.share(clock.started_at, clock.due_at, end, stood),
        late_by=behind if behind > timedelta() and duty != "party" and clock.state != "cancelled" else None,
        alerted=clock.alerted_at is not None or clock.breached_at is not None,
        assumed=rules.assumed(clock.started_at, clock.due_at, Span.model_validate(clock.span), settings().timezone),
    )


def _of_duty(*duties: str) -> list[str]:
    return [code for code, entry in book().clocks.items() if entry.duty in duties]
