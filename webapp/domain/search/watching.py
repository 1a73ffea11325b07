"""Notes what changed, in the transaction that changes it: no room has to think of the index, and none can forget it.

Whatever verb wrote a row, the flush that carries it leaves a `search_due` row beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.clock import now
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.decisions.models import Decision
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.search.models import SearchDue

Changed = set[tuple[str, str]]


def note(session: Session, found: Changed) -> None:
    """Mark things (what, id) to be read again.

    The row is written even where it stands already: whoever reads it next then waits for this transaction, and sees it.
    """
    if not found:
        return
    connection, moment = session.connection(), now()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for what, object_id in sorted(found):  # one order for all, so that two transactions never wait for each other
        statement = insert(SearchDue).values(what=what, object_id=object_id, since=moment)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[SearchDue.what, SearchDue.object_id], set_={"since": moment}
            )
        )


def _after_flush(session: Session, _context: Any) -> None:
    found: Changed = set()
    subjects: set[str] = set()
    accounts: set[str] = set()
    reports: set[str] = set()
    for row in _written(session):
        match row:
            case Case():
                found.add(("case", row.id))
            case CaseReport() | Message() | Decision() | Appeal():
                found.add(("case", row.case_id))
            case Report():
                reports.add(row.id)
            case Subject():
                subjects.add(row.id)
            case Respondent():
                accounts.add(row.id)
                found.add(("account", row.id))
            case Registration():
                found.add(("registration", row.id))
    if reports or subjects or accounts:
        found |= {("case", case_id) for case_id in _cases_about(session, reports, subjects, accounts)}
    note(session, found)


def _written(session: Session) -> Iterable[Any]:
    return [*session.new, *(row for row in session.dirty if session.is_modified(row, include_collections=False))]


def _cases_about(session: Session, reports: set[str], subjects: set[str], accounts: set[str]) -> Iterable[str]:
    with_report = select(CaseReport.case_id).where(CaseReport.report_id.in_(reports))
    of_accounts = select(Subject.id).where(Subject.respondent_id.in_(accounts))
    wanted = or_(Case.id.in_(with_report), Case.subject_id.in_(subjects), Case.subject_id.in_(of_accounts))
    return session.connection().execute(select(Case.id).where(wanted)).scalars().all()


event.listen(Session, "after_flush", _after_flush)
