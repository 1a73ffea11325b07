"""Looking at how a reporter has used the form, found by the blind index of the address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.conduct.rules import Tally, holds, lives
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def step(step_id: str) -> ConductStep:
    """The step. Raises NotFound."""
    return need(ConductStep, step_id, "no_such_step")


def steps_of(reporter_index: str) -> list[ConductStep]:
    """All steps taken with this reporter, oldest first, those taken back too; none for the anonymous index ''."""
    if not reporter_index:
        return []
    return list(
        db.session.scalars(
            select(ConductStep)
            .where(ConductStep.reporter_index == reporter_index)
            .order_by(ConductStep.from_at, ConductStep.id)
        )
    )


def current(reporter_index: str) -> ConductStep | None:
    """The step that restricts this reporter now: a suspension before a slower queue; None when none does."""
    moment = now()
    live = [s for s in steps_of(reporter_index) if holds(s, moment)]
    return max(live, key=lambda s: (s.step == "suspended", s.until_at), default=None)


def standing_of(reporter_index: str) -> str:
    """'suspended', 'slower', or '' for a reporter nothing is held against now."""
    found = current(reporter_index)
    return found.step if found else ""


def misused(reporter_indexes: Collection[str]) -> bool:
    """Whether each of these reporters was told of a misuse within the window, and nobody took it back; False for
    none. A mark that led to no step is not enough: one dismissal alone counts against nobody.
    """
    rows = db.session.scalars(select(ConductStep).where(ConductStep.reporter_index.in_(reporter_indexes)))
    moment = now()
    told = {row.reporter_index for row in rows if lives(row, moment, book().conduct)}
    return bool(reporter_indexes) and told >= set(reporter_indexes)


def tally(reporter_index: str, moment: datetime) -> Tally:
    """Reports of the window that ends at `moment`, and how many of them carry a mark that stands."""
    since = moment - timedelta(days=book().conduct.window_days)
    mine = (
        select(func.count(Report.id))
        .join(Standing, Standing.id == Report.standing_id)
        .join(Reporter, Reporter.id == Standing.reporter_id)
        .where(Reporter.email_index == reporter_index, Report.received_at > since, Report.received_at <= moment)
    )
    marked = mine.join(ConductMark, ConductMark.report_id == Report.id).where(
        ConductMark.removed_at.is_(None), ConductMark.marked_at <= moment
    )
    return Tally(marks=db.session.scalar(marked) or 0, reports=db.session.scalar(mine) or 0)


def mark_of(report_id: str) -> ConductMark | None:
    """The mark on this report, unless there is none or it was taken back."""
    found = db.session.get(ConductMark, report_id)
    return found if found is not None and found.removed_at is None else None


def marks_of(reporter_index: str) -> list[ConductMark]:
    """This reporter's marks that stand, oldest first."""
    return list(
        db.session.scalars(
            select(ConductMark)
            .where(ConductMark.reporter_index == reporter_index, ConductMark.removed_at.is_(None))
            .order_by(ConductMark.marked_at, ConductMark.report_id)
        )
    )
