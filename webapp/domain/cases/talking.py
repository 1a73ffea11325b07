"""Words between the desk and one party: a question waits for its answer, but not for ever; what comes late is marked
when dealt with."""

from __future__ import annotations

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries, questions
from webapp.domain.cases.claims import require_claim
from webapp.domain.cases.life import as_actor, changed, move, on_report, touch
from webapp.domain.cases.models import Case, Message
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import service as clocks
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff

BATCH = 100  # cases brought back in one transaction; the next round brings the rest


def ask(case: Case, report: Report, staff: Staff, text: str) -> Message:
    """Ask the reporter something; the case waits for the answer, and our own time for her report stands still where the
    book lets it. Posts `message.sent` (a letter follows)."""
    require_claim(case.id, staff)
    if not any(r.id == report.id for r in queries.active_reports(case.id)):
        raise NotFound("no_such_report")
    move(case, "ask", as_actor(staff), report=report.id)
    clocks.pause(on_report(report), "asked_reporter")
    return _question(case, staff, text, report)


def ask_respondent(case: Case, staff: Staff, text: str) -> Message:
    """Ask the account behind the content something; it never learns who reported. The case waits as in `ask`.

    Raises Refused('no_account') while the platform has not told whose content it is.
    """
    require_claim(case.id, staff)
    if case.subject.respondent_id is None:
        raise Refused("no_account")
    move(case, "ask", as_actor(staff), side="respondent")
    for report in queries.active_reports(case.id):
        clocks.pause(on_report(report), "asked_respondent")
    return _question(case, staff, text, None)


def _question(case: Case, staff: Staff, text: str, report: Report | None) -> Message:
    touch(case.id, staff.id)
    message = Message(
        id=new_id(),
        case_id=case.id,
        report_id=report.id if report else None,
        side="reporter" if report else "respondent",
        sent_by="staff",
        staff_id=staff.id,
        text=text,
        sent_at=now(),
        asks=True,
    )
    db.session.add(message)
    outbox.post("message.sent", message_id=message.id)
    weigh(case)
    return message


def answer(report: Report, text: str, actor: Actor) -> Message:
    """The reporter writes: an answer, or something to add. A waiting case comes back to the queue.

    Raises Refused('cannot_answer') once the report was withdrawn.
    """
    require_transaction("cases.answer")
    entry = queries.entry_of(report.id)
    if entry.withdrawn_at is not None:
        raise Refused("cannot_answer")
    case = entry.case
    message = _from_party(case, "reporter", text, report.id)
    db.session.add(message)
    if case.state in LIVE:
        move(case, "answer", actor, report=report.id)
    record(actor, "message.write", "report", report.id)
    return message


def answer_respondent(case: Case, text: str, actor: Actor) -> Message:
    """The respondent writes to the desk; no reporter ever sees it. If the desk had asked, the case comes back."""
    require_transaction("cases.answer_respondent")
    asked = any(question.side == "respondent" for question in questions.waiting(case.id))
    message = _from_party(case, "respondent", text)
    db.session.add(message)
    if case.state == "asked" and asked:
        move(case, "answer", actor)
    elif case.state in LIVE:
        changed(case, actor)  # what the account says counts, asked or not
    record(actor, "message.write", "case", case.id)
    return message


def _from_party(case: Case, side: str, text: str, report_id: str | None = None) -> Message:
    return Message(
        id=new_id(),
        case_id=case.id,
        report_id=report_id,
        side=side,
        sent_by="party",
        text=text,
        sent_at=now(),
        late=case.state not in LIVE,
    )


def bring_back() -> int:
    """A question nobody answered in time keeps no case waiting: it comes back to the queue and our time goes on. Gives
    how many came back."""
    require_transaction("cases.bring_back")
    found = questions.overdue(BATCH)
    for case in found:
        move(case, "unanswered", SYSTEM)
    return len(found)


def handle(message: Message, staff: Staff) -> None:
    """Somebody dealt with what a party wrote after the decision; a repeat changes nothing.

    Reading it is no work on the case: it keeps nobody from deciding the appeal.
    Raises Refused('cannot_handle') for what the desk wrote itself.
    """
    require_transaction("cases.handle")
    if message.sent_by != "party":
        raise Refused("cannot_handle")
    if message.handled_at is None:
        message.handled_at, message.handled_by_id = now(), staff.id
        record(as_actor(staff), "message.handle", "case", message.case_id, message=message.id)
