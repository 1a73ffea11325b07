"""What notices and decided cases do by the clock: reminders, lapse, and the end of a case with all its letters."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db
from webapp.core.outbox import Later
from webapp.domain.appeals.models import Appeal, CounterNotice
from webapp.domain.cases import closing
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.notifications.models import Letter
from webapp.domain.policy.queries import book
from workers.run import Work

# A case that still waits for a letter or a verdict is looked at again so often; its task says what it waits for.
AGAIN = timedelta(hours=6)
# A counter-notice in these states still decides over the content.
PENDING = ("valid", "forwarded", "waiting", "held")


def due(work: Work) -> None:
    """`notices.due`: reminders, lapse of what nobody completed, and decided cases whose windows are over."""
    with work.finish():
        case_verbs.remind_returns()
        case_verbs.lapse_returns()
        case_verbs.close_due()


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
    if db.session.scalar(select(Appeal.id).where(Appeal.case_id == case.id, Appeal.state != "decided").limit(1)):
        return "an appeal is not decided yet"
    counter = select(CounterNotice.id).where(CounterNotice.case_id == case.id, CounterNotice.state.in_(PENDING))
    if db.session.scalar(counter.limit(1)):
        return "a counter-notice is still open"
    window = timedelta(days=book().numbers.appeal_days)
    for decision in _decisions(case.id):
        if decision.decided_at + window > now():
            return "a later decision can still be appealed"
        if missing := _letter_missing(case, decision):
            return missing
    return ""


def _decisions(case_id: str) -> list[Decision]:
    statement = select(Decision).where(Decision.case_id == case_id, Decision.stage != "interim")
    return list(db.session.scalars(statement.order_by(Decision.decided_at, Decision.id)))


def _letter_missing(case: Case, decision: Decision) -> str:
    """Which letter of a decision is not written and on its way or delivered: each reporter is answered, the account
    has its statement of reasons."""
    letters = list(
        db.session.scalars(
            select(Letter).where(
                Letter.case_id == case.id, Letter.created_at >= decision.decided_at, Letter.state != "queued"
            )
        )
    )
    told = {letter.recipient for letter in letters}
    if decision.stage == "first":
        told_of_it = {letter.recipient for letter in letters if letter.cause == f"decision:{decision.id}"}
        if any(f"reporter:{f.report_id}" not in told_of_it for f in decision.findings):
            return "a reporter's answer is not written yet"
    elif not told:
        return "the letters of a later decision are not written yet"
    respondent = case.subject.respondent_id
    if respondent and decision.statements and f"respondent:{respondent}" not in told:
        return "the account's statement of reasons is not written yet"
    return ""
