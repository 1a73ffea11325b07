"""Comparing faces, where the claimant allowed it for this report: her own face is measured, a stranger's is forgotten.

A template is made once for a consent and a reference, and lies sealed. A reported picture is looked at once for all
references of a report; what was measured in it lives in this process only, until the comparisons are written down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy import or_, select

from webapp.core import outbox
from webapp.core.db import db, settings
from webapp.core.outbox import Task
from webapp.domain.biometrics import queries as biometrics
from webapp.domain.biometrics import rules
from webapp.domain.biometrics import service as templates
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import note, store
from webapp.domain.intake import consents
from webapp.domain.matching import consented, service
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals
from webapp.domain.matching.models import Scan
from webapp.domain.matching.queries import items_of
from webapp.domain.matching.rules import pairs
from webapp.domain.matching.thresholds import applied
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report, ReportEvidence
from workers.jobs.looking import WORKSHOP, roster
from workers.look import look_all
from workers.roster import kind_of
from workers.run import Work

FACE = consents.FACE
WAITING = ("not_enabled", "detector_absent")  # what an operator can put right; looked at again by the clock
BATCH = 200  # reports taken up again in one round
Look = Signals | CannotLook


class Owning(Protocol):
    """What a detector of faces has beside the three methods of all detectors."""

    def own(self, signals: Signals) -> Signals:
        """Only the face a reference is about. Raises CannotLook("cannot_assess") where several could be meant: a
        stranger's face must not become a template."""


@dataclass(frozen=True)
class Job:
    """What one report asks of the face detector, free of the database."""

    report_id: str
    consent_id: str
    pairs: Sequence[tuple[str, str]]
    files: Mapping[str, tuple[Path, str]]
    known: Mapping[str, bytes]  # templates that are there already


def compare(work: Work, evidence_id: str, report_id: str = "") -> None:
    """`item.attached`: if a report of the item is about a face, one look at the whole report is planned. No signal is
    waited for: a detector that needs a consent keeps none.

    Where nobody allowed it, or it cannot be done here, each item says so: people compare by eye, in the same place of
    the queue.
    """
    with work.finish():
        for report in _reports(evidence_id, report_id):
            _plan(report)


def resume(work: Work) -> None:
    """`faces.waiting`: what could not be looked at while the detector or the assessment was missing, and what an older
    version looked at."""
    detector = _detector()
    with work.finish():
        for report in _waiting(detector) if detector and biometrics.enabled() else ():
            _plan(report)


def look(work: Work, report_id: str) -> None:
    """`faces.due`: every pair of the report that was not compared yet."""
    detector = _detector()
    job = _job(report_id, detector) if detector else None
    db.session.rollback()  # let go of the connection while the slow part runs
    if detector is None or job is None:
        with work.finish():
            return
    references, found, looks = dict[str, Look](), list[tuple[str, str, Comparison]](), dict[str, Look]()
    for reference_id in dict.fromkeys(r for _q, r in job.pairs):
        references[reference_id] = _reference(work, detector, job, reference_id)
    for query_id in dict.fromkeys(q for q, _r in job.pairs):
        looks[query_id] = _look(work, detector, *job.files[query_id])
        mine = [r for q, r in job.pairs if q == query_id]
        found += [(query_id, r, _compare(detector, looks[query_id], references[r])) for r in mine]
    with work.finish():
        _keep(detector, job, references, looks, found)


def _keep(
    detector: Detector,
    job: Job,
    references: Mapping[str, Look],
    looks: Mapping[str, Look],
    found: Sequence[tuple[str, str, Comparison]],
) -> None:
    """Write it down; of a consent that was taken back while the pictures were looked at, nothing is kept."""
    report, consent = db.session.get_one(Report, job.report_id), biometrics.consent_of(job.report_id)
    if biometrics.hindrance(report) or consent is None or consent.id != job.consent_id:
        _plan(report)
        return
    for evidence_id, seen in references.items():
        if isinstance(seen, Signals) and evidence_id not in job.known:
            templates.keep(consent, evidence_id, detector.name, detector.version, seen.to_bytes())
    for evidence_id, seen in {**references, **looks}.items():
        if evidence_id not in job.known:
            _note(evidence_id, detector, seen)
    for query_id, reference_id, comparison in found:
        service.record_match(query_id, reference_id, detector.name, detector.version, _told(detector, comparison))
    weigh(cases.case_of(report.id))


def _told(detector: Detector, comparison: Comparison) -> Comparison:
    """Under the bands in force here, and without what must not be kept."""
    said = applied(detector.name, detector.version, comparison)
    return replace(said, findings=rules.told(said.findings, found=said.band != "none"))


def _note(evidence_id: str, detector: Detector, seen: Look) -> None:
    state, reason = ("failed", seen.code) if isinstance(seen, CannotLook) else ("done", "")
    state = "not_applicable" if reason == "unsupported" else state
    consented.note_look(evidence_id, detector.name, detector.version, state=state, reason=reason)
    note(evidence_id, WORKSHOP, "scanned", detectors=[f"{detector.name} {detector.version}"])


def _reports(evidence_id: str, report_id: str) -> list[Report]:
    """The reports about a face that this item belongs to and whose case still waits for something."""
    wanted = select(Report).join(ReportEvidence, ReportEvidence.report_id == Report.id)
    wanted = wanted.where(ReportEvidence.evidence_id == evidence_id)
    if report_id:
        wanted = wanted.where(Report.id == report_id)
    return [report for report in db.session.scalars(wanted) if _asks(report)]


def _waiting(detector: Detector) -> list[Report]:
    unseen = or_(Scan.reason.in_(WAITING), Scan.version.not_in(("", detector.version)))
    wanted = (
        select(ReportEvidence.report_id)
        .join(Scan, Scan.evidence_id == ReportEvidence.evidence_id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Case, Case.id == CaseReport.case_id)
        .where(Scan.detector == FACE, unseen, Case.state != "closed", CaseReport.withdrawn_at.is_(None))
    )
    found = db.session.scalars(select(Report).where(Report.id.in_(wanted)).order_by(Report.received_at).limit(BATCH))
    return [report for report in found if _asks(report)]


def _asks(report: Report) -> bool:
    kind = book().kinds.get(report.kind)
    if kind is None or kind.biometric != FACE:
        return False
    entry = cases.entry_of(report.id)
    return entry.withdrawn_at is None and entry.case.state != "closed"


def _plan(report: Report) -> None:
    """Say of each item why it is not looked at, or leave one message for the whole report."""
    items = [i for i in items_of([report.id])[report.id] if i.medium == "image" and i.role != "proof"]
    why, detector = biometrics.hindrance(report), _detector()
    if not why and detector is None:
        why = "detector_absent"
    if why or detector is None:
        state = "failed" if why == "detector_absent" else "not_applicable"
        for item in items:
            consented.note_look(item.evidence_id, FACE, "", state=state, reason=why)
    elif _open(report.id, detector):
        # One message for what the report holds now; another item, or another version, is another message.
        held = "".join(sorted(i.evidence_id for i in items))
        mark = hashlib.sha256(f"{held} {detector.version}".encode()).hexdigest()[:16]
        key = f"faces:{report.id}:{mark}"
        if db.session.scalar(select(Task.id).where(Task.key == key)) is None:
            outbox.post("faces.due", key=key, report_id=report.id)


def _open(report_id: str, detector: Detector) -> list[tuple[str, str]]:
    """The report's pairs that this detector version has not compared yet."""
    wanted = pairs(items_of([report_id])[report_id], kind_of(detector))
    done = consented.compared({q for q, _r in wanted}, detector.name, detector.version)
    return [pair for pair in wanted if pair not in done]


def _job(report_id: str, detector: Detector) -> Job | None:
    """What there is to do, or None: nothing, or it is not allowed (any more), which the items then say."""
    report, consent = db.session.get_one(Report, report_id), biometrics.consent_of(report_id)
    wanted = _open(report_id, detector)
    if not _asks(report) or not wanted or consent is None or biometrics.hindrance(report):
        return None
    ids = {evidence_id for pair in wanted for evidence_id in pair}
    rows = db.session.scalars(select(Evidence).where(Evidence.id.in_(ids)))
    files = {row.id: (store().path(row.sha256), row.media_type) for row in rows}
    known = biometrics.templates(consent.id, ids, detector.name, detector.version)
    return Job(report_id, consent.id, wanted, files, known)


def _detector() -> Detector | None:
    found = roster(settings().detectors).named(FACE)
    return found if found is not None and found.consent == FACE else None


def _reference(work: Work, detector: Detector, job: Job, evidence_id: str) -> Look:
    """Her own face: out of its template, or measured now. Whoever else is in her reference is left out."""
    if evidence_id in job.known:
        return Signals.from_bytes(job.known[evidence_id])
    seen = _look(work, detector, *job.files[evidence_id])
    try:
        return cast(Owning, detector).own(seen) if isinstance(seen, Signals) else seen
    except CannotLook as why:
        return why


def _look(work: Work, detector: Detector, path: Path, media_type: str) -> Look:
    """One picture in the sandbox, all its faces. The lease is renewed while the child works."""
    work.renew()
    try:
        return look_all([detector], path, media_type, work.renew)[0].signals()
    except CannotLook as why:
        return why


def _compare(detector: Detector, query: Look, reference: Look) -> Comparison:
    """What two looks say together. A face that cannot be assessed is "cannot tell", never "none found"."""
    if isinstance(query, CannotLook):
        return _cannot(query.code)
    if isinstance(reference, CannotLook):
        return _cannot(reference.code)
    try:
        return detector.compare(query, reference)
    except CannotLook as why:
        return _cannot(why.code)


def _cannot(code: str) -> Comparison:
    return Comparison(distance=0.0, verdict="cannot_tell", band="none", threshold=0.0, reason=code)
