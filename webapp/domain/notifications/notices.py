"""Letters about one report: received, asked about, sent back, forwarded, taken back; consent; conduct; follow-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db
from webapp.domain.biometrics import queries as biometrics
from webapp.domain.cases import queries as cases
from webapp.domain.cases import questions
from webapp.domain.cases.life import tell_report
from webapp.domain.cases.models import CaseReport, Message, NoticeReturn
from webapp.domain.cases.rules import priority_of
from webapp.domain.claimants.models import Consent
from webapp.domain.clocks import queries as clocks
from webapp.domain.clocks.models import Clock
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Action
from webapp.domain.decisions.rules import ActionFact
from webapp.domain.notifications import redaction
from webapp.domain.notifications.contexts import reporter, respondent
from webapp.domain.notifications.contexts.respondent import Content
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.service import (
    content,
    counter_regimes,
    language,
    respondent_language,
    stopped,
    to_reporter,
    to_respondent,
    withdrawn,
)
from webapp.domain.partners.models import Effect
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def receipt(report: Report) -> Letter | None:
    """The receipt (N01), which ends the clock of the acknowledgement; None when the report was taken back before."""
    if withdrawn(report) is not None:
        return None
    entry = db.session.get_one(CaseReport, report.id)
    incomplete = entry.notice == "returned"
    context = reporter.receipt(report, _decided_by(report), incomplete, language(report.language))
    letter = to_reporter("report_received", report, f"report:{report.id}", context)
    tell_report(entry.case, report, "acknowledged")
    return letter


def _decided_by(report: Report) -> datetime:
    """By when the house promised to decide this report: its own clock, which moves when it stands still."""
    clock = clocks.get(f"report:{report.id}", "DECISION")
    if clock is not None:
        return questions.due_at_latest(clock)
    return report.received_at + timedelta(hours=book().priorities[priority_of(report, book())].decision_hours)


def tell_message(message: Message) -> Letter | None:
    """A letter with what the desk wrote to a reporter or to the account; None for what parties write, and after a
    withdrawal."""
    if message.side == "respondent":
        return _tell_account(message) if message.sent_by == "staff" else None
    report = db.session.get(Report, message.report_id) if message.report_id else None
    if message.sent_by != "staff" or report is None or withdrawn(report) is not None:
        return None
    context = reporter.question(report, message, _decided_by(report), language(report.language))
    return to_reporter("message_to_reporter", report, f"message:{message.id}", context)


def _tell_account(message: Message) -> Letter | None:
    case = message.case
    context = question(content(case), message, respondent_language(case))
    return to_respondent("question_to_respondent", case, f"message:{message.id}", context)


def question(told: Content, message: Message, code: str) -> dict[str, Any]:
    """What the account reads of a question; the preview uses it too."""
    return respondent.question(told, message.text, questions.answer_by(message.sent_at), code)


def confirm_withdrawal(report: Report) -> Letter | None:
    """The confirmation that a report was taken back."""
    at = withdrawn(report)
    if at is None:
        return None
    context = reporter.withdrawn(report, at, language(report.language))
    return to_reporter("report_withdrawn", report, f"withdrawal:{report.id}", context)


def _paused(report: Report) -> bool:
    """Whether a clock of this report really stands still: only then the letter may say so."""
    found = select(Clock.id).where(Clock.on_id == f"report:{report.id}", Clock.state == "paused").limit(1)
    return db.session.scalar(found) is not None


def _return_letter(name: str, found: NoticeReturn, cause: str) -> Letter | None:
    report = found.report
    if withdrawn(report) is not None:
        return None
    context = reporter.returned(found, _paused(report), language(report.language))
    return to_reporter(name, report, cause, context)


def tell_return(found: NoticeReturn) -> Letter | None:
    """What is missing, why, until when (N02); None when it was completed or taken back meanwhile."""
    if found.completed_at is not None:
        return None
    return _return_letter("notice_returned", found, f"return:{found.id}")


def remind_return(found: NoticeReturn, number: int) -> Letter | None:
    """The reminder of a notice that still waits (N03)."""
    if found.completed_at is not None or found.lapsed_at is not None:
        return None
    return _return_letter("notice_reminder", found, f"return:{found.id}:{number}")


def tell_lapse(found: NoticeReturn) -> Letter | None:
    """The report was put aside; by the same link it is taken up again (N03)."""
    return _return_letter("notice_lapsed", found, f"return:{found.id}")


def tell_forwarding(report: Report) -> list[Letter]:
    """Both sides of a forwarded notice: who gave it hears that (N04), the account what is claimed (N05).

    Nothing for a tip: that somebody gave a hint is never told (law.md §8 N05).
    """
    entry = db.session.get_one(CaseReport, report.id)
    if entry.forwarded_at is None or report.mode != "notice":
        return []
    cause = f"notice:{report.id}"
    told = reporter.forwarded(report, entry.forwarded_at, language(report.language))
    letters = [to_reporter("notice_forwarded", report, cause, told)] if entry.withdrawn_at is None else []
    case = entry.case
    context = notice(report, content(case), respondent_language(case))
    letter = to_respondent("notice_to_respondent", case, cause, context)
    return letters if letter is None else [*letters, letter]


def notice(report: Report, told: Content, code: str) -> dict[str, Any]:
    """What the account reads of a notice; the preview uses it too."""
    regimes = counter_regimes([report], report.kind, now())
    held = in_force(cases.case_of(report.id).id)
    return respondent.notice(told, redaction.notice(report), held, code, regimes=regimes)


def in_force(case_id: str) -> list[ActionFact]:
    """The measures of a case that hold now, as letters tell them."""
    return [ActionFact(a.kind, a.days, a.ends_at) for a in decisions.in_force(case_id)]


def confirm_consent_withdrawn(report: Report) -> Letter | None:
    """What is deleted and what is kept after a consent to compare was withdrawn (N21, N22)."""
    gone = select(Consent).where(Consent.report_id == report.id, Consent.withdrawn_at.is_not(None))
    consents = list(db.session.scalars(gone.order_by(Consent.withdrawn_at)))
    last = consents[-1].withdrawn_at if consents else None
    if last is None:
        return None
    purposes = list(dict.fromkeys(c.purpose for c in consents if c.withdrawn_at == last))
    context = reporter.consent(report, purposes, last, biometrics.receipts(report.id), language(report.language))
    return to_reporter("consent_withdrawn", report, f"consent:{consents[-1].id}", context)


def tell_conduct(step: ConductStep) -> Letter | None:
    """A step against misuse, with its numbers and how to appeal (N18); None once it was lifted."""
    if step.lifted_at is not None:
        return None
    report = db.session.get_one(Report, step.report_id)
    marks = db.session.scalars(
        select(ConductMark)
        .join(Report, Report.id == ConductMark.report_id)
        .where(
            ConductMark.reporter_index == step.reporter_index,
            ConductMark.removed_at.is_(None),
            # The marks that were counted for this step, no older and no later ones (conduct.queries.tally).
            Report.received_at > step.from_at - timedelta(days=book().conduct.window_days),
            ConductMark.marked_at <= step.from_at,
        )
        .order_by(ConductMark.marked_at)
    )
    context = reporter.conduct(step, report, marks, language(report.language))
    return to_reporter("conduct_step", report, f"conduct:{step.id}", context)


def follow_up(report: Report) -> Letter | None:
    """The one letter some time after the decision: does it hold, where is help (N28).

    None when she stopped it, took the report back, or nothing was found for her in the end.
    """
    latest = decisions.latest(cases.case_of(report.id).id)
    if latest is None or withdrawn(report) is not None or stopped("follow_up", f"reporter:{report.id}"):
        return None
    if book().kinds[report.kind].follow_up_days is None:
        return None
    holding = db.session.scalars(
        select(Action)
        .join(Effect, Effect.action_id == Action.id)
        .where(Action.id.in_([a.id for a in decisions.in_force(latest.case_id)]), Effect.state == "confirmed")
        .order_by(Action.position)
    )
    facts = [ActionFact(a.kind, a.days, a.ends_at) for a in holding if a.ends_at is None or a.ends_at > now()]
    context = reporter.follow_up(report, facts, language(report.language))
    return to_reporter("follow_up", report, f"follow-up:{report.id}", context)
