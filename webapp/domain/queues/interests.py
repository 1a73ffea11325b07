"""Conflicts of interest: declared by whoever has one, or by a lead; from then on routing keeps the case away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import NotAllowed, NotFound, Refused
from webapp.core.ids import new_id, read_reference
from webapp.core.sealed import blind_index
from webapp.domain.cases.life import as_actor
from webapp.domain.cases.models import Case, CaseReport, Claim
from webapp.domain.cases.service import release
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.queues.models import Interest
from webapp.domain.queues.rules import check_note
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import can, normal_email

Kind = Literal["account", "reporter", "content"]
KINDS: tuple[Kind, ...] = ("account", "reporter", "content")


def live(staff_id: str) -> list[Interest]:
    """What a person has declared, or a lead for them, and not ended; the newest first."""
    return list(
        db.session.scalars(
            select(Interest)
            .where(Interest.staff_id == staff_id, Interest.ended_at.is_(None))
            .options(joinedload(Interest.staff), joinedload(Interest.declared_by))
            .order_by(Interest.declared_at.desc(), Interest.id)
        )
    )


def of_others(staff_id: str, limit: int = 200) -> list[Interest]:
    """What everybody else has, for leads, the newest first."""
    return list(
        db.session.scalars(
            select(Interest)
            .where(Interest.staff_id != staff_id, Interest.ended_at.is_(None))
            .options(joinedload(Interest.staff), joinedload(Interest.declared_by))
            .order_by(Interest.declared_at.desc(), Interest.id)
            .limit(limit)
        )
    )


def outside(staff_id: str) -> list[ColumnElement[bool]]:
    """Conditions that keep a person's cases of interest out of a query over `case`; none for most people."""
    rows = db.session.execute(
        select(Interest.kind, Interest.target).where(Interest.staff_id == staff_id, Interest.ended_at.is_(None))
    ).all()
    targets = {kind: [target for k, target in rows if k == kind] for kind in KINDS}
    found: list[ColumnElement[bool]] = []
    if targets["content"]:
        found.append(Case.subject_id.not_in(targets["content"]))
        reported = (  # what was merged in from elsewhere, too
            select(CaseReport.report_id)
            .join(Report, Report.id == CaseReport.report_id)
            .where(CaseReport.case_id == Case.id, Report.subject_id.in_(targets["content"]))
        )
        found.append(~reported.correlate(Case).exists())
    if targets["account"]:
        found.append(~exists().where(Subject.id == Case.subject_id, Subject.respondent_id.in_(targets["account"])))
    if targets["reporter"]:
        spoken = (
            select(CaseReport.report_id)
            .join(Report, Report.id == CaseReport.report_id)
            .join(Standing, Standing.id == Report.standing_id)
            .join(Reporter, Reporter.id == Standing.reporter_id)
            .where(CaseReport.case_id == Case.id, Reporter.email_index.in_(targets["reporter"]))
        )
        found.append(~spoken.correlate(Case).exists())
    return found


def target_of(kind: str, typed: str) -> tuple[str, str]:
    """What somebody typed, as (target, label): a case for its account or content, a report for its reporter; or an
    account's handle or id, a reporter's e-mail address. Raises Refused('interest_kind', 'interest_unknown').
    """
    typed = typed.strip()
    if kind not in KINDS:
        raise Refused("interest_kind")
    if kind == "reporter":
        return _reporter(typed)
    case = db.session.scalar(select(Case).where(Case.reference == read_reference(typed)))
    if kind == "content" and case is not None:
        return case.subject_id, case.reference
    if kind == "account" and case is not None and case.subject.respondent_id:
        account = need(Respondent, case.subject.respondent_id, "no_such_account")
        return account.id, account.handle or account.account_ref
    if kind == "account" and typed:
        # One after the other: only the handle has an index of its own, and it is what people type.
        for named in (Respondent.handle.in_((typed, f"@{typed}")), Respondent.account_ref == typed):
            found = list(db.session.scalars(select(Respondent).where(named).limit(2)))
            if found:
                break
        if len(found) == 1:
            return found[0].id, found[0].handle or found[0].account_ref
    raise Refused("interest_unknown")


def _reporter(typed: str) -> tuple[str, str]:
    if "@" in typed:
        return blind_index(normal_email(typed)), typed
    report = db.session.scalar(select(Report).where(Report.reference == read_reference(typed)))
    if report is None or not report.standing.reporter.email_index:
        raise Refused("interest_unknown")
    return report.standing.reporter.email_index, report.reference


def declare(staff: Staff, kind: str, typed: str, reason: str, by: Staff) -> Interest:
    """Say that a person must not get certain cases; what they hold of them goes back. Once a target; a repeat gives
    the first. Raises Refused('interest_kind', 'interest_unknown', 'interest_why_missing', 'text_too_long').
    """
    require_transaction("queues.declare")
    if not reason.strip():
        raise Refused("interest_why_missing")
    target, label = target_of(kind, typed)
    known = next((one for one in live(staff.id) if (one.kind, one.target) == (kind, target)), None)
    if known is not None:
        return known
    found = Interest(
        id=new_id(),
        staff_id=staff.id,
        kind=kind,
        target=target,
        label=label,
        reason=check_note(reason),
        declared_by_id=by.id,
        declared_at=now(),
    )
    db.session.add(found)
    db.session.flush()  # what follows asks for it
    record(as_actor(by), "interest.declare", "staff", staff.id, kind=kind)
    _let_go(staff)
    return found


def end(interest_id: str, by: Staff) -> None:
    """It no longer holds; it stays readable for leads. What a lead declared only a lead ends. Raises NotFound,
    NotAllowed('interest_of_lead', 'not_your_role').
    """
    require_transaction("queues.end_interest")
    found = need(Interest, interest_id, "no_such_interest")
    if found.ended_at is not None:
        return
    if not can(by.role, "see_interests"):
        if found.staff_id != by.id:
            raise NotFound("no_such_interest")
        if found.declared_by_id != by.id:
            raise NotAllowed("interest_of_lead")
    found.ended_at, found.ended_by_id = now(), by.id
    record(as_actor(by), "interest.end", "staff", found.staff_id, kind=found.kind)


def in_conflict(case_id: str, staff_id: str) -> bool:
    """Whether this person declared, or was declared to have, an interest in the case."""
    return case_id in of_interest(staff_id, [case_id])


def of_interest(staff_id: str, case_ids: Collection[str]) -> set[str]:
    """Of these cases the ones this person has an interest in."""
    wanted = outside(staff_id)
    if not wanted or not case_ids:
        return set()
    free = db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), *wanted))
    return set(case_ids) - set(free)


def _let_go(staff: Staff) -> None:
    """Give back what they hold of it."""
    held = list(db.session.scalars(select(Claim.case_id).where(Claim.staff_id == staff.id)))
    for case_id in sorted(of_interest(staff.id, held)):
        release(case_id, staff)
