"""What the queue shows of a case besides its facts: the best match and a picture, from its reports' evidence."""

from __future__ import annotations

from sqlalchemy import and_, select

from webapp.core.db import db
from webapp.domain.cases.models import CaseReport
from webapp.domain.evidence.models import Evidence, Preview
from webapp.domain.matching.models import Match
from webapp.domain.reports.models import ReportEvidence


def bands(case_id: str) -> list[str]:
    """The bands of the comparisons made for the case: of the platform's own copies where there are any, since what a
    reporter sends in as "reported" may be her own file."""
    rows = db.session.execute(
        select(Evidence.source, Match.band)
        .distinct()
        .join(Match, Match.query_id == Evidence.id)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .where(CaseReport.case_id == case_id, CaseReport.withdrawn_at.is_(None), Match.superseded_at.is_(None))
    ).all()
    captured = [band for source, band in rows if source == "platform"]
    return captured or [band for _source, band in rows]


def thumb_of(case_id: str) -> str | None:
    """The first reported item of the case that has a thumbnail, the platform's own copy first."""
    return db.session.scalar(
        select(Evidence.id)
        .join(Preview, and_(Preview.evidence_id == Evidence.id, Preview.kind == "thumb"))
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .where(CaseReport.case_id == case_id, Evidence.role == "alleged", Evidence.dropped_at.is_(None))
        .order_by(Evidence.source, Evidence.received_at)
        .limit(1)
    )
