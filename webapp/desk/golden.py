"""Golden cases, for leads: mark a closed case with the agreed answer, see what everybody answered, withdraw it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, when
from webapp.desk import queries as desk_queries
from webapp.desk import rail, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.desk.typed import Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.quality import queries, service
from webapp.domain.quality.models import BlindLook, GoldenCase
from webapp.domain.quality.rules import LONGEST


@bp.get("/quality/golden")
@need("keep_quality")
def golden() -> Any:
    """All golden cases with everybody's answers, and the way to a new one."""
    found = queries.golden()
    looks = queries.golden_looks([one.id for one in found])
    return render_template(
        "desk/quality/golden.html",
        section="quality",
        rows=[_row(one, looks[one.id]) for one in found],
        wanted=request.args.get("case", ""),
    )


def _row(one: GoldenCase, looks: list[BlindLook]) -> dict[str, Any]:
    return {
        "id": one.id,
        "case": one.case.reference,
        "kind": words.kind(one.ground or one.case.kind),
        "why": one.why,
        "when": when(one.marked_at),
        "retired": when(one.retired_at),
        "right": sum(1 for look in looks if look.agrees),
        "answered": [(look.reviewer.name if look.reviewer else "", bool(look.agrees)) for look in looks],
    }


@bp.get("/quality/golden/new")
@need("keep_quality")
def new_golden() -> Any:
    """The form for one case, filled with how it was decided."""
    try:
        case, decision = _decided(request.args.get("case", ""))
    except (NotFound, Refused) as error:
        flash(sentence(error), "danger")
        return redirect(url_for("desk.golden"))
    findings = {finding.report_id: finding.answer for finding in decision.findings}
    return _form(case, decision, Typed(findings=findings, ground=decision.ground or case.kind))


def _decided(reference: str) -> tuple[Case, Decision]:
    case = cases.by_reference(reference)
    decision = decisions.verdict_of(case.id)
    if decision is None or case.state != "closed":
        raise Refused("golden_not_closed")
    return case, decision


def _form(case: Case, decision: Decision, typed: Typed, problem: str = "") -> Any:
    answered = {finding.report_id for finding in decision.findings}
    html = render_template(
        "desk/quality/golden_new.html",
        section="quality",
        case=case,
        kind=words.kind(case.kind),
        reports=[
            (entry.report_id, entry.report.reference, words.kind(entry.report.kind))
            for entry in desk_queries.reports_of(case.id)
            if entry.report_id in answered
        ],
        typed=typed,
        grounds=rail.kinds(),
        answers=words.ANSWERS,
        problem=problem,
        longest=LONGEST,
    )
    return html, 422 if problem else 200


@bp.post("/quality/golden")
@need("keep_quality")
def mark_golden() -> Any:
    """Let everybody look at it once from now on."""
    typed = Typed.read(request.form)
    try:
        case, decision = _decided(request.form.get("case", ""))
    except (NotFound, Refused) as error:
        flash(sentence(error), "danger")
        return redirect(url_for("desk.golden"))
    try:
        with transaction():
            service.mark_golden(case, decision, me(), typed.findings, typed.ground, typed.reason)
    except (Refused, Conflict) as error:
        return _form(*_decided(case.reference), typed, sentence(error))
    flash(_("From now on everybody who did not work on the case is given it once, without knowing."), "success")
    return redirect(url_for("desk.golden"))


@bp.post("/quality/golden/<golden_id>/retire")
@need("keep_quality")
def retire_golden(golden_id: str) -> Response:
    """Give it to nobody any more."""
    with transaction():
        service.retire_golden(golden_id, me())
    flash(_("Nobody is given this case any more, and its answers count no more."), "success")
    return redirect(url_for("desk.golden"))
