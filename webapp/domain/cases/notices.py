"""A notice that lacks something: sent back with what is missing, reminded, completed or lapsed, opened again; and a
whole one, forwarded to the account it speaks of (law.md §3, §4.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.cases import queries, returns
from webapp.domain.cases.claims import require_claim
from webapp.domain.cases.joining import live_case, start
from webapp.domain.cases.life import as_actor, changed, move, on_report, tell_report, touch
from webapp.domain.cases.models import Case, CaseReport, NoticeReturn
from webapp.domain.cases.rules import LIVE, priority_of, reminder
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import queries as clock_rows
from webapp.domain.clocks import service as clocks
from webapp.domain.clocks.rules import due
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


def return_for_completion(report: Report, missing: Sequence[str], text: str, staff: Staff | None) -> NoticeReturn:
    """Send a notice back with what is missing (codes of the book) and a sentence; `staff` None = found at intake.

    Clocks that may pause stand still, except for urgent kinds, which the desk goes on with. Posts `notice.returned`.
    Raises Refused: 'case_not_open', 'tip_needs_nothing', 'already_returned', 'missing_nothing', 'missing_unknown'.
    """
    require_transaction("cases.return_for_completion")
    entry = queries.entry_of(report.id)
    case = entry.case
    if case.state not in LIVE or entry.withdrawn_at is not None:
        raise Refused("case_not_open", state=case.state)
    if report.mode != "notice":
        raise Refused("tip_needs_nothing")
    if entry.notice != "complete":
        raise Refused("already_returned")
    if not missing:
        raise Refused("missing_nothing")
    if unknown := set(missing) - set(book().evidence) - set(book().fields):
        raise Refused("missing_unknown", item=min(unknown))
    if staff is not None:
        require_claim(case.id, staff)
        touch(case.id, staff.id)
    actor = as_actor(staff) if staff is not None else SYSTEM
    changed(case, actor)
    found = _send_back(case, entry, list(dict.fromkeys(missing)), text, staff)
    record(actor, "notice.return", "report", report.id, case=case.id, missing=found.missing)
    outbox.post("notice.returned", return_id=found.id)
    weigh(case)
    return found


def _send_back(case: Case, entry: CaseReport, missing: list[str], text: str, staff: Staff | None) -> NoticeReturn:
    report, moment = entry.report, now()
    entry.notice = "returned"
    found = NoticeReturn(
        id=new_id(),
        report_id=report.id,
        report=report,
        missing=missing,
        text=text,
        staff_id=staff.id if staff else None,
        returned_at=moment,
        due_at=_time_to_complete(moment),
    )
    db.session.add(found)
    db.session.flush()
    started = {clock.code for clock in tell_report(case, report, "returned")}
    for code in _cure_clocks() - started:  # it ran for an earlier return
        clocks.restart(code, on_report(report), case_id=case.id, priority=priority_of(report, book()))
    clocks.pause(on_report(report), "returned")
    return found


def _cure_clocks() -> set[str]:
    """The clocks within which a party completes what was sent back."""
    found = book().clocks.items()
    return {c for c, k in found if k.enabled and k.on == "report" and k.starts == "returned" and k.duty == "party"}


def _time_to_complete(moment: datetime) -> datetime:
    """Until when the missing items may come. A book without a clock for it waits as long as one can come back."""
    spans = [span for code in _cure_clocks() if (span := book().clocks[code].span)]
    longest = moment + timedelta(days=book().numbers.reopen_days)
    return min((due(moment, span, settings().timezone) for span in spans), default=longest)


def _urgent(report: Report) -> bool:
    return book().urgent(priority_of(report, book()))


def complete(report: Report, actor: Actor) -> None:
    """What was missing is there: the notice is valid from now on, and its clocks run. Posts `notice.completed`.

    Raises Refused: 'case_not_open', 'cannot_complete' (nothing was missing).
    """
    require_transaction("cases.complete")
    entry = queries.entry_of(report.id)
    case, found = entry.case, returns.open_return(report.id)
    if case.state not in LIVE or entry.withdrawn_at is not None:
        raise Refused("case_not_open", state=case.state)
    if found is None:
        raise Refused("cannot_complete")
    found.completed_at = now()
    entry.notice = "complete"
    changed(case, actor)
    clocks.resume(on_report(report), "returned")
    tell_report(case, report, "completed")
    tell_report(case, report, "valid")
    record(actor, "notice.complete", "report", report.id, case=case.id)
    outbox.post("notice.completed", report_id=report.id)
    weigh(case)


def remind_returns() -> int:
    """Post `notice.reminder` for every notice that still waits on a reminder day of the book; gives how many.

    Each reminder once; after a standstill of the installation only the last one that is due.
    """
    require_transaction("cases.remind_returns")
    posted = 0
    for found in returns.open_returns():
        number = reminder(book().numbers.return_reminder_days, found.returned_at, now())
        key = f"notice.reminder:{found.id}:{number}"
        if number and found.due_at > now() and not db.session.query(Task.id).filter_by(key=key).first():
            outbox.post("notice.reminder", key=key, return_id=found.id, number=number)
            posted += 1
    return posted


def lapse_returns() -> int:
    """Let notices lapse that nobody completed in time; a case with no other report closes. Gives how many.

    Urgent kinds never lapse: the desk decides them as they are (law.md §3, "what never stops"). Nor does anything while
    a second person is asked: what the reporter lacked did not keep the desk from a finding.
    """
    require_transaction("cases.lapse_returns")
    ripe = returns.open_returns(due_by=now())
    waiting = [found for found in ripe if queries.case_of(found.report_id).state == "proposed"]
    lapsed = [found for found in ripe if found not in waiting and not _urgent(found.report)]
    for found in lapsed:
        _lapse(found)
    return len(lapsed)


def _lapse(found: NoticeReturn) -> None:
    entry = queries.entry_of(found.report_id)
    case = entry.case
    found.lapsed_at, entry.notice = now(), "lapsed"
    clocks.cancel(on_report(found.report))
    record(SYSTEM, "notice.lapse", "report", found.report_id, case=case.id)
    outbox.post("notice.lapsed", return_id=found.id)
    if queries.active_reports(case.id):
        changed(case, SYSTEM)
        if case.state == "asked" and not queries.waits_for_answer(case.id):
            move(case, "resume", SYSTEM)
    else:
        move(case, "lapse", SYSTEM)
    weigh(case)


def reopen(report: Report, actor: Actor) -> NoticeReturn:
    """A lapsed notice is taken up again by the same link: it waits for what was missing, with the full time anew.

    Its case opens again; where the content has another case by now, or this one was decided for others, the report
    goes into the live one or a new one. Raises Refused: 'cannot_reopen', 'reopen_too_late'.
    """
    require_transaction("cases.reopen")
    entry = queries.entry_of(report.id)
    last = returns.last_return(report.id)
    if entry.notice != "lapsed" or entry.withdrawn_at is not None or last is None or last.lapsed_at is None:
        raise Refused("cannot_reopen")
    if now() >= last.lapsed_at + timedelta(days=book().numbers.reopen_days):
        raise Refused("reopen_too_late", days=book().numbers.reopen_days)
    fallen = [c for c in clock_rows.of_case(entry.case_id) if c.on_id == on_report(report) and c.state == "cancelled"]
    case = _case_again(entry, actor)
    for clock in fallen:  # they fell away with the notice, and run in full again
        clocks.restart(clock.code, clock.on_id, case_id=case.id, priority=priority_of(report, book()))
    found = _send_back(case, entry, list(last.missing), last.text, None)
    record(actor, "notice.reopen", "report", report.id, case=case.id)
    weigh(case)
    return found


def _case_again(entry: CaseReport, actor: Actor) -> Case:
    case = entry.case
    live = live_case(case.subject_id)
    if live is None and case.decided_at is None:
        move(case, "reopen", actor)
        return case
    if live is None:
        live = start(entry.report, actor)
    elif live.id != case.id:
        changed(live, actor)
    if live.id != case.id:
        entry.case, entry.joined_at = live, now()
        record(actor, "case.join", "case", live.id, report=entry.report_id)
    return live


def forward(case: Case, report: Report, staff: Staff) -> None:
    """Forward the redacted notice to the account it speaks of, once (Civil Code art 1195(2), 17 USC 512(g)(2)(A)).

    Posts `notice.forwarded`. Raises Refused: 'tip_not_forwarded', 'notice_not_complete', 'already_forwarded',
    'case_not_open'.
    """
    require_transaction("cases.forward")
    entry = queries.entry_of(report.id)
    if case.state == "closed" or entry.case_id != case.id or entry.withdrawn_at is not None:
        raise Refused("case_not_open", state=case.state)
    if report.mode != "notice":
        raise Refused("tip_not_forwarded")
    if entry.notice != "complete":
        raise Refused("notice_not_complete")
    if entry.forwarded_at is not None:
        raise Refused("already_forwarded")
    entry.forwarded_at = now()
    touch(case.id, staff.id)
    record(as_actor(staff), "notice.forward", "report", report.id, case=case.id)
    tell_report(case, report, "forwarded")
    outbox.post("notice.forwarded", report_id=report.id)
    weigh(case)
