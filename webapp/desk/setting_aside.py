"""Setting a match aside for one claimant, and letting it count again: the reviewer says why, everybody sees it."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import func, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import _, pick
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.steps import report_of, step
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.matching import setting_aside as verbs
from webapp.domain.matching.models import Match
from webapp.domain.reports.models import Report, ReportEvidence


@bp.post("/case/<reference>/matches/<match_id>/aside")
@need("review")
def set_match_aside(reference: str, match_id: str) -> Any:
    """Confirm a match as wrong for the claimant of the report it belongs to."""

    def work(case: Case) -> str:
        match = db.session.get(Match, match_id)
        found = _report(case, match) if match else None
        if match is None or found is None:
            raise NotFound("no_such_match")
        report = report_of(case, found)
        given = request.form
        made = verbs.set_aside(match, report, given.get("why", ""), given.get("note", ""), me().id, my_actor())
        weigh(case)
        entry = verbs.reasons()[made.reason]
        return _("Set aside for this claimant: %(why)s.", why=pick(entry))

    return step(reference, "aside", work)


@bp.post("/case/<reference>/aside/<suppression_id>/lift")
@need("review")
def count_again(reference: str, suppression_id: str) -> Any:
    """Let what was set aside count again."""

    def work(case: Case) -> str:
        verbs.lift(suppression_id, my_actor())
        weigh(case)
        return _("It counts again.")

    return step(reference, "aside", work)


def _report(case: Case, match: Match) -> str | None:
    """The report of this case the reported item belongs to; the one that also brought the reference goes first."""
    sides = (match.query_id, match.reference_id)
    rows = db.session.execute(
        select(Report.id, func.count())
        .join(CaseReport, CaseReport.report_id == Report.id)
        .join(ReportEvidence, ReportEvidence.report_id == Report.id)
        .where(CaseReport.case_id == case.id, ReportEvidence.evidence_id.in_(sides))
        .group_by(Report.id)
        .order_by(func.count().desc(), Report.id)
    ).all()
    return rows[0][0] if rows else None
