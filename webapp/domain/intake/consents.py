"""The end of a consent to compare a face or a voice: withdrawn, out of time, or its report over. What was made on it
goes at once.

Templates are one room's, matches another's, cases a third's; here they are ended together, in one transaction.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.biometrics import queries as held
from webapp.domain.biometrics import service as biometrics
from webapp.domain.biometrics.models import TemplateDeletion
from webapp.domain.biometrics.rules import PURPOSES
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import CaseReport
from webapp.domain.cases.service import weigh
from webapp.domain.claimants.models import Standing
from webapp.domain.claimants.rules import runs
from webapp.domain.claimants.service import withdraw_consents
from webapp.domain.matching import consented
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.queries import items_of


def withdraw(report: Report, actor: Actor) -> list[TemplateDeletion]:
    """She takes back what she allowed for this report: templates are deleted, and what was found with them is blanked
    (PIPL arts 15, 47). Gives the receipts; the letter that confirms it lists them.

    What stays is that she consented, that she withdrew, and that a comparison took place: no measurement, no result.
    """
    require_transaction("intake.withdraw_consent")
    withdraw_consents(report.standing, actor, report.id)
    gone = biometrics.end([report.id], "consent_withdrawn", actor)
    _blank(report, actor, "consent_withdrawn")
    return gone


def sweep() -> list[TemplateDeletion]:
    """Delete every template whose time is over or whose report is: gives the receipts.

    A report that was withdrawn and a standing that fell away end at once; a closed case after the book's days.
    """
    require_transaction("intake.sweep_consents")
    gone = biometrics.expire()
    over = _over()
    for why in sorted(set(over.values())):
        gone += biometrics.end(
            [report_id for report_id, reason in over.items() if reason == why], why, biometrics.HOUSE
        )
    for report_id in (report_id for report_id, reason in over.items() if reason == "standing_lost"):
        # Who did not speak for the person could not consent for them: what was found goes too.
        _blank(db.session.get_one(Report, report_id), biometrics.HOUSE, "no_consent")
    return gone


def _over() -> dict[str, str]:
    """Report id → why its templates have to go now, of the reports that still have some."""
    moment = now()
    long_ago = moment - timedelta(days=book().biometrics.closed_days.number)
    rows = db.session.execute(
        select(Report.id, CaseReport, Standing)
        .join(CaseReport, CaseReport.report_id == Report.id)
        .join(Standing, Standing.id == Report.standing_id)
        .where(Report.id.in_(held.reports_with_templates()))
    ).all()
    found = {}
    for report_id, entry, standing in rows:
        if entry.withdrawn_at is not None:
            found[report_id] = "report_withdrawn"
        elif standing.state == "refused" or not runs(standing, moment):
            found[report_id] = "standing_lost"
        elif entry.case.closed_at is not None and entry.case.closed_at <= long_ago:
            found[report_id] = "case_closed"
    return found


def _blank(report: Report, actor: Actor, reason: str) -> None:
    references = [item.id for item in items_of(report.id) if item.role == "reference"]
    counted = {purpose: consented.blank(references, purpose, reason) for purpose in PURPOSES}
    for detector, count in counted.items():
        if count:
            record(actor, "match.blank", "report", report.id, detector=detector, count=count)
    if any(counted.values()):
        weigh(cases.case_of(report.id))
