"""The verbs of a case: open or join, take, release, ask, answer, withdraw, weigh. Only `move` writes the state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.ids import new_id, new_reference
from webapp.domain.cases import queries
from webapp.domain.cases.models import Case, CaseReport, Claim, Message
from webapp.domain.cases.rules import LIFE, LIVE, due, most_urgent, strongest
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


def open_or_join(report: Report, actor: Actor) -> Case:
    """The live case of the report's subject, or a new one; the report gets its own row in it."""
    require_transaction("cases.open_or_join")
    case = db.session.scalar(select(Case).where(Case.subject_id == report.subject_id, Case.state.in_(LIVE)))
    if case is None:
        kind = book().kinds[report.kind]
        case = Case(
            id=new_id(),
            reference=new_reference("C"),
            subject_id=report.subject_id,
            state=LIFE.start,
            priority=kind.priority,
            kind=report.kind,
            due_at=due([(report.received_at, book().priorities[kind.priority].decision_hours)]),
            opened_at=now(),
        )
        db.session.add(case)
        db.session.flush()  # the report's row points at it
        record(actor, "case.open", "case", case.id, subject=report.subject_id)
    else:
        case.version += 1
    db.session.add(CaseReport(report_id=report.id, case_id=case.id, joined_at=now()))
    record(actor, "case.join", "case", case.id, report=report.id)
    weigh(case)
    return case


def move(case: Case, verb: str, actor: Actor, **facts: Any) -> None:
    """Step the lifecycle, write the audit entry. Raises Refused when the table does not know the step."""
    require_transaction("cases.move")
    before = case.state
    case.state = LIFE.step(before, verb)
    case.version += 1
    case.decided_at = now() if case.state == "decided" else None
    record(actor, f"case.{verb}", "case", case.id, before=before, after=case.state, **facts)


def weigh(case: Case) -> None:
    """Work out again what the queue sorts by and shows: priority, kind, due time, counts, best match, picture."""
    require_transaction("cases.weigh")
    db.session.flush()  # rows of this transaction count too
    reports = queries.active_reports(case.id)
    case.report_count = len(reports)
    if reports:
        kinds = {r.id: book().kinds[r.kind] for r in reports}
        case.priority = most_urgent(k.priority for k in kinds.values())
        case.kind = next(r.kind for r in reports if kinds[r.id].priority == case.priority)
        case.due_at = due((r.received_at, book().priorities[kinds[r.id].priority].decision_hours) for r in reports)
    case.best_band = strongest(queries.bands(case.id))
    case.thumb_evidence_id = queries.thumb_of(case.id)


def take(case_id: str, staff: Staff) -> Claim:
    """Take the lease for a while. Raises Conflict('claimed_by_other', name) while somebody else holds a live one."""
    require_transaction("cases.take")
    moment = now()
    case = queries.get(case_id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    expires = moment + timedelta(minutes=book().claim_minutes)
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(Claim).values(case_id=case_id, staff_id=staff.id, taken_at=moment, expires_at=expires)
    taken = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[Claim.case_id],
            set_={"staff_id": staff.id, "taken_at": moment, "expires_at": expires},
            where=(Claim.expires_at < moment) | (Claim.staff_id == staff.id),
        ).returning(Claim.case_id)
    )
    if taken is None:
        holder = queries.holder(case_id)
        raise Conflict("claimed_by_other", name=holder.name if holder else "")
    record(_actor(staff), "case.take", "case", case_id, until=expires.isoformat())
    claim = db.session.get(Claim, case_id, populate_existing=True)
    if claim is None:
        raise NotFound("no_such_claim")
    return claim


def renew(case_id: str, staff: Staff) -> bool:
    """Hold the lease longer because the reviewer is active. False when it is no longer theirs."""
    require_transaction("cases.renew")
    expires = now() + timedelta(minutes=book().claim_minutes)
    result: Any = db.session.execute(
        update(Claim).where(Claim.case_id == case_id, Claim.staff_id == staff.id).values(expires_at=expires)
    )
    return bool(result.rowcount)


def release(case_id: str, staff: Staff) -> None:
    """Give the case back to the queue; giving back what one does not hold changes nothing."""
    require_transaction("cases.release")
    result: Any = db.session.execute(delete(Claim).where(Claim.case_id == case_id, Claim.staff_id == staff.id))
    if result.rowcount:
        record(_actor(staff), "case.release", "case", case_id)


def require_claim(case_id: str, staff: Staff) -> None:
    """Raise Conflict unless `staff` holds a live lease on the case."""
    claim = db.session.get(Claim, case_id, populate_existing=True)
    if claim is None or claim.expires_at < now():
        raise Conflict("claim_lost")
    if claim.staff_id != staff.id:
        raise Conflict("claimed_by_other", name=claim.staff.name)


def ask(case: Case, report: Report, staff: Staff, text: str) -> Message:
    """Ask the reporter something; the case waits for the answer. Posts `message.sent` (a letter follows)."""
    require_claim(case.id, staff)
    if not any(r.id == report.id for r in queries.active_reports(case.id)):
        raise NotFound("no_such_report")
    move(case, "ask", _actor(staff), report=report.id)
    message = Message(
        id=new_id(),
        case_id=case.id,
        report_id=report.id,
        side="reporter",
        sent_by="staff",
        staff_id=staff.id,
        text=text,
        sent_at=now(),
        asks=True,
    )
    db.session.add(message)
    outbox.post("message.sent", message_id=message.id)
    return message


def answer(report: Report, text: str, actor: Actor) -> Message:
    """The reporter writes: an answer, or something to add. A waiting case comes back to the queue.

    Raises Refused('cannot_answer') once the report was withdrawn.
    """
    require_transaction("cases.answer")
    entry = db.session.get(CaseReport, report.id)
    if entry is None:
        raise NotFound("no_such_report")
    if entry.withdrawn_at is not None:
        raise Refused("cannot_answer")
    case = entry.case
    if case.state in LIVE:
        move(case, "answer", actor, report=report.id)
    message = Message(
        id=new_id(), case_id=case.id, report_id=report.id, side="reporter", sent_by="party", text=text, sent_at=now()
    )
    db.session.add(message)
    record(actor, "message.write", "report", report.id)
    return message


def answer_respondent(case: Case, text: str, actor: Actor) -> Message:
    """The respondent writes to the desk; no reporter ever sees it."""
    require_transaction("cases.answer_respondent")
    message = Message(
        id=new_id(), case_id=case.id, report_id=None, side="respondent", sent_by="party", text=text, sent_at=now()
    )
    db.session.add(message)
    record(actor, "message.write", "case", case.id)
    return message


def withdraw(report: Report, actor: Actor) -> None:
    """Take a report back. The last one out closes the case; a decided case stays decided (Refused)."""
    require_transaction("cases.withdraw")
    entry = db.session.get(CaseReport, report.id)
    if entry is None:
        raise NotFound("no_such_report")
    case = entry.case
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    if entry.withdrawn_at is not None:
        return
    entry.withdrawn_at = now()
    case.version += 1
    record(actor, "report.withdraw", "report", report.id, case=case.id)
    weigh(case)
    if case.report_count == 0:
        move(case, "withdraw", actor)
        db.session.execute(delete(Claim).where(Claim.case_id == case.id))
    elif case.state == "asked" and not queries.waits_for_answer(case.id):
        move(case, "resume", actor)
    outbox.post("report.withdrawn", report_id=report.id)


def _actor(staff: Staff) -> Actor:
    return Actor("staff", staff.id, staff.name)
