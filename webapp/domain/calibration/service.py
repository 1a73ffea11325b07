"""Keeping count of how the desk answered what detectors had found, and bringing open cases under moved bands."""

from __future__ import annotations

from sqlalchemy import and_, delete, select

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.calibration.models import Judged, Tally
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.decisions.models import Decision
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, ThresholdChange
from webapp.domain.matching.thresholds import in_force, rebanded
from webapp.domain.reports.models import ReportEvidence

STAGES = ("first", "appeal")  # a person's verdict on the allegations; the other stages answer none
UNDECIDED = ("open", "asked", "proposed")
BATCH = 200  # open cases brought under moved bands in one transaction


def judge(decision: Decision) -> int:
    """Count a verdict: for each report answered, the nearest match of each detector; gives how many. What an earlier
    decision on the same report had counted is taken back, so that a repeat or an appeal counts once."""
    require_transaction("calibration.judge")
    if decision.stage not in STAGES:
        return 0
    answers = {f.report_id: f.answer for f in decision.findings}
    known = {
        (row.report_id, row.detector, row.version): row
        for row in db.session.scalars(select(Judged).where(Judged.report_id.in_(answers)))
    }
    nearest = _nearest(list(answers))
    for key, match in nearest.items():
        row = known.get(key)
        if row is None:
            row = Judged(report_id=key[0], detector=key[1], version=key[2], case_id=decision.case_id)
        else:
            _count(row, -1)
        row.decision_id, row.judged_at = decision.id, now()
        row.distance, row.band, row.answer = match.distance, match.band, answers[key[0]]
        db.session.add(row)
        _count(row, 1)
    return len(nearest)


def forget(report_id: str, detector: str) -> None:
    """Take out how near one detector had put a report, when the consent it rested on is withdrawn. The tallies stay:
    they count bands of all reports and name none."""
    require_transaction("calibration.forget")
    db.session.execute(delete(Judged).where(Judged.report_id == report_id, Judged.detector == detector))


def reband(change: ThresholdChange, after: str) -> int:
    """Bring the matches of a batch of undecided cases under the bands in force, in the order of case ids after `after`;
    gives how many matches changed. Decided cases keep what was seen. Posts the next batch itself."""
    require_transaction("calibration.reband")
    bands = in_force(change.detector, change.version)
    batch = select(Case).where(Case.state.in_(UNDECIDED), Case.id > after).order_by(Case.id).limit(BATCH)
    cases = list(db.session.scalars(batch))
    if bands is None or not cases:
        return 0
    rows = db.session.execute(
        select(Match, CaseReport.case_id)
        .join(ReportEvidence, ReportEvidence.evidence_id == Match.query_id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .where(
            CaseReport.case_id.in_([c.id for c in cases]),
            Match.detector == change.detector,
            Match.version == change.version,
        )
    ).all()
    changed: dict[str, str] = {}
    for match, case_id in rows:
        said = Comparison(match.distance, match.verdict, match.band, match.threshold, match.reason)  # type: ignore[arg-type]  # the table's checks allow no other words
        told = rebanded(said, bands)
        if told != said:
            match.band, match.verdict = told.band, told.verdict
            match.reason, match.threshold = told.reason, told.threshold
            changed[match.id] = case_id
    touched = set(changed.values())
    for case in cases:
        if case.id in touched:
            weigh(case)
    if len(cases) == BATCH:
        outbox.post("thresholds.moved", change_id=change.id, after=cases[-1].id)
    return len(changed)


def _nearest(report_ids: list[str]) -> dict[tuple[str, str, str], Match]:
    """Of each report and detector version the nearest match between its own items; those nobody could assess are left
    out, since they say nothing of a distance."""
    asked, beside = ReportEvidence.__table__.alias("asked"), ReportEvidence.__table__.alias("beside")
    rows = db.session.execute(
        select(asked.c.report_id, Match)
        .join(Match, Match.query_id == asked.c.evidence_id)
        .join(
            beside,
            and_(beside.c.evidence_id == Match.reference_id, beside.c.report_id == asked.c.report_id),
        )
        .where(asked.c.report_id.in_(report_ids), Match.superseded_at.is_(None))
        .order_by(Match.distance.desc())
    ).all()
    return {
        (report_id, m.detector, m.version): m
        for report_id, m in rows
        if not (m.verdict == "cannot_tell" and m.band == "none")
    }


def _count(row: Judged, step: int) -> None:
    tally = db.session.get(Tally, (row.detector, row.version, row.band), with_for_update=True)
    if tally is None:
        tally = Tally(
            detector=row.detector, version=row.version, band=row.band, supported=0, not_supported=0, cannot_tell=0
        )
        db.session.add(tally)
    setattr(tally, row.answer, getattr(tally, row.answer) + step)
    db.session.flush()  # the next row of the same band reads it
