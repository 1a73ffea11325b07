"""Statements of reasons for the EU database: which decisions are ready, which are not and why, and batches to download.

The same code as `flask statements export` makes them; nothing personal is on the page or in the files.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Response, render_template, request

from webapp.core.audit import record
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _, when
from webapp.desk import blindness, lists, words
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.paging import key_of, read_key
from webapp.domain.decisions import dsa
from webapp.domain.decisions.models import Decision


@bp.get("/statements")
@need("export_statements")
def exports() -> Any:
    """Decisions since a day, oldest first, paged by key; each with the state of its statement."""
    since = _day(request.args.get("since", ""))
    found = lists.decisions_since(since, read_key(request.args.get("after", "")))
    shown, more = found[: lists.PAGE], len(found) > lists.PAGE
    hidden = set(blindness.hidden_cases(me()))
    return render_template(
        "desk/exports.html",
        section="exports",
        since=since.isoformat() if since else "",
        wrong=bool(request.args.get("since")) and since is None,
        rows=[_row(decision, decision.case_id in hidden) for decision in shown],
        next_key=key_of(shown[-1].decided_at, shown[-1].id) if more else "",
        after=request.args.get("after", ""),
    )


def _row(decision: Decision, hidden: bool) -> dict[str, Any]:
    """One decision. While this person could decide its appeal, only that there is one."""
    at, reference = when(decision.decided_at), decision.case.reference
    if hidden:
        said, tone, field = _("hidden while you could decide its appeal"), "plain", ""
        return {"case": reference, "when": at, "what": "", "state": said, "tone": tone, "field": field}
    what = _(", ").join(words.action(a.kind, a.days) for a in decision.actions)
    try:
        dsa.statement_of(decision)
    except Refused as error:
        said, tone, field = _refused(error)
    else:
        said, tone, field = _("ready"), "ok", ""
    return {"case": reference, "when": at, "what": what, "state": said, "tone": tone, "field": field}


def _refused(error: Refused) -> tuple[str, str, str]:
    if error.code != "personal_data":
        return _("no restriction"), "plain", ""
    why = words.PERSONAL.get(error.params["what"])
    said = _("held back: %(what)s in it", what=str(why) if why else error.params["what"])
    return said, "warn", error.params["field"]


@bp.post("/statements/batches")
@need("export_statements")
def batches() -> Any:
    """What there is to download since a day: how many files, how many statements, what is held back."""
    since = _day(request.form.get("since", ""))
    made = dsa.batches(since)
    return render_template(
        "desk/batches.html",
        section="exports",
        since=since.isoformat() if since else "",
        files=[(number, len(batch["statements"])) for number, batch in enumerate(made.batches, 1)],
        count=made.count,
        held=len(made.held),
    )


@bp.post("/statements/batches/<int:number>")
@need("export_statements")
def batch(number: int) -> Response:
    """One batch of up to 100 as the database takes it; that it was taken is written down."""
    since = _day(request.form.get("since", ""))
    made = dsa.batches(since)
    if not 1 <= number <= len(made.batches):
        raise NotFound("no_such_batch")
    found = made.batches[number - 1]
    with transaction():
        facts = {"number": number, "count": len(found["statements"]), "since": since.isoformat() if since else ""}
        record(my_actor(), "statements.export", "statements", f"batch-{number:04}", **facts)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="batch-{number:04}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
