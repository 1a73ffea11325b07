"""What a letter to the desk may say: a case's number, a clock, a link. No content, no names, no kind (N23, N24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.core.db import settings
from webapp.core.i18n import pick
from webapp.core.links import public
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book


def _base(case_reference: str) -> dict[str, Any]:
    return {
        "operator": settings().operator_name,
        "case_reference": case_reference,
        "desk_url": public(f"/desk/case/{case_reference}"),
    }


def clock(case_reference: str, clock_code: str, due_at: datetime, breach: bool, code: str) -> dict[str, Any]:
    """For a clock that is nearly used up, or over."""
    return _base(case_reference) | {
        "clock": pick(book().clocks[clock_code].words, code),
        "due": words.moment(due_at, code),
        "breach": breach,
        "percent": book().numbers.alert_percent,
    }


def urgent(case_reference: str) -> dict[str, Any]:
    """For an urgent case that has just come in."""
    return _base(case_reference)
