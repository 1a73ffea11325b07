"""What colleagues handed to who asks, by name: first in their next cases, and named on the queue page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.core.i18n import time_of_day
from webapp.desk import words
from webapp.desk.access import me
from webapp.desk.blueprint import bp
from webapp.domain.cases import handing


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
