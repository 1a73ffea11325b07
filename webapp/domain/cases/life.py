"""The one place that writes a case's state, its place in the queue, its clocks' events, and who touched it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.cases import queries
from webapp.domain.cases.models import Case, CaseTouch, Claim
from webapp.domain.cases.rules import LIFE, LIVE, priority_of
from webapp.domain.cases.weighing import reorder, weigh
from webapp.domain.clocks import service as clocks
from webapp.domain.clocks.models import Clock
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Event
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


def move(case: Case, verb: str, actor: Actor, **facts: Any) -> None:
    """Step the lifecycle, write the audit entry. Raises Refused when the table does not know the step.

    A case that is over without a decision posts `case.ended`: what was held for the time being is let go.
    """
    require_transaction("cases.move")
    before, moment = case.state, now()
    case.state = LIFE.step(before, verb)
    case.version += 1
    if verb in ("decide", "cure"):
        case.decided_at = moment
    case.closed_at = (case.closed_at or moment) if case.state == "closed" else None
    reorder(case)
    record(actor, f"case.{verb}", "case", case.id, before=before, after=case.state, **facts)
    if case.state == "closed" and before != "closed" and case.decided_at is None:
        db.session.execute(delete(Claim).where(Claim.case_id == case.id))
        clocks.cancel_case(case.id)
        outbox.post("case.ended", case_id=case.id)
    if before == "asked" and case.state in LIVE and case.state != "asked":
        _stop_waiting(case)


def _stop_waiting(case: Case) -> None:
    """There is something to do for the desk again: its own time goes on, whoever's answer it stood still for."""
    for entry in case.entries:
        for side in ("reporter", "respondent"):
            clocks.resume(on_report(entry.report), f"asked_{side}")
    weigh(case)


def changed(case: Case, actor: Actor) -> None:
    """Something a decision depends on changed: the version goes up, and a waiting proposal no longer fits."""
    require_transaction("cases.changed")
    if case.state == "proposed":
        move(case, "outdate", actor)
    else:
        case.version += 1


def on_report(report: Report) -> str:
    """The name under which a report's own clocks run."""
    return f"report:{report.id}"


def tell_report(case: Case, report: Report, event: Event, at: datetime | None = None) -> list[Clock]:
    """Something happened to one report: its own clocks start and end; gives what started. A tip runs under the house's
    clocks only.
    """
    return clocks.happen(
        event,
        case_id=case.id,
        on_id=on_report(report),
        priority=priority_of(report, book()),
        kind=report.kind,
        regimes=regimes(report),
        at=at,
    )


def tell_case(case: Case, event: Event, at: datetime | None = None) -> list[Clock]:
    """Something happened to the case as a whole: the clocks that run in it end, those on it start; gives these."""
    served = sorted({code for report in queries.active_reports(case.id) for code in regimes(report)})
    return clocks.happen(
        event,
        case_id=case.id,
        on_id=f"case:{case.id}",
        priority=case.priority,
        kind=case.kind,
        regimes=served,
        at=at,
    )


def tell_clocks(case: Case, event: Event, at: datetime | None = None) -> None:
    """Something happened to the case and so to every report in it. Afterwards the case is weighed again."""
    require_transaction("cases.tell_clocks")
    for report in queries.active_reports(case.id):
        tell_report(case, report, event, at)
    tell_case(case, event, at)
    weigh(case)


def regimes(report: Report) -> Sequence[str]:
    """The regimes whose clocks a report starts; none for a tip (law.md §2)."""
    return tuple(report.regimes) if report.mode == "notice" else ()


def touch(case_id: str, staff_id: str) -> None:
    """Note that somebody worked on the case; once is enough. The database keeps them from deciding its appeal."""
    require_transaction("cases.touch")
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(CaseTouch).values(case_id=case_id, staff_id=staff_id, first_at=now())
    db.session.execute(statement.on_conflict_do_nothing(index_elements=[CaseTouch.case_id, CaseTouch.staff_id]))


def as_actor(staff: Staff) -> Actor:
    """A person of the desk as the audit log names them."""
    return Actor("staff", staff.id, staff.name)
