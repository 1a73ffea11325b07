"""Writing down what a platform said of the content complained of: title, account, and its own copy of the media."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import contains_eager

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.i18n import DEFAULT, LANGUAGES
from webapp.core.ids import new_id
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.service import weigh
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.partners.client import Copy, NoCopy
from webapp.domain.partners.shape import Account, Content
from webapp.domain.reports.models import Report, ReportEvidence, Respondent, Subject
from webapp.domain.reports.service import attach

OUTCOMES = ("missing", "unreachable", "unknown_platform")


def not_captured(subject: Subject, outcome: str, actor: Actor) -> None:
    """The platform could not say anything: one of OUTCOMES. What an earlier capture found stays."""
    require_transaction("partners.not_captured")
    if outcome not in OUTCOMES:
        raise ValueError(outcome)
    subject.captured_at = now()
    if subject.respondent_id is None:
        subject.capture = outcome
    record(actor, "subject.capture", "subject", subject.id, outcome=outcome)


def capture(subject: Subject, state: Content, copies: Sequence[Copy | NoCopy], actor: Actor) -> list[Evidence]:
    """Keep what the platform said and its media, which go to every live report about the subject; gives these items.

    The same bytes are kept once for a subject, however often it is captured.
    """
    require_transaction("partners.capture")
    subject.title, subject.captured_at, subject.capture = state.title, now(), "found"
    subject.respondent_id = _respondent(subject.platform, state.account).id
    refused = [{"code": copy.code} for copy in copies if isinstance(copy, NoCopy)]
    record(actor, "subject.capture", "subject", subject.id, outcome="found", state=state.state, refused=refused)
    entries = _live_entries(subject)
    reports = [entry.report for entry in entries]
    items = []
    for copy in copies:
        if isinstance(copy, Copy) and reports:
            item = _keep(subject, copy, actor)
            items.append(item)
            for report in reports:
                attach(report, item)
    for case in {entry.case_id: entry.case for entry in entries}.values():
        weigh(case)
    return items


def recapture(subject: Subject, copies: Sequence[Copy], reports: Sequence[Report], actor: Actor) -> list[Evidence]:
    """Keep the platform's copies as they are now, for these reports, also when their case is closed; gives these items.

    What the platform said when the content was reported stays as it was captured then.
    """
    require_transaction("partners.recapture")
    items = [_keep(subject, copy, actor) for copy in copies]
    for item in items:
        for report in reports:
            attach(report, item)
    return items


def _respondent(platform: str, account: Account) -> Respondent:
    """The account behind the content; what the platform says of it now replaces what it said before."""
    respondent = db.session.scalar(
        select(Respondent).where(Respondent.platform == platform, Respondent.account_ref == account.id)
    )
    if respondent is None:
        respondent = Respondent(id=new_id(), platform=platform, account_ref=account.id)
        db.session.add(respondent)
    respondent.handle, respondent.name, respondent.email = account.handle, account.name, account.email or None
    asked = account.language[:2].lower()
    respondent.language = asked if asked in LANGUAGES else DEFAULT
    db.session.flush()  # the subject points at it
    return respondent


def _live_entries(subject: Subject) -> list[CaseReport]:
    """Reports that stand, in cases that wait: of a case about this content all of them, of another (into which one was
    merged) those about this content."""
    in_its_case = select(CaseReport.report_id).join(CaseReport.case).where(Case.subject_id == subject.id)
    about_it = select(CaseReport.report_id).join(CaseReport.report).where(Report.subject_id == subject.id)
    return list(
        db.session.scalars(
            select(CaseReport)
            .join(CaseReport.case)
            .join(CaseReport.report)
            .where(
                CaseReport.report_id.in_(union(in_its_case, about_it)),
                Case.state.in_(LIVE),
                CaseReport.withdrawn_at.is_(None),
            )
            .options(contains_eager(CaseReport.case), contains_eager(CaseReport.report))
            .order_by(Report.received_at, Report.id)
        )
    )


def _keep(subject: Subject, copy: Copy, actor: Actor) -> Evidence:
    known = db.session.scalar(
        select(Evidence)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(Report, Report.id == ReportEvidence.report_id)
        .where(
            Report.subject_id == subject.id,
            Evidence.source == "platform",
            Evidence.sha256 == copy.blob.sha256,
            Evidence.dropped_at.is_(None),
        )
        .limit(1)
    )
    if known is not None:
        return known
    found = copy.inspection
    item = evidence.keep(
        copy.blob,
        role="alleged",
        source="platform",
        name=copy.name,
        media_type=found.media_type,
        width=found.width or None,
        height=found.height or None,
        actor=actor,
    )
    # Where it came from, when, and whether the platform's own hash agrees (law.md §9.3: capture at intake).
    evidence.note(item.id, actor, "captured", url=copy.url, platform_hash_agrees=copy.agrees)
    return item
