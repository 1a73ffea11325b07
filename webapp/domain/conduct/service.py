"""A person marks a report as misuse, or takes the mark back; the steps follow from the marks."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.conduct import queries
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.conduct.rules import Next, counts, lives, next_step
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.rules import priority


def mark(report: Report, grade: str, reason: str, staff_id: str) -> ConductStep | None:
    """Mark a report as 'unfounded' (manifestly) or 'bad_faith'; gives the step that follows, None when none does.

    A rejected report is no misuse; only a person's finding with a reason counts (DSA art 23, law.md §5.5). An
    anonymous report can be marked, but nobody is found again by it. Posts `conduct.stepped`. Raises Refused:
    'mark_reason_missing', 'mark_exempt' (a good-faith report of an urgent or exempt kind).
    """
    require_transaction("conduct.mark")
    if not reason.strip():
        raise Refused("mark_reason_missing")
    if not counts(report.kind, priority(report.kind, report.circumstances, book()), grade, book()):
        raise Refused("mark_exempt")
    index, moment = report.standing.reporter.email_index, now()
    found = db.session.get(ConductMark, report.id)
    if found is not None and found.removed_at is None and found.grade == grade:
        return None  # said already
    if found is None:
        found = ConductMark(report_id=report.id, reporter_index=index)
        db.session.add(found)
    found.grade, found.reason, found.staff_id = grade, reason.strip(), staff_id
    found.marked_at, found.removed_at = moment, None
    record(Actor("staff", staff_id), "conduct.mark", "report", report.id, grade=grade)
    db.session.flush()  # the tally counts it
    return _step(report.id, index, grade, staff_id, moment) if index else None


def _step(report_id: str, index: str, grade: str, staff_id: str, moment: datetime) -> ConductStep | None:
    tally, conduct = queries.tally(index, moment), book().conduct
    live = [s for s in queries.steps_of(index) if lives(s, moment, conduct)]
    if any(s.report_id == report_id for s in live):
        return None  # a graver word on a report that already led to a step
    following = next_step(len(live), tally, grade, conduct)
    if following is None:
        return None
    taken = ConductStep(
        id=new_id(),
        reporter_index=index,
        report_id=report_id,
        step=following.code,
        marks=tally.marks,
        reports=tally.reports,
        staff_id=staff_id,
        from_at=moment,
        until_at=_end(following, moment),
    )
    db.session.add(taken)
    days = following.days or 0
    record(Actor("staff", staff_id), f"conduct.{taken.step}", "report", report_id, step=taken.id, days=days)
    outbox.post("conduct.stepped", step_id=taken.id)
    return taken


def _end(step: Next, moment: datetime) -> datetime | None:
    return moment + timedelta(days=step.days) if step.days else None


def unmark(report_id: str) -> None:
    """Take a mark back (an appeal found otherwise): steps that the remaining marks would not have led to are lifted.

    The latest steps fall first, because each is what it is by what came before. No mark, or one taken back: nothing.
    """
    require_transaction("conduct.unmark")
    found = queries.mark_of(report_id)
    if found is None:
        return
    moment, index = now(), found.reporter_index
    found.removed_at = moment
    record(SYSTEM, "conduct.unmark", "report", report_id)
    db.session.flush()  # the tallies below do not count it any more
    standing = [s for s in queries.steps_of(index) if lives(s, moment, book().conduct)]
    for step in standing[_earned(index, standing) :]:
        step.lifted_at = moment
        record(SYSTEM, "conduct.lift", "report", step.report_id, step=step.id, code=step.step)


def _earned(index: str, standing: list[ConductStep]) -> int:
    """How many of the steps in force the marks that stand would have led to, each mark in its own time."""
    if not standing:
        return 0
    conduct, since = book().conduct, standing[0].from_at - timedelta(days=book().conduct.window_days)
    taken = 0
    for mark in queries.marks_of(index):
        if mark.marked_at > since and next_step(taken, queries.tally(index, mark.marked_at), mark.grade, conduct):
            taken += 1
    return min(taken, len(standing))
