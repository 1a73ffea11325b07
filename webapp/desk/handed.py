"""What colleagues handed to who asks, by name: first in their next cases, and named on the queue page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.core.errors import Conflict, Refused
from webapp.core.i18n import time_of_day
from webapp.desk import words
from webapp.desk.access import me
from webapp.desk.blueprint import bp
from webapp.domain.cases import handing
from webapp.domain.queues import service as queues
from webapp.domain.staff.models import Staff


def next_handed(staff: Staff, skip: str = "") -> str | None:
    """Take the first case that waits for this person by name; gives its reference. Call inside a transaction."""
    for given in handing.handed_to(staff.id):
        if given.case_id == skip:
            continue
        try:
            queues.take(given.case_id, staff)
        except (Conflict, Refused):
            continue
        return given.case.reference
    return None


def handed() -> Sequence[dict[str, str]]:
    """What waits for who asks by name, for the queue page."""
    return [
        {
            "reference": given.case.reference,
            "kind": words.kind(given.case.kind),
            "who": given.giver.name,
            "when": time_of_day(given.at),
            "note": given.note,
        }
        for given in handing.handed_to(me().id)
    ]


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where it is drawn."""
    return {"handed": handed}
