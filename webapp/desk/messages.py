"""What people wrote after their case was decided: such a case is in no queue, and what they say must still be seen."""

from __future__ import annotations

from typing import Any

from flask import render_template

from webapp.core.i18n import _, when
from webapp.desk.access import need
from webapp.desk.blueprint import bp
from webapp.domain.cases import queries as cases


@bp.get("/messages")
@need("review")
def messages() -> Any:
    """Messages after the decision, newest first."""
    rows = [
        {
            "case": message.case.reference,
            "who": _("Respondent") if message.side == "respondent" else _("Reporter"),
            "when": when(message.sent_at),
            "text": message.text,
        }
        for message in cases.written_after_decision()
    ]
    return render_template("desk/messages.html", section="messages", rows=rows)
