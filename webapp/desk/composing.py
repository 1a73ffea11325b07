"""Help with composing a decision: what other choices would do, how similar cases went, ready reasons.

The page's script asks for JSON; without script the same addresses answer with pages and keep everything typed.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import render_template, request

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.desk import drafts, rail, reasons, similar, weighing_up
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import explain, page
from webapp.desk.listened import gaps_of
from webapp.desk.typed import PLACE, Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions.service import foresee
from webapp.domain.policy.queries import book


def again(reference: str, typed: Typed, error: Refused | Conflict | NotFound) -> Any:
    """The case once more with everything that was typed and one sentence about what is wrong."""
    place = PLACE.get(error.code, "")
    status = 422 if place else 409
    return page(cases.by_reference(reference), typed, problem=explain(error, reference), place=place, status=status)


def held(reference: str) -> Case:
    """The case, held by whoever asks and for longer now; what was typed is kept as a draft. Raises Conflict."""
    with transaction():
        found = cases.by_reference(reference)
        case_verbs.require_claim(found.id, me())
        case_verbs.renew(found.id, me())
        drafts.keep(found)
    return cases.by_reference(reference)


@bp.post("/case/<reference>/what-if")
@need("review")
def what_if(reference: str) -> Any:
    """What the choice would do to the account, in one sentence, and beside it what others would."""
    typed = Typed.read(request.form)
    alone = request.accept_mimetypes.best == "application/json"
    try:
        found = held(reference)
        outcome = foresee(found, typed.choice(unsaid=True))
        said = rail.what_if(found, outcome)
    except (Refused, Conflict, NotFound) as error:
        if alone:
            return {"says": "", "message": explain(error, reference)}
        return again(reference, typed, error)
    columns, near = weighing_up.columns(found, typed, outcome), similar.to_choice(found, outcome)
    if alone:
        shown = [{"name": c.name, "cells": c.cells, "mine": c.mine, "sets": c.sets} for c in columns]
        rows = [str(row) for row in weighing_up.ROWS]
        return {"says": said, "message": "", "rows": rows, "columns": shown, "apart": near.apart}
    return render_template(
        "desk/case/what_if.html",
        section="queue",
        case=found,
        typed=typed,
        says=said,
        rows=weighing_up.ROWS,
        columns=columns,
        near=near,
    )


@bp.get("/case/<reference>/similar")
@need("review")
def similar_to(reference: str) -> Any:
    """Similar earlier decisions for a rule, for the page's script. An unknown rule is that of the case."""
    found, ground = cases.by_reference(reference), request.args.get("ground", "")
    return asdict(similar.to_case(found, ground if ground in book().kinds else found.kind))


@bp.get("/reasons/<code>")
@need("review")
def ready_reason(code: str) -> Any:
    """The text of a ready reason with its gaps in words, for the page's script. Raises NotFound."""
    found = request.args.get("case", "")
    known = gaps_of(cases.by_reference(found), me().id) if found else {}
    text = reasons.text(code, request.args.get("in", ""), known)
    if not text:
        raise NotFound("no_such_reason")
    return {"text": text}


@bp.post("/case/<reference>/edit")
@need("review")
def edit(reference: str) -> Any:
    """Back to the form with everything typed; with a ready reason put under what was written, where one was chosen."""
    typed, found = Typed.read(request.form), cases.by_reference(reference)
    if template := request.form.get("template", ""):
        known = gaps_of(found, me().id)
        typed = replace(
            typed, reason=reasons.joined(typed.reason, template, request.form.get("template_in", ""), known)
        )
    with transaction():
        case_verbs.renew(found.id, me())
        drafts.keep(found)
    return page(cases.by_reference(reference), typed)
