"""What people wrote after their case was decided: such a case is in no queue, and what they say must still be seen."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core.db import transaction
from webapp.core.i18n import _, when
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs


@bp.get("/messages")
@need("review")
def messages() -> Any:
    """Messages after the decision, newest first."""
    rows = [
        {
            "id": message.id,
            "case": message.case.reference,
            "who": _("Respondent") if message.side == "respondent" else _("Reporter"),
            "when": when(message.sent_at),
            "text": message.text,
        }
        for message in cases.written_after_decision()
    ]
    return render_template("desk/messages.html", section="messages", rows=rows)


@bp.post("/messages/<message_id>/handled")
@need("review")
def message_handled(message_id: str) -> Any:
    """Somebody has dealt with it; it leaves the list and stays in the case."""
    with transaction():
        case_verbs.handle(cases.message(message_id), me())
    flash(_("Noted as dealt with. It stays in the case."), "success")
    return redirect(url_for("desk.messages"))
