"""Coming into a case and leaving it: each report has its own row, its own clocks, and its own way out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id, new_reference
from webapp.domain.cases import queries
from webapp.domain.cases.families import kept_about
from webapp.domain.cases.life import changed, move, on_report, tell_case, tell_report
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.rules import LIFE, LIVE, priority_of
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import service as clocks
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def open_or_join(report: Report, actor: Actor, *, complete: bool = True) -> Case:
    """The live case of the report's subject, or a new one; the report gets its own row in it, and its clocks start.

    With complete=False the notice is not valid yet: only what runs from its receipt starts, and the caller returns it
    (`notices.return_for_completion`).
    """
    require_transaction("cases.open_or_join")
    case = live_case(report.subject_id)
    if case is None:
        case = start(report, actor)
    else:
        changed(case, actor)
    db.session.add(CaseReport(report_id=report.id, case_id=case.id, joined_at=now()))
    db.session.flush()  # the clocks ask which reports are in the case
    record(actor, "case.join", "case", case.id, report=report.id)
    weigh(case)
    _begin(case, report, complete)
    weigh(case)
    return case


def live_case(subject_id: str) -> Case | None:
    """The case that waits for the desk and takes in what else is reported about this content: its own, or the one its
    own was merged into. Parts that were split off take in nothing.
    """
    own = select(Case).where(Case.subject_id == subject_id, Case.state.in_(LIVE), Case.part == 0)
    case = db.session.scalar(own) or kept_about(subject_id)
    return case if case is not None and case.state in LIVE else None


def start(report: Report, actor: Actor, part: int = 0, subject_id: str = "") -> Case:
    """A new case for the report's subject (or `subject_id`), as urgent as the report; nobody has joined it yet."""
    priority = priority_of(report, book())
    moment = now()
    case = Case(
        id=new_id(),
        reference=new_reference("C"),
        subject_id=subject_id or report.subject_id,
        part=part,
        state=LIFE.start,
        version=1,
        priority=priority,
        kind=report.kind,
        # Until the first clock runs, a moment later: the promise of the priority.
        due_at=moment + timedelta(hours=book().priorities[priority].decision_hours),
        opened_at=moment,
    )
    db.session.add(case)
    db.session.flush()  # the report's row and the clocks point at it
    record(actor, "case.open", "case", case.id, subject=case.subject_id)
    return case


def _begin(case: Case, report: Report, complete: bool) -> None:
    tell_report(case, report, "submitted", report.received_at)
    tell_case(case, "submitted", report.received_at)
    if complete and report.mode == "notice":
        tell_report(case, report, "valid")
        tell_case(case, "valid")


def acknowledge(report: Report, at: datetime | None = None) -> None:
    """The receipt letter was written, or there is no address to write to: then the page with reference and secret,
    shown when the report was sent, is the receipt. Ends the clock of acknowledgement (DSA art 16(4)).
    """
    require_transaction("cases.acknowledge")
    tell_report(queries.case_of(report.id), report, "acknowledged", at)


def withdraw(report: Report, actor: Actor) -> None:
    """Take a report back. The last one out closes the case; a decided case stays decided (Refused)."""
    require_transaction("cases.withdraw")
    entry = queries.entry_of(report.id)
    case = entry.case
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    if entry.withdrawn_at is not None:
        return
    entry.withdrawn_at = now()
    clocks.cancel(on_report(report))
    record(actor, "report.withdraw", "report", report.id, case=case.id)
    if queries.active_reports(case.id):
        changed(case, actor)
        if case.state == "asked" and not queries.waits_for_answer(case.id):
            move(case, "resume", actor)
    else:
        move(case, "withdraw", actor)
    weigh(case)
    outbox.post("report.withdrawn", report_id=report.id)
