"""Looking at templates and receipts: what is held for a report, what was deleted, and how many persons there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.biometrics import rules
from webapp.domain.biometrics.models import FaceTemplate, TemplateDeletion
from webapp.domain.claimants.models import Consent, Standing
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class Held:
    """Templates that lie here for one report: how many, what for, until when at the latest."""

    count: int
    purpose: str
    until: datetime


@dataclass(frozen=True)
class Receipt:
    """Templates that were deleted together: their receipt's number, how many, when, why (a code of rules.ENDS)."""

    number: str
    count: int
    deleted_at: datetime
    why: str


@dataclass(frozen=True)
class Status:
    """How many faces are held. A claimant counts once for each time she was named anew: never too few."""

    enabled: bool
    persons: int
    templates: int
    next_expiry: datetime | None
    alarm: bool


def enabled() -> bool:
    """Whether the operator has recorded the impact assessment without which no face is measured."""
    return bool(settings().pipia_ref)


def consent_of(report_id: str) -> Consent | None:
    """The latest consent to compare a face that was given for this report, withdrawn or not."""
    given = select(Consent).where(Consent.report_id == report_id, Consent.purpose == "face")
    return db.session.scalar(given.order_by(Consent.given_at.desc(), Consent.id.desc()).limit(1))


def hindrance(report: Report) -> str:
    """Why no face may be measured for this report now (rules.hindrance); '' when it may."""
    consent = consent_of(report.id)
    return rules.hindrance(consent, report.standing, report.kind, now(), book().biometrics, enabled=enabled())


def templates(consent_id: str, evidence_ids: Collection[str], detector: str, version: str) -> dict[str, bytes]:
    """The opened templates of these references, by evidence id; those that are over are left out."""
    rows = select(FaceTemplate).where(
        FaceTemplate.consent_id == consent_id,
        FaceTemplate.evidence_id.in_(evidence_ids),
        FaceTemplate.detector == detector,
        FaceTemplate.version == version,
        FaceTemplate.expires_at > now(),
    )
    return {template.evidence_id: template.data for template in db.session.scalars(rows)}


def held(report_id: str) -> list[Held]:
    """What lies here for a report, by purpose; nothing is opened for it."""
    rows = db.session.execute(
        select(FaceTemplate.purpose, func.count(), func.max(FaceTemplate.expires_at))
        .join(Consent, Consent.id == FaceTemplate.consent_id)
        .where(Consent.report_id == report_id)
        .group_by(FaceTemplate.purpose)
        .order_by(FaceTemplate.purpose)
    )
    return [Held(count, purpose, until) for purpose, count, until in rows]


def receipts(report_id: str) -> list[Receipt]:
    """What was deleted for a report, the latest first."""
    gone = TemplateDeletion
    rows = db.session.execute(
        select(gone.number, func.count(), func.max(gone.deleted_at), func.max(gone.why))
        .join(Consent, Consent.id == gone.consent_id)
        .where(Consent.report_id == report_id)
        .group_by(gone.number)
        .order_by(func.max(gone.deleted_at).desc(), gone.number)
    )
    return [Receipt(number, count, deleted_at, why) for number, count, deleted_at, why in rows]


def reports_with_templates() -> list[str]:
    """Ids of the reports for which anything is held."""
    rows = select(Consent.report_id).join(FaceTemplate, FaceTemplate.consent_id == Consent.id).distinct()
    return [report_id for report_id in db.session.scalars(rows) if report_id]


def status() -> Status:
    """How many persons and templates, when the next one ends, whether the alarm rings (law.md §9.1)."""
    person = func.coalesce(Standing.claimant_id, Standing.reporter_id)
    persons, count, ends = db.session.execute(
        select(func.count(person.distinct()), func.count(FaceTemplate.id), func.min(FaceTemplate.expires_at))
        .select_from(FaceTemplate)
        .join(Consent, Consent.id == FaceTemplate.consent_id)
        .join(Standing, Standing.id == Consent.standing_id)
    ).one()
    return Status(enabled(), persons, count, ends, rules.alarms(persons, book().biometrics))
