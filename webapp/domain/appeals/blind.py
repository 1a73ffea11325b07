"""Looking at appeals: what a party may contest, what waits for a second person, and what she sees before she has found.

Until her findings are made nothing of the first decision is given out: not who, not what, not why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import aliased, contains_eager

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.core.errors import NotFound
from webapp.core.ids import read_reference
from webapp.domain.appeals import queries, rules
from webapp.domain.appeals.models import Appeal, ProofItem
from webapp.domain.appeals.rules import OPEN_APPEAL
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseTouch, Message
from webapp.domain.clocks.models import Clock
from webapp.domain.clocks.rules import LIVE
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.evidence.models import Evidence
from webapp.domain.policy.queries import book
from webapp.domain.queues import interests
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff

RESPONDENT = "respondent"
PAGE = 25


@dataclass(frozen=True)
class AppealDoor:
    """Whether a party can appeal now. `decision` is None when there is nothing this party could contest."""

    decision: Decision | None
    until: datetime | None
    open: bool
    sent: Appeal | None


@dataclass(frozen=True)
class Look:
    """What the second person has before her. `decision` stays None until her findings are made."""

    appeal: Appeal
    case: Case
    reports: Sequence[Report]
    evidence: Sequence[Evidence]
    proofs: Sequence[ProofItem]
    # What the parties wrote to the desk; what the desk wrote would show the first reviewer's mind.
    messages: Sequence[Message]
    # The respondent's statement in a counter-notice, '' if none was sent.
    counter_statement: str
    findings: Mapping[str, str]
    decision: Decision | None


def get(appeal_id: str) -> Appeal:
    """The appeal, freshly read. Raises NotFound."""
    found = db.session.get(Appeal, appeal_id, populate_existing=True)
    if found is None:
        raise NotFound("no_such_appeal")
    return found


def hold(appeal_id: str) -> None:
    """Hold the appeal's row until the transaction ends: of two steps at once one comes first."""
    db.session.execute(select(Appeal.id).where(Appeal.id == appeal_id).with_for_update())


def by_reference(reference: str) -> Appeal:
    """The appeal a person typed or clicked. Raises NotFound."""
    found = db.session.scalar(select(Appeal).where(Appeal.reference == read_reference(reference)))
    if found is None:
        raise NotFound("no_such_appeal")
    return found


def of_case(case_id: str) -> list[Appeal]:
    """Every appeal of the case, oldest first."""
    return list(db.session.scalars(select(Appeal).where(Appeal.case_id == case_id).order_by(Appeal.filed_at)))


def open_in(case_id: str) -> bool:
    """Whether an appeal of the case is still to be decided."""
    return any(appeal.state in OPEN_APPEAL for appeal in of_case(case_id))


def reporter(report_id: str) -> str:
    """The party a reporter appeals as."""
    return f"reporter:{report_id}"


def report_id(party: str) -> str:
    """The report a reporter's party names; '' for the respondent."""
    return party.removeprefix("reporter:") if party.startswith("reporter:") else ""


def door(case_id: str, party: str) -> AppealDoor:
    """Whether this party may appeal. The respondent: against a decision upheld. A reporter: against what was decided on
    her own report, rejected or not far enough; not against content put back after a counter-notice, where the way is
    the court (Civil Code 1196, RTCI 17).
    """
    sent = db.session.scalar(select(Appeal).where(Appeal.case_id == case_id, Appeal.party == party))
    decision = sent.decision if sent else _contestable(case_id, party)
    if decision is None:
        return AppealDoor(None, None, False, None)
    regimes = {code for report in cases.active_reports(case_id) for code in report.regimes}
    served = {code for code in regimes if book().regimes[code].enabled}
    until = rules.window(book(), served, decision.decided_at, settings().timezone, "appealed")
    return AppealDoor(decision, until, sent is None and now() <= until, sent)


def _contestable(case_id: str, party: str) -> Decision | None:
    decision = decisions.latest(case_id)
    if decision is None or decision.stage in ("interim", "restoration"):
        return None
    if party == RESPONDENT:
        return decision if decision.verdict == "upheld" else None
    own = any(report.id == report_id(party) for report in cases.active_reports(case_id))
    return decision if own else None


def touched(case_id: str, staff_id: str) -> bool:
    """Whether this person has worked on the case before."""
    return db.session.get(CaseTouch, (case_id, staff_id), populate_existing=True) is not None


def hides(case_id: str, staff_id: str) -> bool:
    """Whether the desk must not show this person who decided the case, what and why: an appeal is open, she could be or
    is its second person, and she has not found yet. Whoever worked on the case knows it already.
    """
    still_open = [appeal for appeal in of_case(case_id) if appeal.state in OPEN_APPEAL]
    if not still_open or touched(case_id, staff_id):
        return False
    return not any(appeal.reviewer_id == staff_id and appeal.found_at is not None for appeal in still_open)


def hidden_cases(staff_id: str) -> list[str]:
    """Ids of all cases of which this is so, in one query."""
    own = aliased(Appeal)
    worked = exists().where(CaseTouch.case_id == Appeal.case_id, CaseTouch.staff_id == staff_id)
    found = exists().where(
        own.case_id == Appeal.case_id,
        own.reviewer_id == staff_id,
        own.found_at.is_not(None),
        own.state.in_(OPEN_APPEAL),
    )
    statement = select(Appeal.case_id).where(Appeal.state.in_(OPEN_APPEAL), ~worked, ~found)
    return list(db.session.scalars(statement.distinct()))


def reviewer_name(appeal: Appeal) -> str:
    """Who has it, for colleagues; '' when nobody has."""
    staff = db.session.get(Staff, appeal.reviewer_id) if appeal.reviewer_id else None
    return staff.name if staff else ""


def waiting(staff: Staff, limit: int = PAGE) -> list[tuple[Appeal, datetime | None]]:
    """Appeals this person may take, and those she has, with their due time: the one due first at the top.

    Leaves out cases she touched or has an interest in. A due time is None where the book gives appeals no clock.
    """
    clock = select(func.min(Clock.due_at)).where(Clock.on_id == literal("appeal:") + Appeal.id, Clock.state.in_(LIVE))
    due = clock.scalar_subquery()
    mine = exists().where(CaseTouch.case_id == Appeal.case_id, CaseTouch.staff_id == staff.id)
    statement = (
        select(Appeal, due)
        .join(Appeal.case)
        .options(contains_eager(Appeal.case))
        .where(
            Appeal.state.in_(OPEN_APPEAL),
            Appeal.reviewer_id.is_(None) | (Appeal.reviewer_id == staff.id),
            ~mine,
            *interests.outside(staff.id),
        )
        .order_by(func.coalesce(due, Appeal.filed_at), Appeal.id)
        .limit(limit)
    )
    return [(appeal, at) for appeal, at in db.session.execute(statement)]


def look(appeal: Appeal) -> Look:
    """What the second person sees now: before her findings the reports, the evidence and the parties' own words; after
    them also the decision in force, with its reviewer and reasons."""
    case = appeal.case
    written = cases.messages(case.id, side="reporter") + cases.messages(case.id, side="respondent")
    counter = next(iter(queries.of_case(case.id)), None)
    return Look(
        appeal=appeal,
        case=case,
        reports=cases.active_reports(case.id),
        evidence=cases.evidence_of(case.id),
        proofs=queries.proofs(case.id),
        messages=sorted((m for m in written if m.sent_by == "party"), key=lambda m: m.sent_at),
        counter_statement=counter.statement if counter else "",
        findings=appeal.findings,
        decision=decisions.latest(case.id) if appeal.found_at is not None else None,
    )
