"""Where in time the best match of a case lies, for its row in the queue: one query for all rows of a page."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from webapp.core.db import db
from webapp.desk import heard
from webapp.domain.cases.models import CaseReport
from webapp.domain.cases.rules import BANDS
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match
from webapp.domain.reports.models import ReportEvidence


def places(case_ids: Collection[str]) -> dict[str, str]:
    """Case id → where its best match of sound or film is, in words; cases without one are left out."""
    timed = [name for name, entry in chapter()["detectors"].items() if entry["medium"] in ("audio", "video")]
    if not case_ids or not timed:
        return {}
    rows = db.session.execute(
        select(CaseReport.case_id, Match.band, Match.distance, Match.threshold, Match.findings)
        .join(ReportEvidence, ReportEvidence.report_id == CaseReport.report_id)
        .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
        .join(Match, Match.query_id == Evidence.id)
        .where(
            CaseReport.case_id.in_(case_ids),
            CaseReport.withdrawn_at.is_(None),
            or_(Evidence.media_type.startswith("audio/"), Evidence.media_type.startswith("video/")),
            Match.detector.in_(timed),
            Match.verdict == "supports",
            Match.superseded_at.is_(None),
        )
    ).all()
    best: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (BANDS.index(row.band), row.distance / (row.threshold or 1))):
        words = heard.places(row.findings) or heard.best_voice(row.findings) or heard.moments(row.findings)
        if words:
            best.setdefault(row.case_id, words)
    return best
