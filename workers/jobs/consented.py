"""Comparing faces and voices, where the claimant allowed it for this report: her own is measured, a stranger's is
forgotten.

A template is made once for a consent and a reference, and lies sealed. A reported file is looked at once for all
references of a report; what was measured in it lives in this process only, until the comparisons are written down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from webapp.core import outbox
from webapp.core.db import db, settings
from webapp.core.outbox import Task
from webapp.domain.biometrics import queries as biometrics
from webapp.domain.biometrics import service as templates
from webapp.domain.biometrics.rules import PURPOSES
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import note, store
from webapp.domain.matching import consented, service
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Detector, Signals
from webapp.domain.matching.models import Scan
from webapp.domain.matching.queries import items_of
from webapp.domain.matching.rules import Item, Kind, pairs
from webapp.domain.matching.thresholds import applied, in_force
from webapp.domain.reports.models import Report, ReportEvidence
from workers.jobs.looking import WORKSHOP, roster
from workers.measuring import File, Look, Measured, measure, told
from workers.roster import kind_of
from workers.run import Work

DUE = "consented.due"
LOOK = "workers.jobs.consented.look"
WAITING = ("not_enabled", "detector_absent")  # what an operator can put right; looked at again by the clock
BATCH = 200  # reports taken up again in one round
LONG = ("audio", "video")  # media that can take minutes: they have a queue of their own


@dataclass(frozen=True)
class Job:
    """What one report asks of the detector its consent is for, free of the database."""

    report_id: str
    consent_id: str
    pairs: Sequence[tuple[str, str]]
    files: Mapping[str, File]
    known: Mapping[str, bytes]  # templates that are there already


def compare(work: Work, evidence_id: str, report_id: str = "") -> None:
    """`item.attached`: if a report of the item is about a face or a voice, one look at the whole report is planned. No
    signal is waited for: a detector that needs a consent keeps none.

    Where nobody allowed it, or it cannot be done here, each item says so: people compare by eye and by ear, in the same
    place of the queue.
    """
    with work.finish():
        for report in _reports(evidence_id, report_id):
            _plan(report)


def resume(work: Work) -> None:
    """`consented.waiting`: what could not be looked at while the detector or the assessment was missing, and what an
    older version looked at."""
    with work.finish():
        for purpose in PURPOSES:
            detector = _detector(purpose)
            for report in _waiting(detector) if detector and biometrics.enabled(purpose) else ():
                _plan(report)


def look(work: Work, report_id: str) -> None:
    """`consented.due`: every pair of the report that was not compared yet, a reported file after the other: what is
    known is kept at once, and a repeat after a crash goes on from there."""
    detector = _detector(_asked(db.session.get_one(Report, report_id)))
    job = _job(report_id, detector) if detector else None
    db.session.rollback()  # let go of the connection while the slow part runs
    if detector is None or job is None:
        with work.finish():
            return
    for seen in measure(detector, job.pairs, job.files, job.known, work.renew):
        with work.step():
            kept = _keep(detector, job, seen)
        if not kept:
            break
    with work.finish():
        pass  # each file was kept by itself


def _keep(detector: Detector, job: Job, seen: Measured) -> bool:
    """Write it down; of a consent that was taken back while the files were looked at, nothing is kept: False."""
    report, consent = db.session.get_one(Report, job.report_id), biometrics.consent_of(job.report_id, detector.name)
    if biometrics.hindrance(report, detector.name) or consent is None or consent.id != job.consent_id:
        _plan(report)
        return False
    for evidence_id, hers in seen.owners.items():
        if isinstance(hers, Signals):
            templates.keep(consent, evidence_id, detector.name, detector.version, hers.to_bytes())
    for evidence_id, one in seen.looks.items():
        _note(evidence_id, detector, one)
    bands = in_force(detector.name, detector.version) or getattr(detector, "thresholds", None)
    for query_id, reference_id, comparison in seen.found:
        said = told(applied(detector.name, detector.version, comparison), bands)
        service.record_match(query_id, reference_id, detector.name, detector.version, said)
        service.tell_moments(query_id, reference_id, said.findings)
    weigh(cases.case_of(report.id))
    return True


def _note(evidence_id: str, detector: Detector, seen: Look) -> None:
    state, reason = ("failed", seen.code) if isinstance(seen, CannotLook) else ("done", "")
    state = "not_applicable" if reason == "unsupported" else state
    consented.note_look(evidence_id, detector.name, detector.version, state=state, reason=reason)
    note(evidence_id, WORKSHOP, "scanned", detectors=[f"{detector.name} {detector.version}"])


def _reports(evidence_id: str, report_id: str) -> list[Report]:
    """The reports about a face or a voice that this item belongs to and whose case still waits for something."""
    wanted = select(Report).join(ReportEvidence, ReportEvidence.report_id == Report.id)
    wanted = wanted.where(ReportEvidence.evidence_id == evidence_id)
    if report_id:
        wanted = wanted.where(Report.id == report_id)
    return [report for report in db.session.scalars(wanted) if _asked(report)]


def _waiting(detector: Detector) -> list[Report]:
    unseen = or_(Scan.reason.in_(WAITING), Scan.version.not_in(("", detector.version)))
    wanted = (
        select(ReportEvidence.report_id)
        .join(Scan, Scan.evidence_id == ReportEvidence.evidence_id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Case, Case.id == CaseReport.case_id)
        .where(Scan.detector == detector.name, unseen, Case.state != "closed", CaseReport.withdrawn_at.is_(None))
    )
    found = db.session.scalars(select(Report).where(Report.id.in_(wanted)).order_by(Report.received_at).limit(BATCH))
    return [report for report in found if _asked(report) == detector.name]


def _asked(report: Report) -> str:
    """'face' or 'voice' if the report is about one and its case still waits for something, else ''."""
    purpose = biometrics.asked(report)
    if not purpose:
        return ""
    entry = cases.entry_of(report.id)
    return purpose if entry.withdrawn_at is None and entry.case.state != "closed" else ""


def _plan(report: Report) -> None:
    """Say of each item why it is not looked at, or leave one message for the whole report."""
    purpose = biometrics.asked(report)
    detector = _detector(purpose)
    kind = kind_of(detector) if detector else _described(purpose)
    items = [i for i in items_of([report.id])[report.id] if i.role != "proof" and kind.reads(i.medium)]
    why = biometrics.hindrance(report, purpose)
    if not why and detector is None:
        why = "detector_absent"
    if why or detector is None:
        state = "failed" if why == "detector_absent" else "not_applicable"
        for item in items:
            consented.note_look(item.evidence_id, purpose, "", state=state, reason=why)
    elif _open(report.id, detector):
        _post(report.id, items, detector)


def _post(report_id: str, items: Iterable[Item], detector: Detector) -> None:
    """One message for what the report holds now; another item, or another version, is another message."""
    held = "".join(sorted(i.evidence_id for i in items))
    mark = hashlib.sha256(f"{held} {detector.version}".encode()).hexdigest()[:16]
    key = f"{detector.name}:{report_id}:{mark}"
    if db.session.scalar(select(Task.id).where(Task.key == key)) is None:
        queue = "media" if any(i.medium in LONG for i in items) else "scan"
        outbox.post(DUE, handler=LOOK, queue=queue, key=key, report_id=report_id)


def _open(report_id: str, detector: Detector) -> list[tuple[str, str]]:
    """The report's pairs that this detector version has not compared yet."""
    wanted = pairs(items_of([report_id])[report_id], kind_of(detector))
    done = consented.compared({q for q, _r in wanted}, detector.name, detector.version)
    return [pair for pair in wanted if pair not in done]


def _job(report_id: str, detector: Detector) -> Job | None:
    """What there is to do, or None: nothing, or it is not allowed (any more), which the items then say."""
    report, consent = db.session.get_one(Report, report_id), biometrics.consent_of(report_id, detector.name)
    wanted = _open(report_id, detector)
    if not wanted or consent is None or biometrics.hindrance(report, detector.name):
        return None
    ids = {evidence_id for pair in wanted for evidence_id in pair}
    rows = db.session.scalars(select(Evidence).where(Evidence.id.in_(ids)))
    files = {row.id: (store().path(row.sha256), row.media_type) for row in rows}
    known = biometrics.templates(consent.id, ids, detector.name, detector.version)
    return Job(report_id, consent.id, wanted, files, known)


def _detector(purpose: str) -> Detector | None:
    """The detector called as the purpose, if it is here and keeps to that consent."""
    found = roster(settings().detectors).named(purpose) if purpose else None
    return found if found is not None and found.consent == purpose else None


def _described(purpose: str) -> Kind:
    """A detector that is not here, by what the book says it looks at."""
    entry = chapter()["detectors"].get(purpose, {})
    medium, within = str(entry.get("medium", "")), frozenset(entry.get("within", ()))
    return Kind(purpose, "", medium, within=within)
