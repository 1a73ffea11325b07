"""Letters: each once, frozen as written, to one person in her language; and what became of it.

Who is told what is said by the modules beside this one: notices, rulings, replies, alerts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import NotFound
from webapp.core.i18n import DEFAULT, LANGUAGES
from webapp.core.ids import new_id
from webapp.core.links import public, sign, unsign
from webapp.domain.appeals import rules as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.notifications.contexts.respondent import Content
from webapp.domain.notifications.models import Letter, LetterStop
from webapp.domain.notifications.rendering import render
from webapp.domain.partners.queries import answer_url
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


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


def to_reporter(name: str, report: Report, cause: str, context: Mapping[str, Any]) -> Letter:
    """A letter to the reporter of `report`, in the language she reported in; 'no_address' when she is anonymous."""
    return write(
        name,
        cause=cause,
        recipient=f"reporter:{report.id}",
        address=report.standing.reporter.email,
        language=language(report.language),
        case_id=cases.case_of(report.id).id,
        context=context,
    )


def to_respondent(name: str, case: Case, cause: str, context: Mapping[str, Any]) -> Letter | None:
    """A letter to the account behind a case's content; None while the platform has not told whose it is."""
    respondent = case.subject.respondent
    if respondent is None:
        return None
    return write(
        name,
        cause=cause,
        recipient=f"respondent:{respondent.id}",
        address=respondent.email,
        language=language(respondent.language),
        case_id=case.id,
        context=context,
    )


def to_staff(name: str, staff: Staff, case: Case, cause: str, context: Mapping[str, Any]) -> Letter:
    """A letter to somebody at the desk."""
    return write(
        name,
        cause=cause,
        recipient=f"staff:{staff.id}",
        address=staff.email,
        language=language(staff.language),
        case_id=case.id,
        context=context,
    )


def language(code: str) -> str:
    """A language letters are written in: the one asked for, or the house's own."""
    return code if code in LANGUAGES else DEFAULT


def respondent_language(case: Case) -> str:
    """The language of the account behind a case."""
    return language(case.subject.respondent.language if case.subject.respondent else DEFAULT)


def content(case: Case, link: str = "") -> Content:
    """A case as its account may know it. `link` takes the place of the signed one in previews."""
    subject, urgent = case.subject, book().urgent(case.priority)
    return Content(case.reference, subject.title, subject.content_ref, link or answer_url(case), urgent)


def counter_regimes(reports: Iterable[Report], ground: str, at: datetime) -> tuple[str, ...]:
    """The regime under which a counter-notice against what these reports claim is open, none where only an appeal is
    (the rule of the appeals room)."""
    claims = [appeals.Claim(report.id, report.mode, tuple(report.regimes)) for report in reports]
    found = appeals.governing(claims, ground, book(), at, settings().timezone)
    return (found,) if found else ()


def withdrawn(report: Report) -> datetime | None:
    """When the report was taken back; nobody is written to about it afterwards."""
    entry = db.session.get(CaseReport, report.id)
    return entry.withdrawn_at if entry is not None else None


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


# How long the link that stops a letter works: longer than the longest wait before one.
STOP_SECONDS = 400 * 24 * 3600


def stop_url(name: str, recipient: str) -> str:
    """The link in an earlier letter by which a person does not get the letter `name`."""
    return public(f"/letters/stop?token={sign('letters.stop', [name, recipient])}")


def _behind(token: str) -> tuple[str, str] | None:
    found = unsign("letters.stop", token, STOP_SECONDS)
    return (str(found[0]), str(found[1])) if isinstance(found, list) and len(found) == 2 else None


def readable(token: str) -> bool:
    """Whether this is one of our stop links."""
    return _behind(token) is not None


def stop(token: str) -> None:
    """The person behind a stop link wants no such letter; again changes nothing. Raises NotFound('no_such_link')."""
    require_transaction("notifications.stop")
    found = _behind(token)
    if found is None:
        raise NotFound("no_such_link")
    name, recipient = found
    if not stopped(name, recipient):
        db.session.add(LetterStop(recipient=recipient, name=name, since=now()))
        side, _, owner = recipient.partition(":")
        record(Actor(side, owner), "letter.stop", side, owner, name=name)


def stopped(name: str, recipient: str) -> bool:
    """Whether this person does not want the letter `name`."""
    return db.session.get(LetterStop, (recipient, name)) is not None
