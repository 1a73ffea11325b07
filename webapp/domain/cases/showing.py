"""What the queue shows of a case besides its facts: the best match and a picture, from its reports' evidence."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.db import db
from webapp.domain.biometrics.rules import PURPOSES
from webapp.domain.cases.models import CaseReport
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence.models import Evidence, Preview
from webapp.domain.matching.models import Match
from webapp.domain.matching.setting_aside import Aside
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report, ReportEvidence


def bands(case_id: str, *, by_consent: bool = True) -> list[str]:
    """The bands of the comparisons that count, with the reporters' own references and with registered works found: of
    the platform's own copies where there are any, since what a reporter sends in as "reported" may be her own file.
    What was set aside for her does not count.

    `by_consent`: also what detectors found that need her consent. Without them it says nothing of whether she gave one.
    """
    rows = db.session.execute(
        select(
            *(Evidence.source, Evidence.id, Evidence.sha256, ReportEvidence.report_id, Report.kind),
            *(Match.detector, Match.band, Match.reference_id),
        )
        .join(Match, Match.query_id == Evidence.id)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Report, Report.id == CaseReport.report_id)
        .where(
            CaseReport.case_id == case_id,
            CaseReport.withdrawn_at.is_(None),
            Match.superseded_at.is_(None),
            # What merely resembled a registered work says nothing of the reporter's own references.
            or_(Match.origin == "report", and_(Match.origin == "registered", Match.verdict == "supports")),
            # A comparison that could not be made, or was taken back, must not read as "nothing found".
            or_(Match.verdict != "cannot_tell", Match.band != "none"),
        )
    ).all()
    aside = _aside(case_id, {row.id: row.sha256 for row in rows}) if rows else None
    rows = [r for r in rows if by_consent or r.detector not in PURPOSES]
    counted = [r for r in rows if not (aside and aside.of((r.report_id,), r.id, r.detector))]
    told = {(r.report_id, r.id, r.reference_id) for r in counted if r.detector == _asked(r.kind)}
    weighed = [(r.source, _weighed(r.band, r.kind, (r.report_id, r.id, r.reference_id) in told)) for r in counted]
    captured = [band for source, band in weighed if source == "platform"]
    return captured or [band for _source, band in weighed]


def _asked(kind: str) -> str:
    """The detector of what the report is about, where that is a face or a voice; "" elsewhere."""
    entry = book().kinds.get(kind)
    return entry.biometric if entry else ""


def _weighed(band: str, kind: str, told: bool) -> str:
    """Whole files that differ say nothing of a face or a voice in them: where neither was compared, the question stays
    open."""
    return "weak" if band == "none" and _asked(kind) and not told else band


def _aside(case_id: str, hashes: dict[str, str]) -> Aside:
    reports = db.session.scalars(
        select(Report)
        .join(CaseReport, CaseReport.report_id == Report.id)
        .where(CaseReport.case_id == case_id, CaseReport.withdrawn_at.is_(None))
        .options(joinedload(Report.subject), joinedload(Report.standing).joinedload(Standing.reporter))
    )
    return Aside(reports.all(), hashes)


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
