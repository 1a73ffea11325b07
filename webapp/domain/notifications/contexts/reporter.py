"""What a letter to a reporter may say: her own report and its outcome; nothing of the account or of other reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from webapp.core.db import settings
from webapp.core.i18n import day, pick
from webapp.core.links import public
from webapp.domain.biometrics.queries import Receipt
from webapp.domain.cases.models import Message, NoticeReturn
from webapp.domain.cases.rules import priority_of
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import tracking_secret


def base(report: Report) -> dict[str, Any]:
    """What every letter to her carries; for urgent kinds also the reference that stands alone in the subject line."""
    found: dict[str, Any] = {
        "operator": settings().operator_name,
        "reference": report.reference,
        "track_url": public(f"/track/{report.reference}"),
        "how_url": public("/how"),
    }
    if book().urgent(priority_of(report, book())):
        found["neutral"] = report.reference
    return found


def named(report: Report) -> bool:
    """Whether the other side is told the name of the right holder: works only, where the regime asks for it."""
    regimes = book().regimes
    return book().kinds[report.kind].section == "work" and any(regimes[r].forwards_name for r in report.regimes)


def support(kind: str, code: str) -> str:
    """Where to find help at once, '' where the book knows nothing for this kind."""
    found = book().kinds[kind].support
    return pick(found, code) if found else ""


def receipt(report: Report, due: datetime, incomplete: bool, code: str) -> dict[str, Any]:
    """For the receipt. Nothing typed into the form is repeated: whoever typed the address may not own it.

    `due` is her own report's, also when the case has an earlier one: other reports are not hers to know of.
    """
    return base(report) | {
        "secret": tracking_secret(report),
        "kind": pick(book().kinds[report.kind].words, code),
        "received": words.moment(report.received_at, code),
        "due": words.moment(due, code),
        "incomplete": incomplete,
        "tip": report.mode == "tip",
        "support": support(report.kind, code),
        "warnings": _warnings(report, code),
        "name_told": named(report),
    }


def _warnings(report: Report, code: str) -> list[str]:
    """What her regimes say of wrong notices, each once; one that another begins with is left to that other."""
    found = [book().regimes[r].warning for r in report.regimes]
    told = list(dict.fromkeys(pick(w, code) for w in found if w))
    return [w for w in told if not any(o != w and o.startswith(w.rstrip("。.")) for o in told)]


def question(report: Report, message: Message, due: datetime, code: str) -> dict[str, Any]:
    """For a message from the desk; `due`: when it decides, answered or not."""
    return base(report) | {"message": message.text, "asks": message.asks, "due": words.moment(due, code)}


def withdrawn(report: Report, at: datetime, code: str) -> dict[str, Any]:
    """For the confirmation that a report was taken back."""
    return base(report) | {"withdrawn": words.moment(at, code), "report_url": public("/report")}


def returned(found: NoticeReturn, paused: bool, code: str) -> dict[str, Any]:
    """For a notice sent back, its reminder and its lapse: what is missing and why, until when, on what law (N02, N03).

    That our own time stands still is said only when it does.
    """
    numbers, report = book().numbers, found.report
    reopen_until = (found.lapsed_at or found.due_at) + timedelta(days=numbers.reopen_days)
    return base(report) | {
        "missing": words.missing(found.missing, code),
        "text": found.text,
        "due": words.moment(found.due_at, code),
        "paused": paused,
        "laws": words.laws(report.regimes, code),
        "reopen_days": numbers.reopen_days,
        "reopen_until": day(reopen_until, code),
    }


def forwarded(report: Report, at: datetime, code: str) -> dict[str, Any]:
    """For "your notice was passed on": regime, when, what next (N04). Nothing of the account."""
    return base(report) | {
        "kind": pick(book().kinds[report.kind].words, code),
        "forwarded": words.moment(at, code),
        "laws": words.laws(report.regimes, code),
        "name_told": named(report),
    }


def decided(outcome: Outcome, report: Report, answer: str, code: str, *, stop_url: str = "") -> dict[str, Any]:
    """For the decision, by the finding on her own report.

    Reason and measures are told only where the verdict answers her allegation too: otherwise they speak of other
    reports. Nothing of the account, no points (law.md §8 N08, N09).
    """
    mine = (answer == "supported") == (outcome.verdict == "upheld")
    kind = book().kinds[report.kind]
    later = outcome.decided_at + timedelta(days=kind.follow_up_days or 0)
    return base(report) | {
        "answer": answer,
        "kind": pick(kind.words, code),
        "test": pick(kind.test, code),
        "reason": outcome.reason if mine else "",
        "measures": words.taken(outcome.actions, code) if answer == "supported" else [],
        "undone": words.put_back(outcome.undone, code),
        "support": support(report.kind, code),
        "compared": outcome.compared,
        "decided": words.moment(outcome.decided_at, code),
        "appeal_until": day(outcome.appeal_until, code),
        "follow_up": day(later, code) if stop_url else "",
        "stop_url": stop_url,
    }


def appeal(report: Report, reference: str, filed_at: datetime, due: datetime | None, code: str) -> dict[str, Any]:
    """For the receipt of her appeal (N16)."""
    return base(report) | {
        "appeal": reference,
        "matter": report.reference,
        "page_url": public(f"/track/{report.reference}"),
        "filed": words.moment(filed_at, code),
        "due": words.moment(due, code) if due else "",
    }


def judged(
    outcome: Outcome, report: Report, answer: str, result: str, reason: str, code: str, *, appeal_reference: str = ""
) -> dict[str, Any]:
    """For the result of an appeal, hers or the other side's, as far as it answers her own report (N16)."""
    told = decided(outcome, report, answer, code)
    if result == "upheld":  # nothing changed, so nothing is done
        told |= {"measures": [], "undone": [], "reason": ""}
    return told | {
        "appeal": appeal_reference,
        "matter": report.reference,
        "page_url": told["track_url"],
        "outcome": result,
        "reason": reason or told["reason"],
        "parts": [],
        "eu": book().regimes["EU_DSA"].enabled,
        "may_appeal": False,
    }


def conduct(step: ConductStep, report: Report, marks: Iterable[ConductMark], code: str) -> dict[str, Any]:
    """For a step against misuse: the numbers, the four factors, how long, what stays open (N18, DSA 23(3))."""
    found, rules = list(marks), book().conduct
    grades = [sum(m.grade == grade for m in found) for grade in rules.grades]
    colon = "：" if code == "zh" else ": "
    told = [f"{pick(w, code)}{colon}{n}" for w, n in zip(rules.grades.values(), grades, strict=True) if n]
    urgent = [k.words for _code, k in book().ordered_kinds() if book().urgent(k.priority)]
    reasons = [m.reason for m in found if m.report_id == report.id]
    return base(report) | {
        "step": pick(next(s.words for s in rules.steps if s.code == step.step), code),
        "window": rules.window_days,
        "marks": step.marks,
        "reports": step.reports,
        "share": round(100 * step.marks / step.reports) if step.reports else 100,
        "grades": ("；" if code == "zh" else "; ").join(told),
        "reason": reasons[0] if reasons else "",
        "until": words.moment(step.until_at, code) if step.until_at else "",
        "exempt": list(dict.fromkeys(pick(w, code) for w in urgent)),
        "report_url": public("/report"),
        "appeal_until": day(step.from_at + timedelta(days=book().numbers.appeal_days), code),
    }


def consent(
    report: Report, purposes: Sequence[str], at: datetime, receipts: Iterable[Receipt], code: str
) -> dict[str, Any]:
    """For the withdrawal of consent: what is deleted, with receipts, what is kept and why (N21, N22)."""
    why = book().biometrics.why
    return base(report) | {
        "purposes": [PURPOSES[p][code] for p in purposes],
        "withdrawn": words.moment(at, code),
        "receipts": [
            {
                "number": found.number,
                "what": _templates(found, code),
                "deleted": words.moment(found.deleted_at, code),
                "why": pick(getattr(why, found.why), code),
            }
            for found in receipts
        ],
    }


def _templates(found: Receipt, code: str) -> str:
    """'2 voice templates', as the page of the report counts them."""
    kind = TEMPLATES[found.purpose][code]
    return f"{found.count} 份{kind}" if code == "zh" else f"{found.count} {kind}{'' if found.count == 1 else 's'}"


TEMPLATES = {
    "face": {"zh": "人脸特征模板", "en": "face template"},
    "voice": {"zh": "声音特征模板", "en": "voice template"},
}
PURPOSES = {
    "face": {"zh": "人脸比对", "en": "comparing faces"},
    "voice": {"zh": "声音比对", "en": "comparing voices"},
}


def follow_up(report: Report, holding: Sequence[ActionFact], code: str) -> dict[str, Any]:
    """For the one letter some time later: what still holds, and help; the subject line is always neutral (N28)."""
    return base(report) | {
        "neutral": report.reference,
        "holding": bool(holding),
        "measures": words.taken(holding, code),
        "support": support(report.kind, code),
    }
