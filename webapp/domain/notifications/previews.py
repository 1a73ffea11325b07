"""Letters before they exist: what a reviewer's choice would send, by the same contexts and templates. Writes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.core.links import public
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Message, NoticeReturn
from webapp.domain.cases.rules import priority_of
from webapp.domain.clocks.rules import due
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications import notices, rulings
from webapp.domain.notifications.contexts import reporter
from webapp.domain.notifications.contexts.respondent import Content
from webapp.domain.notifications.rendering import Rendered, render
from webapp.domain.notifications.service import content, language
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class ToReporter:
    """One reporter's letter before it exists: for which of the case's reports, and the letter."""

    report_id: str
    reference: str
    letter: Rendered


@dataclass(frozen=True)
class Preview:
    """Both sides' letters; `respondent` is None when nothing is decided against the account."""

    reporters: tuple[ToReporter, ...]
    respondent: Rendered | None


def _content(case: Case) -> Content:
    return content(case, public(f"/respond/{case.reference}?token=…"))  # signed only in the letter itself


def preview(outcome: Outcome, language_code: str) -> Preview:
    """The letters this outcome would lead to, in one language; a provisional measure writes to the account only."""
    code, letters = language(language_code), []
    for report_id, answer in outcome.findings.items() if outcome.stage != "interim" else ():
        report = db.session.get(Report, report_id)
        if report is not None:
            link = public("/letters/stop?token=…") if rulings.follow_up_link(report, answer) else ""
            context = rulings.verdict(outcome, report, answer, code, link)
            letters.append(ToReporter(report_id, report.reference, render("decision_to_reporter", code, context)))
    statement = None
    if outcome.statements:
        case = cases.by_reference(outcome.case_reference)
        name, told = rulings.statement_letter(outcome, case, _content(case), code)
        statement = render(name, code, told)
    return Preview(tuple(letters), statement)


def preview_forwarding(report: Report, language_code: str) -> Preview:
    """What both sides would read if this notice were forwarded now (N04, N05)."""
    code, case = language(language_code), cases.case_of(report.id)
    mine = render("notice_forwarded", code, reporter.forwarded(report, now(), code))
    told = notices.notice(report, _content(case), code)
    return Preview(
        (ToReporter(report.id, report.reference, mine),),
        render("notice_to_respondent", code, told),
    )


def preview_question(case: Case, text: str, language_code: str) -> Rendered:
    """The letter that would ask the account this now."""
    code = language(language_code)
    message = Message(text=text, side="respondent", sent_by="staff", sent_at=now(), asks=True)
    return render("question_to_respondent", code, notices.question(_content(case), message, code))


def preview_return(report: Report, missing: Sequence[str], text: str, language_code: str) -> Rendered:
    """The letter that would send this notice back for completion now (N02); for urgent kinds no clock stands still."""
    code, moment = language(language_code), now()
    spans = [c.span for c in book().clocks.values() if c.enabled and c.starts == "returned" and c.duty == "party"]
    found = NoticeReturn(
        missing=list(missing),
        text=text,
        returned_at=moment,
        due_at=min(due(moment, span, settings().timezone) for span in spans if span),
    )
    found.report = report
    paused = not book().urgent(priority_of(report, book()))
    return render("notice_returned", code, reporter.returned(found, paused, code))
