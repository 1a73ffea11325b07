"""Notes what changed, in the transaction that changes it: no room has to think of the index, and none can forget it.

Whatever verb wrote a row, a `search_due` row goes with it. These come last before the commit: no transaction waits for
another's while it still wants rows itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.clock import now
from webapp.core.db import Base
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.decisions.models import Decision
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.search.models import WHATS, SearchDue

NOTED = "search.changed"  # where a session keeps what it has written so far
# What is written, and which column says what is to be read again: a thing itself, or what leads to its cases.
WATCHED: dict[type[Base], tuple[str, str]] = {
    Case: ("case", "id"),
    CaseReport: ("case", "case_id"),
    Message: ("case", "case_id"),
    Decision: ("case", "case_id"),
    Appeal: ("case", "case_id"),
    Report: ("report", "id"),
    Subject: ("subject", "id"),
    Respondent: ("account", "id"),
    Registration: ("registration", "id"),
}

Changed = set[tuple[str, str]]


def _after_flush(session: Session, _context: Any) -> None:
    dirty = (row for row in session.dirty if session.is_modified(row, include_collections=False))
    found: Changed = session.info.setdefault(NOTED, set())
    for row in (*session.new, *dirty):
        if type(row) in WATCHED:
            what, column = WATCHED[type(row)]
            found.add((what, getattr(row, column)))


def _before_commit(session: Session) -> None:
    session.flush()  # the commit would do it after this
    found: Changed = session.info.pop(NOTED, set())
    if found:
        _note(session, {one for one in found if one[0] in WHATS} | _cases_about(session, found))


def _cases_about(session: Session, found: Changed) -> Changed:
    """The cases of the reports, contents and accounts that were written."""
    ids = {what: [i for kind, i in found if kind == what] for what in ("report", "subject", "account")}
    if not any(ids.values()):
        return set()
    with_report = select(CaseReport.case_id).where(CaseReport.report_id.in_(ids["report"]))
    about = select(Case.id).where(Case.subject_id.in_(ids["subject"]))
    of_accounts = select(Case.id).join(Subject).where(Subject.respondent_id.in_(ids["account"]))
    each = union(with_report, about, of_accounts)  # each along its index; an OR over all would read every case
    return {("case", case_id) for case_id in session.connection().execute(each).scalars()}


def _note(session: Session, found: Changed) -> None:
    """Mark things (what, id) to be read again.

    The row is written even where it stands already: whoever reads it next then waits for this transaction, and sees it.
    """
    connection, moment = session.connection(), now()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    keys = [SearchDue.what, SearchDue.object_id]
    for what, object_id in sorted(found):  # one order for all, so that two transactions never wait for each other
        statement = insert(SearchDue).values(what=what, object_id=object_id, since=moment)
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"since": moment}))


def _after_rollback(session: Session) -> None:
    session.info.pop(NOTED, None)


event.listen(Session, "after_flush", _after_flush)
event.listen(Session, "before_commit", _before_commit)
event.listen(Session, "after_rollback", _after_rollback)
