"""Letters to the desk's leads: a clock is nearly used up or over, an urgent case came in. Numbers and links only."""

from __future__ import annotations

from webapp.core.db import db
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.rules import priority_of
from webapp.domain.clocks.models import Clock
from webapp.domain.notifications import queries
from webapp.domain.notifications.contexts import staff
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.service import language, to_staff
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def alert(clock: Clock, stage: str) -> list[Letter]:
    """Each lead hears of a desk's clock at the book's share of it ('alert') and when it is over ('breach') (N23).

    None for a clock that was met or fell away meanwhile: nobody can do anything about it any more.
    """
    if clock.state not in ("running", "paused"):
        return []
    case, letters = cases.get(clock.case_id), []
    for lead in queries.leads():
        context = staff.clock(case.reference, clock.code, clock.due_at, stage == "breach", language(lead.language))
        letters.append(to_staff("clock_alert", lead, case, f"clock:{clock.id}:{stage}", context))
    return letters


def urgent(report: Report) -> list[Letter]:
    """Each lead hears of an urgent case, once, by its number alone (N24)."""
    if not book().urgent(priority_of(report, book())):
        return []
    entry = db.session.get_one(CaseReport, report.id)
    case: Case = entry.case
    return [
        to_staff("urgent_arrived", lead, case, f"urgent:{case.id}", staff.urgent(case.reference))
        for lead in queries.leads()
    ]
