"""What each thing is found by: the texts of a case, an account, a registered work, and the marks filters look for.

Read a batch at a time: a handful of queries, however many things.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.cases.rules import LIVE
from webapp.domain.decisions.models import Decision
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.search.words import beginnings, terms

# Places whose text shows the mind of whoever decided: hidden from who may have to judge it (blindness).
TELLING = ("desk", "decision")
EARLIEST = date(2000, 1, 1)  # nothing here is older


@dataclass(frozen=True)
class Text:
    """One piece of a case that can be found, and where it stands.

    `where`: 'content', 'account', 'report', 'message' of a party, 'desk' (what the desk wrote to one), 'decision'. What
    tells of a decision is not for everybody: see TELLING.
    """

    where: str
    text: str


@dataclass
class Document:
    """A thing as the index takes it: since when, its texts, the marks of filters, names found by their beginning."""

    at: datetime
    texts: list[Text] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    def terms(self, *, without: Collection[str] = ()) -> set[str]:
        """All it is found by; `without` leaves some places of the texts out."""
        found = set(self.marks)
        for text in self.texts:
            if text.where not in without:
                found |= terms(text.text)
        for name in self.names:
            found |= beginnings(name)
        return found


def mark(name: str, value: str) -> str:
    """The term of a filter. Its colon keeps it apart from every word: words have none."""
    return f"{name}:{value}"


def days(moment: datetime) -> set[str]:
    """The marks of a moment: its day, month and year where the operator is."""
    day = moment.astimezone(ZoneInfo(settings().timezone)).date().isoformat()
    return {mark("day", day), mark("day", day[:7]), mark("day", day[:4])}


def stretch(since: date | None, until: date | None, today: date) -> list[str]:
    """The marks of which a thing has one exactly when it came to be from `since` to `until`, both days included: whole
    years and months where they fit, days at the ends. Empty when there is no such day.
    """
    at, end = max(since or EARLIEST, EARLIEST), min(until or today, today)
    found = []
    while at <= end:
        year, month = date(at.year, 12, 31), date(at.year, at.month, monthrange(at.year, at.month)[1])
        if at.day == at.month == 1 and year <= end:
            value, last = f"{at.year}", year
        elif at.day == 1 and month <= end:
            value, last = at.isoformat()[:7], month
        else:
            value, last = at.isoformat(), at
        found.append(mark("day", value))
        at = last + timedelta(days=1)
    return found


def of_cases(ids: Sequence[str]) -> dict[str, Document]:
    """Cases by id."""
    cases = db.session.scalars(
        select(Case)
        .where(Case.id.in_(ids))
        .options(joinedload(Case.subject).joinedload(Subject.respondent))
        .execution_options(populate_existing=True)
    ).all()
    found = {case.id: _case(case) for case in cases}
    languages = defaultdict(set)
    for case_id, report in _reports(ids):
        found[case_id].texts.append(Text("report", report_text(report)))
        found[case_id].texts.append(Text("content", report.reference))
        languages[case_id].add(report.language)
    for case_id, codes in languages.items():
        found[case_id].marks |= {mark("language", code) for code in codes}
    for where, case_id, text in pieces(ids):
        found[case_id].texts.append(Text(where, text))
    for case_id, reference in db.session.execute(
        select(Appeal.case_id, Appeal.reference).where(Appeal.case_id.in_(ids))
    ):
        found[case_id].texts.append(Text("content", reference))
    return found


def _case(case: Case) -> Document:
    subject, account = case.subject, case.subject.respondent
    made = Document(case.opened_at)
    content = [case.reference, subject.title, subject.address, subject.content_ref]
    made.texts.append(Text("content", "\n".join(part for part in content if part)))
    filters = {
        "what": "case",
        "kind": case.kind,
        "queue": case.queue,
        "state": case.state,
        "band": case.best_band or "nothing",
        "platform": subject.platform,
    }
    made.marks = {mark(name, value) for name, value in filters.items() if value} | days(case.opened_at)
    if case.state in LIVE:
        made.marks.add(mark("state", "live"))
    if account:
        made.texts.append(Text("account", account_text(account)))
        made.marks.add(mark("account", account.id))
        made.names += [account.handle, account.name]
    return made


def _reports(ids: Sequence[str]) -> Iterable[tuple[str, Report]]:
    statement = (
        select(CaseReport.case_id, Report)
        .join(Report, Report.id == CaseReport.report_id)
        .where(CaseReport.case_id.in_(ids))
        .order_by(Report.received_at, Report.id)
        .execution_options(populate_existing=True)
    )
    return ((case_id, report) for case_id, report in db.session.execute(statement))


def pieces(ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """Messages and decisions of cases, as (where, case id, text), oldest first."""
    messages = db.session.execute(
        select(Message.case_id, Message.sent_by, Message.text)
        .where(Message.case_id.in_(ids))
        .order_by(Message.sent_at, Message.id)
    )
    decisions = db.session.execute(
        select(Decision.case_id, Decision.reason, Decision.note)
        .where(Decision.case_id.in_(ids))
        .order_by(Decision.decided_at, Decision.case_version)
    )
    return [("message" if sent_by == "party" else "desk", case_id, text) for case_id, sent_by, text in messages] + [
        ("decision", case_id, "\n".join(part for part in (reason, note) if part)) for case_id, reason, note in decisions
    ]


def report_text(report: Report) -> str:
    """What a reporter wrote of the content; nothing that names the reporter."""
    return "\n".join(part for part in (report.wrong, report.work_title, report.source, report.registry_ref) if part)


def account_text(account: Respondent) -> str:
    """How an account is called."""
    return "\n".join(part for part in (account.handle, account.name, account.account_ref) if part)


def of_accounts(ids: Sequence[str]) -> dict[str, Document]:
    """Accounts by id, since the first of their contents came to us."""
    since = {
        account_id: moment
        for account_id, moment in db.session.execute(
            select(Subject.respondent_id, func.min(Subject.created_at))
            .where(Subject.respondent_id.in_(ids))
            .group_by(Subject.respondent_id)
        )
    }
    accounts = db.session.scalars(
        select(Respondent).where(Respondent.id.in_(ids)).execution_options(populate_existing=True)
    )
    return {
        one.id: Document(
            since.get(one.id) or now(),
            [Text("account", account_text(one))],
            {mark("what", "account"), mark("platform", one.platform)},
            [one.handle, one.name],
        )
        for one in accounts
    }


def of_registrations(ids: Sequence[str]) -> dict[str, Document]:
    """Registered works and virtual humans by id; their holders' names stay sealed."""
    rows = db.session.scalars(
        select(Registration).where(Registration.id.in_(ids)).execution_options(populate_existing=True)
    )
    return {
        one.id: Document(
            one.added_at, [Text("content", f"{one.number}\n{one.title}")], {mark("what", "registration")}, [one.title]
        )
        for one in rows
    }


READERS = {"case": of_cases, "account": of_accounts, "registration": of_registrations}
