"""Writing letters: each once, frozen as written, to one person in her language; and noting what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.i18n import DEFAULT, LANGUAGES
from webapp.core.ids import new_id
from webapp.core.links import public
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import CaseReport, Message
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications import contexts
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.rendering import Rendered, render
from webapp.domain.partners.queries import answer_url
from webapp.domain.reports.models import Report


def message_id(cause: str, recipient: str, name: str) -> str:
    """The Message-ID: derived, so that a letter sent twice is one letter in the mailbox."""
    key = hashlib.sha256(f"{cause}|{recipient}|{name}".encode()).hexdigest()[:40]
    return f"<{key}@{urlsplit(settings().public_url).hostname or 'localhost'}>"


def write(
    name: str,
    *,
    cause: str,
    recipient: str,
    address: str | None,
    language: str,
    case_id: str,
    context: Mapping[str, Any],
) -> Letter:
    """Render and freeze a letter; the same cause, recipient and name give the letter that is already there.

    Posts `letter.written`, unless there is no address: then the state is 'no_address' and nothing is sent.
    """
    require_transaction("notifications.write")
    key = (Letter.cause == cause, Letter.recipient == recipient, Letter.name == name)
    known = db.session.scalar(select(Letter).where(*key))
    if known is not None:
        return known
    rendered = render(name, language, context)
    letter = Letter(
        id=new_id(),
        message_id=message_id(cause, recipient, name),
        cause=cause,
        recipient=recipient,
        name=name,
        language=language,
        case_id=case_id,
        address=address or None,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        state="queued" if address else "no_address",
        created_at=now(),
    )
    db.session.add(letter)
    record(SYSTEM, "letter.write", "letter", letter.id, name=name, cause=cause, language=language, state=letter.state)
    if address:
        outbox.post("letter.written", queue="mail", letter_id=letter.id)
    return letter


def _to_reporter(name: str, report: Report, cause: str, context: Mapping[str, Any]) -> Letter:
    return write(
        name,
        cause=cause,
        recipient=f"reporter:{report.id}",
        address=report.standing.reporter.email,
        language=_code(report.language),
        case_id=cases.case_of(report.id).id,
        context=context,
    )


def receipt(report: Report) -> Letter | None:
    """The receipt; None when the report was taken back before it could be written."""
    if _withdrawn(report) is not None:
        return None
    context = contexts.receipt(report, _code(report.language))
    return _to_reporter("report_received", report, f"report:{report.id}", context)


def tell_message(message: Message) -> Letter | None:
    """A letter with what the desk wrote to a reporter; None for what parties write, and after a withdrawal."""
    report = db.session.get(Report, message.report_id) if message.report_id else None
    if message.sent_by != "staff" or report is None or _withdrawn(report) is not None:
        return None
    context = contexts.question(report, message, cases.get(message.case_id), _code(report.language))
    return _to_reporter("message_to_reporter", report, f"message:{message.id}", context)


def confirm_withdrawal(report: Report) -> Letter | None:
    """The confirmation that a report was taken back."""
    entry = _withdrawn(report)
    if entry is None or entry.withdrawn_at is None:
        return None
    context = contexts.withdrawn(report, entry.withdrawn_at, _code(report.language))
    return _to_reporter("report_withdrawn", report, f"withdrawal:{report.id}", context)


def tell_decision(decision: Decision) -> list[Letter]:
    """A letter to every reporter still in the case, and if measures follow, the statement of reasons."""
    outcome, cause, letters = decisions.outcome(decision), f"decision:{decision.id}", []
    for report in cases.active_reports(decision.case_id):
        answer = outcome.findings.get(report.id)
        if answer is not None:
            context = contexts.decided(outcome, answer, report.kind, report.reference, _code(report.language))
            letters.append(_to_reporter("decision_to_reporter", report, cause, context))
    respondent = decision.case.subject.respondent
    if respondent is not None and outcome.statements:
        code = _code(respondent.language)
        letters.append(
            write(
                "decision_to_respondent",
                cause=cause,
                recipient=f"respondent:{respondent.id}",
                address=respondent.email,
                language=code,
                case_id=decision.case_id,
                context=contexts.statement(outcome, answer_url(decision.case), code),
            )
        )
    return letters


def sent(letter: Letter) -> None:
    """A mail server took the letter; a repeat changes nothing."""
    require_transaction("notifications.sent")
    if letter.state != "sent":
        letter.state, letter.sent_at, letter.last_error = "sent", now(), ""
        letter.attempts += 1
        record(SYSTEM, "letter.send", "letter", letter.id, name=letter.name, message_id=letter.message_id)


def failed(letter: Letter, error: str, *, final: bool) -> None:
    """One try failed; with `final` it was the last, and the desk sees the letter."""
    require_transaction("notifications.failed")
    letter.attempts += 1
    letter.last_error = error[:500]
    if final and letter.state != "failed":
        letter.state = "failed"
        record(SYSTEM, "letter.fail", "letter", letter.id, name=letter.name, error=letter.last_error)


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


def preview(outcome: Outcome, language: str) -> Preview:
    """The letters this outcome would lead to, in `language`, by the same contexts and templates. Writes nothing."""
    code, letters = _code(language), []
    for report_id, answer in outcome.findings.items():
        report = db.session.get(Report, report_id)
        if report is not None:
            context = contexts.decided(outcome, answer, report.kind, report.reference, code)
            letters.append(ToReporter(report_id, report.reference, render("decision_to_reporter", code, context)))
    statement = None
    if outcome.statements:
        link = public(f"/respond/{outcome.case_reference}?token=…")  # signed only in the letter itself
        statement = render("decision_to_respondent", code, contexts.statement(outcome, link, code))
    return Preview(tuple(letters), statement)


def _withdrawn(report: Report) -> CaseReport | None:
    entry = db.session.get(CaseReport, report.id)
    return entry if entry is not None and entry.withdrawn_at is not None else None


def _code(language: str) -> str:
    return language if language in LANGUAGES else DEFAULT
