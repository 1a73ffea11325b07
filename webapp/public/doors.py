"""Whose page this is: the report a reporter has opened with her secret, the case an account opened by its letter."""

from __future__ import annotations

from webapp.core.audit import Actor
from webapp.core.errors import NotFound
from webapp.core.links import unsign
from webapp.domain.cases import families
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.public import access

PURPOSE = "respond"  # the letter signs the case's id under this name


def mine(reference: str) -> Report:
    """The report, if this browser has opened it. Raises NotFound('no_such_report') alike if not or if there is none."""
    report = reports.by_reference(reference)
    if not access.may_see("report", report.id):
        raise NotFound("no_such_report")
    return report


def reporter(report: Report) -> Actor:
    """The reporter as the audit log names her."""
    return Actor("reporter", report.standing.reporter_id)


def opened(reference: str) -> Case:
    """The case, if this browser came with the letter's link; for one that was merged, the case it is part of now.
    Raises NotFound('no_such_case') otherwise."""
    named = cases.by_reference(reference)
    case = _now(named)
    if not access.may_see("respond", named.id) and not access.may_see("respond", case.id):
        raise NotFound("no_such_case")
    return case


def _now(named: Case) -> Case:
    """The case a letter speaks of now. Merged cases have one account, so its link opens what became of them."""
    case = families.kept(named)
    if named.subject.respondent_id not in (None, case.subject.respondent_id):
        raise NotFound("no_such_case")
    return case


def account(case: Case) -> Actor:
    """The respondent as the audit log names it."""
    return Actor("respondent", case.subject.respondent_id or "")


def let_in(reference: str, token: str) -> Case:
    """Open the case a letter's link names (or what it was merged into), and remember it. Raises NotFound: forged, of
    another case, or too old."""
    named = cases.by_reference(reference)
    if unsign(PURPOSE, token, link_days() * 86400) != named.id:
        raise NotFound("no_such_case")
    case = _now(named)
    access.remember("respond", case.id)
    return case


def link_days() -> int:
    """How many days a letter's link opens the page: as long as reports are kept in reach, and the longest window to
    answer on top. So no wait that an answer on its last day begins (15 days, 20 working days more) outlives the way in.
    """
    ends = [clock.span.days for clock in book().clocks.values() if clock.starts == "decided" and clock.span]
    return book().numbers.tracking_days + max([book().numbers.appeal_days, *(days for days in ends if days)])
