"""Turns what a reviewer submitted into the decision once it can no longer be taken back."""

from __future__ import annotations

from webapp.core.errors import Refused
from webapp.domain.cases.models import Case
from webapp.domain.decisions import held
from webapp.domain.queues import service as queues
from webapp.domain.staff.models import Staff
from workers.run import Work


def due(work: Work, held_id: str) -> None:
    """`choice.due`: the choice becomes the decision, or lies before its reviewer again where it no longer fits."""
    with work.finish():
        held.come_due(held_id, _may)


def _may(case: Case, staff: Staff) -> None:
    """Who left the desk, or had an interest declared within the minute, decides nothing any more."""
    if not staff.active:
        raise Refused("not_your_role")
    queues.may_take(case, staff)
