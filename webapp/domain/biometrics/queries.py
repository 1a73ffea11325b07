"""Looking at templates and receipts: what is held for a report, what was deleted, and how many persons there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.biometrics import rules
from webapp.domain.biometrics.models import Template, TemplateDeletion
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
    """Templates that were deleted together: their receipt's number, how many, of what (a purpose), when, why (a code
    of rules.ENDS)."""

    number: str
    count: int
    purpose: str
    deleted_at: datetime
    why: str


@dataclass(frozen=True)
class Counted:
    """How much is held for one purpose: of how many persons, how many templates."""

    persons: int = 0
    templates: int = 0


@dataclass(frozen=True)
class Status:
    """How much is held, by purpose and in all. A claimant counts once for each time she was named anew, and once if
    both her face and her voice are held: never too few."""

    held: dict[str, Counted]
    persons: int
    templates: int
    next_expiry: datetime | None
    alarm: bool


def assessment(purpose: str) -> str:
    """The operator's record of the impact assessment for this purpose; '' where there is none."""
    return {"face": settings().pipia_ref, "voice": settings().pipia_ref_voices}[purpose]


def enabled(purpose: str) -> bool:
    """Whether the operator has recorded the impact assessment without which nothing is measured for this purpose."""
    return bool(assessment(purpose))


def asked(report: Report) -> str:
    """The purpose a report's kind asks a separate consent for; '' for none."""
    kind = book().kinds.get(report.kind)
    return kind.biometric if kind else ""


def consent_of(report_id: str, purpose: str) -> Consent | None:
    """The latest consent for this purpose that was given for this report, withdrawn or not."""
    given = select(Consent).where(Consent.report_id == report_id, Consent.purpose == purpose)
    return db.session.scalar(given.order_by(Consent.given_at.desc(), Consent.id.desc()).limit(1))


def consented(report_id: str) -> list[str]:
    """The purposes for which a consent was ever given for this report, withdrawn or not."""
    given = set(db.session.scalars(select(Consent.purpose).where(Consent.report_id == report_id)))
    return [purpose for purpose in rules.PURPOSES if purpose in given]


def hindrance(report: Report, purpose: str) -> str:
    """Why nothing may be measured for this report and purpose now (rules.hindrance); '' when it may."""
    consent = consent_of(report.id, purpose)
    return rules.hindrance(consent, report.standing, report.kind, now(), book().biometrics, enabled=enabled(purpose))


def templates(consent_id: str, evidence_ids: Collection[str], detector: str, version: str) -> dict[str, bytes]:
    """The opened templates of these references, by evidence id; those that are over are left out."""
    rows = select(Template).where(
        Template.consent_id == consent_id,
        Template.evidence_id.in_(evidence_ids),
        Template.detector == detector,
        Template.version == version,
        Template.expires_at > now(),
    )
    return {template.evidence_id: template.data for template in db.session.scalars(rows)}


def held(report_id: str) -> list[Held]:
    """What lies here for a report, by purpose; nothing is opened for it."""
    rows = db.session.execute(
        select(Template.purpose, func.count(), func.max(Template.expires_at))
        .join(Consent, Consent.id == Template.consent_id)
        .where(Consent.report_id == report_id)
        .group_by(Template.purpose)
        .order_by(Template.purpose)
    )
    return [Held(count, purpose, until) for purpose, count, until in rows]


def receipts(report_id: str) -> list[Receipt]:
    """What was deleted for a report, the latest first."""
    gone = TemplateDeletion
    rows = db.session.execute(
        select(gone.number, func.count(), func.max(gone.purpose), func.max(gone.deleted_at), func.max(gone.why))
        .join(Consent, Consent.id == gone.consent_id)
        .where(Consent.report_id == report_id)
        .group_by(gone.number)
        .order_by(func.max(gone.deleted_at).desc(), gone.number)
    )
    return [Receipt(number, count, purpose, deleted_at, why) for number, count, purpose, deleted_at, why in rows]


def reports_with_templates() -> list[str]:
    """Ids of the reports for which anything is held."""
    rows = select(Consent.report_id).join(Template, Template.consent_id == Consent.id).distinct()
    return [report_id for report_id in db.session.scalars(rows) if report_id]


def status() -> Status:
    """How many persons and templates, when the next one ends, whether the alarm rings (law.md §9.1)."""
    person = func.coalesce(Standing.claimant_id, Standing.reporter_id)
    counted = (
        select(func.count(person.distinct()), func.count(Template.id), func.min(Template.expires_at))
        .select_from(Template)
        .join(Consent, Consent.id == Template.consent_id)
        .join(Standing, Standing.id == Consent.standing_id)
    )
    persons, count, ends = db.session.execute(counted).one()
    held = {
        purpose: Counted(*db.session.execute(counted.where(Template.purpose == purpose)).one()[:2])
        for purpose in rules.PURPOSES
    }
    return Status(held, persons, count, ends, rules.alarms(persons, book().biometrics))
