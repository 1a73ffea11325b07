"""Checking the papers: a person says that they show the standing, how far and until when, or that they do not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from webapp.core.db import settings
from webapp.core.errors import Refused
from webapp.core.i18n import _
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.steps import report_of, step, text_of
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.claimants import service as claimants


def read_end(typed: str) -> datetime | None:
    """The end of the day typed, None when nothing was. Raises Refused('day_unreadable')."""
    if not typed.strip():
        return None
    try:
        return datetime.combine(
            date.fromisoformat(typed.strip()) + timedelta(days=1), time(), ZoneInfo(settings().timezone)
        )
    except (ValueError, OverflowError):
        raise Refused("day_unreadable") from None


@bp.post("/case/<reference>/standing")
@need("review")
def check_standing(reference: str) -> Any:
    """Say that the papers show the standing (level, reach, until when), or that they do not and why."""

    def work(case: Case) -> str:
        report = report_of(case, request.form.get("report", ""))
        case_verbs.touch(case.id, me().id)
        if request.form.get("do") == "refuse":
            claimants.refuse(report.standing, my_actor(), text_of("why"))
            return _("Noted: the papers do not show the standing.")
        claimants.verify(
            report.standing,
            my_actor(),
            request.form.get("level", ""),
            request.form.getlist("scope"),
            read_end(request.form.get("until", "")),
        )
        return _("Noted: the standing is checked. Later reports may rest on it.")

    return step(reference, "standing", work)
