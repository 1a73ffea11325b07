"""What notices and decided cases do by the clock: reminders, lapse, and the end of a case with all its letters."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.core.outbox import Later
from webapp.domain.appeals import blind as appeals
from webapp.domain.appeals import queries as counters
from webapp.domain.appeals.rules import window
from webapp.domain.cases import closing
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.life import regimes
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.service import let_go
from webapp.domain.notifications import queries
from webapp.domain.policy.queries import book
from workers.run import Work

# A case that still waits for a letter or a verdict is looked at again so often; its task says what it waits for.
AGAIN = timedelta(hours=6)
# A counter-notice in these states still decides over the content; one sent back for completion is nobody's move but
# the account's, whose window closes.
PENDING = ("valid", "forwarded", "waiting", "held")


def due(work: Work) -> None:
    """`notices.due`: reminders, lapse of what nobody completed, questions nobody answered, and decided cases whose
    windows are over."""
    with work.finish():
        case_verbs.remind_returns()
        case_verbs.lapse_returns()
        case_verbs.bring_back()
        case_verbs.close_due()


def ended(work: Work, case_id: str) -> None:
    """`case.ended`: withdrawn or lapsed without a decision; what was held for the time being is given back."""
    with work.finish():
        if cases.get(case_id).state == "closed":  # taken up again meanwhile, it may hold on
            let_go(case_id)


def close(work: Work, case_id: str, version: int) -> None:
    """`case.closing`: close the case, unless a letter, an appeal, a counter-notice or a later decision is still open.

    Later versions of the case have a message of their own. No case closes without its letters (law.md §4.1).
    """
    why = holds(cases.get(case_id)) if _same(case_id, version) else ""
    if why:
        raise Later(AGAIN, why)
    with work.finish():
        if _same(case_id, version) and not holds(cases.get(case_id)):
            case_verbs.close(cases.get(case_id))


def _same(case_id: str, version: int) -> bool:
    return cases.get(case_id).version == version and closing.is_over(case_id)


def holds(case: Case) -> str:
    """What the rooms above still have open in a case, in words for the task's own page; '' when nothing."""
    if appeals.open_in(case.id):
        return "an appeal is not decided yet"
    if any(counter.state in PENDING for counter in counters.of_case(case.id)):
        return "a counter-notice is still open"
    served = sorted({code for report in cases.active_reports(case.id) for code in regimes(report)})
    for decision in _decisions(case.id):
        for answer in ("appealed", "counter_valid"):
            if window(book(), served, decision.decided_at, settings().timezone, answer) > now():
                return "a decision can still be answered"
        if missing := _letter_missing(case, decision):
            return missing
    return ""


def _decisions(case_id: str) -> list[Decision]:
    statement = select(Decision).where(Decision.case_id == case_id, Decision.stage != "interim")
    return list(db.session.scalars(statement.order_by(Decision.decided_at, Decision.id)))


def _letter_missing(case: Case, decision: Decision) -> str:
    """Which letter of a decision is not written and on its way or delivered: each reporter is answered, the account
    has its statement of reasons."""
    letters = [
        letter
        for letter in queries.letters_of(case.id)
        if letter.created_at >= decision.decided_at and letter.state != "queued"
    ]
    told = {letter.recipient for letter in letters}
    if decision.stage == "first":
        answered = {letter.recipient for letter in letters if letter.cause == f"decision:{decision.id}"}
        if any(f"reporter:{finding.report_id}" not in answered for finding in decision.findings):
            return "a reporter's answer is not written yet"
    elif not told:
        return "the letters of a later decision are not written yet"
    respondent = case.subject.respondent_id
    if respondent and decision.statements and f"respondent:{respondent}" not in told:
        return "the account's statement of reasons is not written yet"
    return ""
