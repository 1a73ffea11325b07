"""Looking at cases: one case, its reports, its messages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.core.errors import NotFound
from webapp.core.ids import read_reference
from webapp.domain.cases.families import family
from webapp.domain.cases.models import Case, CaseReport, CaseTouch, Claim, Message, Referral
from webapp.domain.cases.questions import active
from webapp.domain.cases.questions import waits_for_answer as waits_for_answer
from webapp.domain.cases.rules import groups
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import Report, ReportEvidence
from webapp.domain.staff.models import Staff

PAGE = 25


def get(case_id: str) -> Case:
    """The case, freshly read. Raises NotFound."""
    case = db.session.get(Case, case_id, populate_existing=True)
    if case is None:
        raise NotFound("no_such_case")
    return case


def by_reference(reference: str) -> Case:
    """The case a person typed or clicked. Raises NotFound."""
    case = db.session.scalar(select(Case).where(Case.reference == read_reference(reference)))
    if case is None:
        raise NotFound("no_such_case")
    return case


def case_of(report_id: str) -> Case:
    """The case a report is in. Raises NotFound."""
    return entry_of(report_id).case


def entry_of(report_id: str) -> CaseReport:
    """The report's row in its case. Raises NotFound."""
    return need(CaseReport, report_id, "no_such_report")


def active_reports(case_id: str) -> list[Report]:
    """The case's reports that were neither withdrawn nor lapsed, oldest first, each with its standing: what a decision
    has to answer."""
    return list(
        db.session.scalars(
            select(Report)
            .join(CaseReport, CaseReport.report_id == Report.id)
            .where(CaseReport.case_id == case_id, active())
            .options(joinedload(Report.standing))
            .order_by(Report.received_at, Report.id)
        )
    )


@dataclass(frozen=True)
class Group:
    """Reports of one case that may come from one source; `why` has 'same_address', 'same_words' or both."""

    reports: tuple[Report, ...]
    why: tuple[str, ...]


def correlated(case_id: str) -> list[Group]:
    """The case's reports that look like one source: the same address, or nearly the same wording.

    A hint for the reviewer, no finding: friends copy a text in good faith, and one person may be right three times.
    """
    reports = list(
        db.session.scalars(
            select(Report)
            .join(CaseReport, CaseReport.report_id == Report.id)
            .where(CaseReport.case_id == case_id, active())
            .options(joinedload(Report.standing).joinedload(Standing.reporter))
            .order_by(Report.received_at, Report.id)
        )
    )
    by_id = {r.id: r for r in reports}
    found = groups(
        {r.id: r.standing.reporter.email_index for r in reports},
        {r.id: r.wrong for r in reports},
    )
    return [Group(tuple(by_id[i] for i in ids), why) for ids, why in found]


def touched(case_id: str) -> set[str]:
    """Ids of the staff who worked on the case and so cannot decide its appeal."""
    return set(db.session.scalars(select(CaseTouch.staff_id).where(CaseTouch.case_id == case_id)))


def referrals(case_id: str) -> list[Referral]:
    """To which authorities the case, or one merged into it, was handed, oldest first."""
    ours = select(Referral).where(Referral.case_id.in_(family(case_id)))
    return list(db.session.scalars(ours.order_by(Referral.referred_at)))


def counts() -> dict[str, int]:
    """How many cases are in each state."""
    rows = db.session.execute(select(Case.state, func.count()).group_by(Case.state))
    return {state: number for state, number in rows}


def holder(case_id: str) -> Staff | None:
    """Who holds a live lease on the case."""
    return db.session.scalar(
        select(Staff).join(Claim, Claim.staff_id == Staff.id).where(Claim.case_id == case_id, Claim.expires_at >= now())
    )


def messages(case_id: str, *, report_id: str | None = None, side: str = "reporter") -> list[Message]:
    """One side's messages in a case, oldest first; for the reporter's side those of one report when it is named."""
    statement = select(Message).where(Message.case_id == case_id, Message.side == side).order_by(Message.sent_at)
    if report_id is not None:
        statement = statement.where(Message.report_id == report_id)
    return list(db.session.scalars(statement))


def unhandled_rows() -> ColumnElement[bool]:
    """Messages a party wrote after their case was over that nobody dealt with."""
    return and_(Message.late, Message.handled_at.is_(None))


def written_after_decision(limit: int = 100) -> list[Message]:
    """What either side wrote after their case was over and nobody dealt with yet, newest first, with the case: no
    queue shows these. How many there are in all says `unhandled`.
    """
    return list(
        db.session.scalars(
            select(Message)
            .join(Message.case)
            .where(unhandled_rows())
            .options(contains_eager(Message.case))
            .order_by(Message.sent_at.desc())
            .limit(limit)
        )
    )


def unhandled() -> int:
    """How many messages written after their case was over wait for somebody of the desk."""
    return db.session.scalar(select(func.count(Message.id)).where(unhandled_rows())) or 0


def message(message_id: str) -> Message:
    """The message. Raises NotFound."""
    return need(Message, message_id, "no_such_message")


def evidence_of(case_id: str) -> list[Evidence]:
    """All items of the case's reports with their previews, each once, oldest first."""
    rows = db.session.scalars(
        select(Evidence)
        .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .where(CaseReport.case_id == case_id, Evidence.dropped_at.is_(None))
        .options(joinedload(Evidence.previews))
        .order_by(Evidence.received_at, Evidence.id)
    ).unique()
    return list(rows)
