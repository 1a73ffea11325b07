"""Recording reports exactly as they were sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import NotFound
from webapp.core.ids import ALPHABET, digest, grouped, new_id, new_reference, read_reference, read_secret
from webapp.core.sealed import derive_code
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import NoticeBar, Report, ReportEvidence, Subject
from webapp.domain.reports.rules import subject_key

GOOD_FAITH = "GF"  # the one statement whose time is kept beside it


@dataclass(frozen=True)
class Words:
    """What the reporter wrote, as typed."""

    wrong: str
    work_title: str = ""
    time_position: str = ""
    live: str = ""  # one of places.LIVE
    seen_at: datetime | None = None
    part_from: float | None = None  # seconds
    part_to: float | None = None
    source: str = ""
    loss: str = ""
    registry_ref: str = ""
    signature: str = ""
    statements: Sequence[str] = ()  # codes of evidence.toml
    circumstances: Sequence[str] = ()  # codes of the kind's `raises`


def subject_for(platform: str, content_ref: str, address: str) -> Subject:
    """The subject a report is about; a new one is captured from its platform in the background."""
    require_transaction("reports.subject_for")
    key = subject_key(platform, content_ref, address)
    subject = db.session.scalar(select(Subject).where(Subject.key == key))
    if subject is None:
        subject = Subject(
            id=new_id(), key=key, platform=platform, content_ref=content_ref, address=address, created_at=now()
        )
        db.session.add(subject)
        db.session.flush()  # the message names its id
    return subject


def record_report(
    *,
    form_key: str,
    kind: str,
    standing: Standing,
    subject: Subject,
    words: Words,
    language: str,
    book_version: str,
    actor: Actor,
    mode: str = "notice",
    regimes: Collection[str] = (),
) -> Report:
    """Write the report down. The tracking secret is derived, kept only as a digest, and told by `tracking_secret`.

    `mode` is 'notice' or 'tip'; `regimes` codes of regimes.toml it runs under.
    """
    require_transaction("reports.record")
    moment = now()
    report = Report(
        id=new_id(),
        reference=new_reference("R"),
        secret_digest="",
        form_key=form_key,
        kind=kind,
        standing=standing,
        subject=subject,
        wrong=words.wrong,
        work_title=words.work_title,
        time_position=words.time_position,
        live=words.live,
        seen_at=words.seen_at,
        part_from=words.part_from,
        part_to=words.part_to,
        source=words.source,
        mode=mode,
        regimes=list(regimes),
        statements=list(words.statements),
        signature=words.signature,
        circumstances=list(words.circumstances),
        loss=words.loss,
        registry_ref=words.registry_ref,
        language=language,
        book_version=book_version,
        good_faith_at=moment if GOOD_FAITH in words.statements else None,
        received_at=moment,
    )
    report.secret_digest = digest(tracking_secret(report))
    db.session.add(report)
    db.session.flush()  # evidence rows and the case point at it
    facts = {"kind": kind, "basis": standing.basis, "mode": mode, "regimes": list(regimes)}
    record(actor, "report.receive", "report", report.id, subject=subject.id, **facts)
    outbox.post("report.received", report_id=report.id)
    outbox.post("subject.opened", subject_id=subject.id, report_id=report.id)
    return report


def tracking_secret(report: Report) -> str:
    """The second half of the way back in: 80 bits only this installation can derive from the report's id."""
    return grouped(derive_code("tracking", report.id, ALPHABET, 16))


def open_by_secret(reference: str, secret: str) -> Report:
    """The report behind reference and secret as typed. Raises NotFound('no_such_report') for any mistake alike."""
    report = db.session.scalar(select(Report).where(Report.reference == read_reference(reference)))
    if report is None or digest(read_secret(secret)) != report.secret_digest:
        raise NotFound("no_such_report")
    return report


def attach(report: Report, item: Evidence, code: str = "") -> None:
    """Make an item part of the report; `code` says what a proof is to show. Posts `item.attached` so that it is
    compared; a repeat changes nothing."""
    require_transaction("reports.attach")
    if db.session.get(ReportEvidence, (report.id, item.id)) is None:
        db.session.add(ReportEvidence(report_id=report.id, evidence_id=item.id, added_at=now(), code=code))
        outbox.post("item.attached", report_id=report.id, evidence_id=item.id)


def supply(report: Report, words: Words, actor: Actor) -> None:
    """Write down what the reporter added to make the notice whole. What was wrong stays as it was first said."""
    require_transaction("reports.supply")
    if GOOD_FAITH in words.statements and report.good_faith_at is None:
        report.good_faith_at = now()
    report.statements = list(dict.fromkeys([*report.statements, *words.statements]))
    for name in ("work_title", "time_position", "source", "loss", "registry_ref", "signature"):
        if getattr(words, name):
            setattr(report, name, getattr(words, name))
    record(actor, "report.supply", "report", report.id)


def stand_on(report: Report, standing: Standing, actor: Actor) -> None:
    """Let the report rest on another standing of its reporter (the old one was refused, or has run out)."""
    require_transaction("reports.stand_on")
    if standing.id != report.standing_id:
        record(actor, "report.stand_on", "report", report.id, before=report.standing_id, after=standing.id)
        report.standing = standing


def bar(subject: Subject, reporter_index: str, regime: str) -> None:
    """After a restoration: the same claimant's notices about the same item are refused under this regime from now on
    (RTCI art 17). A repeat changes nothing; nobody is barred who cannot be found again (index '')."""
    require_transaction("reports.bar")
    if reporter_index and db.session.get(NoticeBar, (subject.id, reporter_index, regime)) is None:
        db.session.add(NoticeBar(subject_id=subject.id, reporter_index=reporter_index, regime=regime, since=now()))
        record(SYSTEM, "report.bar", "subject", subject.id, regime=regime)
