"""Who must not see a first decision yet: whoever could be the second person of an open appeal and has not found.

The appeals room says so of its cases (`blind`), the room of quality of those looked at a second time; the desk asks
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from webapp.domain.appeals import blind
from webapp.domain.appeals.models import Appeal, CounterNotice
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.notifications.models import Letter
from webapp.domain.quality import queries as quality
from webapp.domain.reports.models import Report, ReportEvidence
from webapp.domain.staff.models import Staff


def hides(case_id: str, staff: Staff) -> bool:
    """Whether this person must not see who decided the case, what and why: they may have to decide its appeal, or are
    deciding it a second time, blind (quality)."""
    return hides_from(case_id, staff.id)


def hides_from(case_id: str, staff_id: str) -> bool:
    """The same for the id of a person."""
    return blind.hides(case_id, staff_id) or quality.hides(case_id, staff_id)


def hidden_cases(staff: Staff) -> list[str]:
    """Ids of all cases of which this is so, in two queries."""
    return [*blind.hidden_cases(staff.id), *quality.hidden_cases(staff.id)]


def objects_of(case_ids: Sequence[str]) -> Select[Any]:
    """The ids of everything whose entries in the log would tell who worked on these cases, or what was decided."""
    reports = select(CaseReport.report_id).where(CaseReport.case_id.in_(case_ids))
    parts = union_all(
        select(CaseReport.case_id).where(CaseReport.case_id.in_(case_ids)),
        select(Case.id).where(Case.merged_into_id.in_(case_ids)),
        reports,
        select(Report.standing_id).where(Report.id.in_(reports)),
        select(ReportEvidence.evidence_id).where(ReportEvidence.report_id.in_(reports)),
        select(Decision.id).where(Decision.case_id.in_(case_ids)),
        select(Action.id).join(Decision, Decision.id == Action.decision_id).where(Decision.case_id.in_(case_ids)),
        select(Letter.id).where(Letter.case_id.in_(case_ids)),
        select(CounterNotice.id).where(CounterNotice.case_id.in_(case_ids)),
        select(Appeal.id).where(Appeal.case_id.in_(case_ids)),
    ).subquery()
    return select(parts.c[0])


def outside(column: Any, case_ids: Sequence[str]) -> ColumnElement[bool]:
    """A condition that leaves out rows whose `column` is one of these cases."""
    return or_(column.is_(None), column.not_in(case_ids))
