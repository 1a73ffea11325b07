"""What a letter may say. Two sides, two builders' families: nothing of one person reaches the other's letter.

The reporter's side takes a report and an outcome. The respondent's side takes an outcome alone, which by its type
holds nothing a reporter wrote but the address; and the address is left out, since a reporter typed it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_datetime

from webapp.core.db import settings
from webapp.core.i18n import day, pick, speaking
from webapp.core.links import public
from webapp.domain.cases.models import Case, Message
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import tracking_secret

PATTERN = {"zh": "zzzz y年M月d日 HH:mm", "en": "d MMMM y, HH:mm zzzz"}


def moment(at: datetime, code: str) -> str:
    """An instant in the operator's time zone, with the zone named: letters are read in other places."""
    with speaking(code):
        return str(format_datetime(at, PATTERN[code]))


def measure(action: ActionFact, code: str) -> dict[str, str]:
    """One measure: its name, what it means, and until when ('' = without an end)."""
    entry = book().actions[action.kind]
    return {
        "name": pick(entry.words, code),
        "effect": pick(entry.effect, code) if entry.effect else "",
        "until": moment(action.ends_at, code) if action.ends_at else "",
    }


# ── the reporter's side ──────────────────────────────────────────────────────


def _reporter(reference: str) -> dict[str, Any]:
    return {
        "operator": settings().operator_name,
        "reference": reference,
        "track_url": public(f"/track/{reference}"),
    }


def receipt(report: Report, code: str) -> dict[str, Any]:
    """For the receipt. Nothing typed into the form is repeated: whoever typed the address may not own it.

    The due time is her own kind's, also when the case has an earlier one: other reports are not hers to know of.
    """
    kind = book().kinds[report.kind]
    due = report.received_at + timedelta(hours=book().priorities[kind.priority].decision_hours)
    return _reporter(report.reference) | {
        "secret": tracking_secret(report),
        "kind": pick(kind.words, code),
        "received": moment(report.received_at, code),
        "due": moment(due, code),
    }


def question(report: Report, message: Message, case: Case, code: str) -> dict[str, Any]:
    """For a message from the desk."""
    return _reporter(report.reference) | {
        "message": message.text,
        "asks": message.asks,
        "due": moment(case.due_at, code),
    }


def withdrawn(report: Report, at: datetime, code: str) -> dict[str, Any]:
    """For the confirmation that a report was taken back."""
    return _reporter(report.reference) | {"withdrawn": moment(at, code), "report_url": public("/report")}


def decided(outcome: Outcome, answer: str, kind: str, reference: str, code: str) -> dict[str, Any]:
    """For the decision, by the finding on her own report.

    Reason and measures are told only where the verdict answers her allegation too: otherwise they speak of other
    reports. Nothing of the account, no points (law.md §8 N08, N09).
    """
    mine = (answer == "supported") == (outcome.verdict == "upheld")
    return _reporter(reference) | {
        "answer": answer,
        "kind": pick(book().kinds[kind].words, code),
        "test": pick(book().kinds[kind].test, code),
        "reason": outcome.reason if mine else "",
        "measures": [measure(a, code) for a in outcome.actions] if answer == "supported" else [],
        "compared": outcome.compared,
        "decided": moment(outcome.decided_at, code),
        "appeal_until": day(outcome.appeal_until, code),
    }


# ── the respondent's side ────────────────────────────────────────────────────


def statement(outcome: Outcome, answer_url: str, code: str) -> dict[str, Any]:
    """For the statement of reasons: the frozen parts, the content as the platform names it, and the way to answer."""
    return {
        "operator": settings().operator_name,
        "case_reference": outcome.case_reference,
        "title": outcome.subject_title,
        "content_ref": outcome.content_ref,
        "decided": moment(outcome.decided_at, code),
        "parts": [dict(part) for part in outcome.statements[code]],
        "answer_url": answer_url,
        "appeal_until": day(outcome.appeal_until, code),
    }
