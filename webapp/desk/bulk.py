"""One act on many cases: first a table of what would happen, then the act in the background, then what came of it; and
the same again to undo it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, DomainError, NotAllowed, NotFound, Refused
from webapp.core.i18n import _, language, pick
from webapp.desk import basket, finding, reasons
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.desk.typed import number
from webapp.domain.bulk import queries, service
from webapp.domain.bulk.models import BulkAct, BulkStep
from webapp.domain.bulk.verbs import VERBS, Prospect
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.composing import open_gaps
from webapp.domain.staff import queries as staff

STATES = ("will", "already", "cannot")


@bp.post("/basket/look")
@need("review")
def bulk_look() -> Any:
    """The dry run: what would change, what is so already, what cannot be done and why."""
    verb = request.form.get("verb", "")
    typed = _typed(verb)
    try:
        asked = service.clean(verb, typed)
        if verb == "reject":
            _whole_reason(asked["reason"])
        prospects = queries.dry_run(me(), verb, asked)
    except DomainError as error:
        return basket.page(typed, sentence(error), 422)
    with transaction():
        service.keep_refusals(me(), prospects)
    return _table(verb, asked, prospects)


def _typed(verb: str) -> dict[str, str]:
    """The form; a chosen template stands in for a reason nobody typed."""
    typed = {"verb": verb} | {name: request.form.get(name, "") for name in VERBS[verb].needs} if verb in VERBS else {}
    template = book().reasons.get(request.form.get("template", ""))
    if "reason" in typed and not typed["reason"].strip() and template is not None:
        typed["reason"] = reasons.text(request.form["template"], language())
    return typed


def _whole_reason(reason: str) -> None:
    """Raise Refused('reason_has_gaps') while a template's gaps are open."""
    if gaps := open_gaps(reason):
        raise Refused("reason_has_gaps", gaps=" · ".join(gaps))


def _table(verb: str, asked: Mapping[str, str], prospects: list[Prospect]) -> Any:
    groups = {state: [one for one in prospects if one.state == state] for state in STATES}
    return render_template(
        "desk/bulk/look.html",
        section="basket",
        verb=verb,
        name=basket.name_of(verb),
        asked=asked,
        says=says(verb, asked),
        undoable=VERBS[verb].undo is not None,
        groups={state: [_line(one.case, _why(one)) for one in ones] for state, ones in groups.items()},
        seen=[f"{one.case.id}:{one.case.version}" for one in groups["will"]],
    )


def _line(case: Case, why: str) -> tuple[finding.Found, str]:
    return finding.row(case), why


def _why(one: Prospect) -> str:
    return sentence(Refused(one.why, **one.params)) if one.why else ""


def says(verb: str, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the act was asked with, as (name, value) in words."""
    queue = book().queues.queue.get(asked.get("queue", ""))
    skip = book().queues.skip_reasons.get(asked.get("skip", ""))
    people = {one.id: one.name for one in staff.everyone()} if asked.get("colleague") else {}
    return [
        (str(name), value)
        for name, value in (
            (_("Queue"), pick(queue.words) if queue else ""),
            (_("Colleague"), people.get(asked.get("colleague", ""), "")),
            (_("Into"), asked.get("into", "")),
            (_("Why"), pick(skip) if skip else asked.get("why", "")),
            (_("Reason, as the reporters read it"), asked.get("reason", "")),
            (_("Note"), asked.get("note", "")),
        )
        if value
    ]


@bp.post("/basket/do")
@need("review")
def bulk_do() -> Any:
    """Begin the act on what the dry run showed."""
    verb = request.form.get("verb", "")
    typed = {name: request.form.get(name, "") for name in (VERBS[verb].needs if verb in VERBS else ())}
    seen = dict(pair.split(":", 1) for pair in request.form.getlist("seen") if ":" in pair)
    versions = {case_id: number(version) for case_id, version in seen.items()}
    try:
        with transaction():
            act_id = service.start(me(), verb, typed, versions).id
    except DomainError as error:
        return basket.page(typed | {"verb": verb}, sentence(error), 409)
    return redirect(url_for("desk.bulk_act", act_id=act_id))


@bp.get("/basket/acts/<act_id>")
@need("review")
def bulk_act(act_id: str) -> Any:
    """How far it is, and what became of each case; only for whoever began it."""
    act = _mine(act_id)
    steps = queries.steps(act.id)
    return render_template(
        "desk/bulk/act.html",
        section="basket",
        act=act,
        name=basket.name_of(act.verb),
        tally=queries.tally(act.id),
        total=len(steps),
        lines=[(finding.row(step.case), step.state, _step_why(step)) for step in steps],
        undoes=act.undoes_id,
        undone=queries.undone_by(act.id),
        undoable=_undoable(act, steps),
    )


def _undoable(act: BulkAct, steps: list[BulkStep]) -> bool:
    possible = VERBS[act.verb].undo is not None and act.undoes_id is None
    return act.state == "done" and possible and any(step.state == "done" for step in steps)


def _step_why(step: BulkStep) -> str:
    return sentence(Refused(step.why, **step.why_params)) if step.why else ""


def _mine(act_id: str) -> BulkAct:
    act = queries.act(act_id)
    if act.staff_id != me().id:
        raise NotAllowed("not_your_bulk")
    return act


@bp.post("/basket/acts/<act_id>/look")
@need("review")
def bulk_undo_look(act_id: str) -> Any:
    """The dry run of undoing: each case is taken back and the transaction thrown away."""
    act = _mine(act_id)
    verb, steps = act.verb, [(s.case_id, s.back) for s in reversed(queries.steps(act.id)) if s.state == "done"]
    found = {case_id: _rehearsed(verb, case_id, back) for case_id, back in steps}
    lines = {step.case_id: finding.row(step.case) for step in queries.steps(act_id)}
    return render_template(
        "desk/bulk/undo.html",
        section="basket",
        act_id=act_id,
        name=basket.name_of(verb),
        will=[(lines[case_id], "") for case_id, why in found.items() if not why],
        cannot=[(lines[case_id], why) for case_id, why in found.items() if why],
    )


class _ThrownAway(Exception):
    """Ends a rehearsal: the transaction rolls back."""


def _rehearsed(verb: str, case_id: str, back: Mapping[str, str]) -> str:
    """Why one case could not be taken back; '' when it could. Nothing of it is kept."""
    try:
        with transaction():
            service.undo(queries.case(case_id), verb, me(), back)
            raise _ThrownAway
    except _ThrownAway:
        return ""
    except (Refused, Conflict, NotFound) as error:
        return sentence(error)


@bp.post("/basket/acts/<act_id>/undo")
@need("review")
def bulk_undo(act_id: str) -> Any:
    """Begin to take an act back."""
    with transaction():
        undoing = service.start_undoing(act_id, me()).id
    return redirect(url_for("desk.bulk_act", act_id=undoing))
