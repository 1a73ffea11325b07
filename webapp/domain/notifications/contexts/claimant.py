"""What a letter to a claimant about a counter-notice may say: the redacted copy, the day it turns on, how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core.i18n import day, pick
from webapp.domain.appeals.redaction import Redacted
from webapp.domain.notifications.contexts import reporter, words
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class Counter:
    """What a claimant may know of a counter-notice: its law, when it was forwarded, after which day the content comes
    back (`estimated`: counted from today, since the time runs from the arrival of the letter), the redacted copy."""

    regime: str
    forwarded_at: datetime
    restore_at: datetime
    estimated: bool = False
    copy: Redacted | None = None
    proof: str = ""


def counter(report: Report, facts: Counter, code: str, days: int = 0) -> dict[str, Any]:
    """For the forwarded counter-notice, its reminders and the hold (N12, N13, N14)."""
    return reporter.base(report) | {
        "law": words.law(facts.regime, code),
        "forwarded": words.moment(facts.forwarded_at, code),
        "restore": day(facts.restore_at, code),
        "estimated": facts.estimated,
        "copy": _lines(facts.copy, code) if facts.copy else [],
        "days": days,
        "proof": facts.proof,
    }


# How the redacted copy of a counter-notice names its lines.
LINES = {
    "name": {"zh": "声明人", "en": "From"},
    "content": {"zh": "内容", "en": "Content"},
    "defence": {"zh": "理由", "en": "Ground"},
    "statement": {"zh": "声明", "en": "Statement"},
    "address": {"zh": "通讯地址", "en": "Postal address"},
}


def _lines(copy: Redacted, code: str) -> list[dict[str, str]]:
    values = {
        "name": copy.name,
        "content": " ".join(part for part in (copy.content_title, copy.content_address) if part),
        "defence": pick(copy.defence, code) if copy.defence else "",
        "statement": copy.statement,
        "address": copy.address,
    }
    return [{"label": LINES[name][code], "text": value} for name, value in values.items() if value]


def restored(report: Report, at: datetime, end: str, barred_by: str, code: str) -> dict[str, Any]:
    """For "the content is back": when, why, and whether the same notice is barred now (N15)."""
    return reporter.base(report) | {
        "decided": words.moment(at, code),
        "end": end,
        "barred": bool(barred_by),
        "law": words.law(barred_by, code) if barred_by else "",
    }
