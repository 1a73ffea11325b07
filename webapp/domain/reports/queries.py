"""Looking at reports, their subjects, and who may not report them again."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from webapp.core.db import db, need
from webapp.core.errors import NotFound
from webapp.core.ids import read_reference
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import NoticeBar, Report, ReportEvidence, Subject
from webapp.domain.reports.rules import subject_key


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


def subject_named(platform: str, content_ref: str, address: str) -> Subject | None:
    """The subject these words lead to, if anybody reported it before."""
    return db.session.scalar(select(Subject).where(Subject.key == subject_key(platform, content_ref, address)))


def barred(subject_id: str, reporter_index: str, regimes: Collection[str]) -> list[str]:
    """Those of the regimes under which this reporter can no longer notify this item; none for the index ''."""
    if not reporter_index:
        return []
    return list(
        db.session.scalars(
            select(NoticeBar.regime)
            .where(
                NoticeBar.subject_id == subject_id,
                NoticeBar.reporter_index == reporter_index,
                NoticeBar.regime.in_(regimes),
            )
            .order_by(NoticeBar.regime)
        )
    )


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
