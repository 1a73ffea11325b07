"""Between the form and the rows: days become instants in the legal time zone, and a stored report a form again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from webapp.core.clock import now
from webapp.core.db import settings
from webapp.domain.claimants.models import Standing
from webapp.domain.intake.form import GOOD_FAITH, FilledReport, day
from webapp.domain.policy.queries import book
from webapp.domain.reports import places
from webapp.domain.reports.models import Report


def today() -> date:
    """The day it is in the operator's legal time zone."""
    return now().astimezone(_zone()).date()


def standing_columns(form: FilledReport) -> dict[str, Any]:
    """What the form claims of the standing: its last day counts whole, so it ends when that day does."""
    begins, ends = day(form.valid_from), day(form.valid_to)
    standing = book().standing[form.basis]
    return {
        "matters": form.matters,
        "scope": list(form.scope),
        "valid_from": _start(begins) if begins else None,
        "valid_to": _start(ends + timedelta(days=1)) if ends else None,
        "declarations": [code for code in standing.requires if code in form.stated],
        "prior_arrangement": form.prior_arrangement,
        "registry_ref": form.registry_ref,
    }


def stream_columns(form: FilledReport) -> dict[str, Any]:
    """What the form says of a live stream and of the part to look at; what cannot be read is left out."""
    return {
        "live": form.live if form.live in places.LIVE else "",
        "seen_at": places.moment(form.seen_at, _zone()) if form.seen_at else None,
        "part_from": places.seconds(form.part_from),
        "part_to": places.seconds(form.part_to),
    }


def claim_of(standing: Standing) -> dict[str, Any]:
    """Matters, scope and term of a standing as the form's fields; the inverse of standing_columns."""
    return {
        "matters": standing.matters,
        "scope": tuple(standing.scope),
        "valid_from": _day(standing.valid_from),
        "valid_to": _day(standing.valid_to - timedelta(seconds=1) if standing.valid_to else None),
    }


def filled_from(report: Report) -> FilledReport:
    """A received report as the form it was, with what was supplied since."""
    standing, subject = report.standing, report.subject
    return FilledReport(
        kind=report.kind,
        basis=standing.basis,
        claimant_name=standing.claimant.name if standing.claimant else "",
        **claim_of(standing),
        prior_arrangement=standing.prior_arrangement,
        registry_ref=report.registry_ref or standing.registry_ref,
        platform=subject.platform,
        content_ref=subject.content_ref,
        address=subject.address,
        wrong=report.wrong,
        work_title=report.work_title,
        time_position=report.time_position,
        live=report.live,
        seen_at=report.seen_at.isoformat() if report.seen_at else "",
        part_from=_typed(report.part_from),
        part_to=_typed(report.part_to),
        source=report.source,
        loss=report.loss,
        circumstances=tuple(report.circumstances),
        anonymous=not standing.reporter.email,
        name=standing.reporter.name,
        email=standing.reporter.email,
        postal_address=standing.reporter.postal_address,
        language=report.language,
        elected=tuple(r for r in report.regimes if r in book().regimes and book().regimes[r].elected),
        statements=(*report.statements, *standing.declarations),
        signature=report.signature,
        good_faith=GOOD_FAITH in report.statements,
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings().timezone)


def _typed(at: float | None) -> str:
    return "" if at is None else f"{at:g}"


def _start(of: date) -> datetime:
    return datetime.combine(of, time(), _zone())


def _day(moment: datetime | None) -> str:
    return moment.astimezone(_zone()).date().isoformat() if moment else ""
