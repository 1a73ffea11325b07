"""What people wrote after their case was decided: such a case is in no queue, and what they say must still be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.i18n import _, when
from webapp.desk import lists, queries, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Message
from webapp.domain.staff import queries as staff

SHOWN = 100


@bp.get("/messages")
@need("review")
def messages() -> Any:
    """Messages after the decision, newest first: those that wait, or those somebody dealt with and who."""
    done = request.args.get("show") == "done"
    found = lists.handled_messages(SHOWN) if done else cases.written_after_decision(SHOWN)
    waiting = cases.unhandled()
    return render_template(
        "desk/messages.html",
        section="messages",
        rows=_rows(found),
        done=done,
        waiting=waiting,
        more=not done and waiting > len(found),
    )


def _rows(found: Sequence[Message]) -> list[dict[str, Any]]:
    references = queries.references(m.report_id for m in found if m.report_id)
    names = staff.names(m.handled_by_id for m in found if m.handled_by_id)
    return [_row(message, references, names) for message in found]


def _row(message: Message, references: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    said, tone = words.STATES[message.case.state]
    return {
        "id": message.id,
        "case": message.case.reference,
        "state": str(said),
        "tone": tone,
        "anchor": f"report-{message.report_id}" if message.report_id else "other-side",
        "who": _("Respondent") if message.side == "respondent" else _("Reporter"),
        "report": references.get(message.report_id or "", ""),
        "when": when(message.sent_at),
        "text": message.text,
        "by": names.get(message.handled_by_id or "", ""),
        "handled": when(message.handled_at),
    }


@bp.post("/messages/<message_id>/handled")
@need("review")
def message_handled(message_id: str) -> Any:
    """Somebody has dealt with it; it leaves the list and stays in the case."""
    with transaction():
        case_verbs.handle(cases.message(message_id), me())
    flash(_("Noted as dealt with. It stays in the case."), "success")
    return redirect(url_for("desk.messages"))
