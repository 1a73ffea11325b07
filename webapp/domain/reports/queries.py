"""Looking at reports and their subjects."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db, need
from webapp.core.errors import NotFound
from webapp.core.ids import read_reference
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import Report, ReportEvidence, Subject


def get(report_id: str) -> Report:
    """The report. Raises NotFound."""
    return need(Report, report_id, "no_such_report")


def by_reference(reference: str) -> Report:
    """The report with this reference as typed. Raises NotFound. It names, it does not open: check the secret first."""
    report = db.session.scalar(select(Report).where(Report.reference == read_reference(reference)))
    if report is None:
        raise NotFound("no_such_report")
    return report


def subject(subject_id: str) -> Subject:
    """The subject. Raises NotFound."""
    return need(Subject, subject_id, "no_such_subject")


def items_of(report_id: str) -> list[Evidence]:
    """The report's items that were not taken back, in the order they came."""
    return list(
        db.session.scalars(
            select(Evidence)
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .where(ReportEvidence.report_id == report_id, Evidence.dropped_at.is_(None))
            .order_by(ReportEvidence.added_at, Evidence.id)
        )
    )


def captured_of(subject_id: str) -> list[Evidence]:
    """What was already captured from the platform for this content."""
    return list(
        db.session.scalars(
            select(Evidence)
            .distinct()
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .join(Report, Report.id == ReportEvidence.report_id)
            .where(Report.subject_id == subject_id, Evidence.source == "platform")
            .order_by(Evidence.received_at)
        )
    )
