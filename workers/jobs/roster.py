"""The workshop says which detectors and readers it has; what an absent one missed is looked at once it is there."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from webapp.core import outbox
from webapp.core.db import db
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching import here
from webapp.domain.matching.models import Scan
from webapp.domain.reports.models import ReportEvidence
from workers import readers, roster
from workers.run import Work

ABSENT = "detector_absent"
BATCH = 100  # items in one round


def tell(work: Work) -> None:
    """`detectors.here`: keep who is here and who is not, and why; begin to catch up with what a new one missed."""
    found = _found()
    with work.finish():
        for name in here.say(found):
            if not getattr(roster.here().named(name), "consent", ""):  # those have a job and a clock of their own
                outbox.post("detector.back", name=name)


def catch_up(work: Work, name: str, after: str = "") -> None:
    """`detector.back`: items of open cases that it did not look at because it was not here, a batch at a time in the
    order of their ids, so that none comes twice."""
    with work.finish():
        missed = _missed(name, after)
        if not missed:
            return
        db.session.execute(
            delete(Scan).where(Scan.evidence_id.in_(missed), Scan.detector == name, Scan.reason == ABSENT)
        )
        for evidence_id in missed:
            outbox.post("item.missed", evidence_id=evidence_id)
        outbox.post("detector.back", name=name, after=missed[-1])


def _missed(name: str, after: str) -> list[str]:
    """Content and references in open cases that say it was absent, or (before a new version of the software knew it)
    say nothing of it at all."""
    looked = select(Scan.id).where(
        Scan.evidence_id == Evidence.id, Scan.detector == name, or_(Scan.state != "failed", Scan.reason != ABSENT)
    )
    rows = (
        select(Evidence.id)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Case, Case.id == CaseReport.case_id)
        .where(Evidence.id > after, Evidence.role != "proof", Evidence.dropped_at.is_(None))
        .where(Case.state != "closed", ~looked.exists())
        .order_by(Evidence.id)
        .distinct()
        .limit(BATCH)
    )
    return list(db.session.scalars(rows))


def _found() -> dict[str, str]:
    """Name → "" or why it is not here, of every configured detector and reader."""
    mine = roster.here()
    names = {roster.declared(dotted).name: why for dotted, why in mine.absent.items()}
    names |= {detector.name: "" for detector in mine.present}
    for cost in readers.COSTS:
        known = readers.roster(cost)
        names |= {roster.declared(dotted).name: why for dotted, why in known.readers_absent.items()}
        names |= {reader.name: "" for reader in known.readers}
    return names
