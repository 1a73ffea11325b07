"""Second look: what waits for a second person, in two lists. Proposals are answered in their case, appeals on a page of
their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

from webapp.core.clock import now
from webapp.core.i18n import _, when
from webapp.desk import lists, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.appeals import blind
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case
from webapp.domain.staff import queries as staff

PARTIES = {"respondent": lambda: _("the account"), "reporter": lambda: _("a reporter")}


@bp.context_processor
def _for_navigation() -> dict[str, Any]:
    """For the frame of the desk: how much waits. Asked only where the frame is drawn."""
    return {"all_waiting": lambda: lists.counts(me())}


@bp.get("/second")
@need("review")
def second() -> Any:
    """Two lists: proposals, and appeals this person may take or has."""
    waiting, appeals, moment = lists.proposals(), blind.waiting(me(), lists.PAGE), now()
    names = staff.names(p.staff_id for p in waiting)
    cases = lists.case_rows(appeal.case_id for appeal, _due in appeals)
    return render_template(
        "desk/proposals/list.html",
        section="second",
        proposals=[
            {
                "id": p.id,
                "reference": p.case.reference,
                "kind": words.kind(p.case.kind),
                "title": title(p.case),
                "who": names.get(p.staff_id, ""),
                "mine": p.staff_id == me().id,
                "when": when(p.proposed_at),
                "why": words.second(p.why),
                "clock": words.clock(p.case.due_at, moment),
            }
            for p in waiting
        ],
        appeals=[_appeal(a, due, cases[a.case_id], moment) for a, due in appeals],
    )


def title(case: Case) -> str:
    """How a list names the content of a case."""
    return case.subject.title or case.subject.content_ref or case.subject.address


def party(appeal: Appeal) -> str:
    """Who appealed, in words, without a name."""
    return PARTIES[appeal.party.partition(":")[0]]()


def _appeal(appeal: Appeal, due: datetime | None, case: Case, moment: datetime) -> dict[str, Any]:
    return {
        "reference": appeal.reference,
        "case": case.reference,
        "kind": words.kind(case.kind),
        "title": title(case),
        "party": party(appeal),
        "filed": when(appeal.filed_at),
        "clock": words.clock(due, moment) if due else None,
        "mine": appeal.reviewer_id == me().id,
        "found": appeal.found_at is not None,
    }
