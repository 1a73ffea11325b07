"""Blind looks: somebody decides a decided case once more without knowing how, then sees both answers side by side.

Drawn cases and golden ones look the same here until they are answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _, when
from webapp.desk import blindness, rail, words
from webapp.desk.access import me, need
from webapp.desk.blind_looks import Sides, gather, sides
from webapp.desk.blueprint import bp
from webapp.desk.media import note_read
from webapp.desk.sentences import sentence
from webapp.desk.typed import Typed
from webapp.domain.appeals import blind
from webapp.domain.decisions.rules import ANSWERS
from webapp.domain.quality import queries, service
from webapp.domain.quality.models import BlindLook
from webapp.domain.quality.rules import LONGEST
from webapp.domain.staff.rules import can

PLACE = {"finding_missing": "findings", "ground_missing": "ground", "look_why_missing": "why", "text_too_long": "why"}


@bp.get("/quality")
@need("review")
def quality() -> Any:
    """What a blind look is, the way to the next one, and one's own so far."""
    return render_template(
        "desk/quality/start.html",
        section="quality",
        held=queries.in_hand(me().id),
        done=[_line(look) for look in queries.done_by(me().id)],
        waiting=queries.waiting() if can(me().role, "see_figures") else None,
    )


def _line(look: BlindLook) -> dict[str, Any]:
    return {
        "reference": look.reference,
        "case": look.case.reference,
        "kind": words.kind(look.kind),
        "when": when(look.found_at),
        "golden": look.golden_id is not None,
        "agrees": look.agrees,
    }


@bp.post("/quality/begin")
@need("review")
def begin_look() -> Response:
    """The next case to look at blind, or the one that was begun."""
    with transaction():
        look = service.begin(me(), blindness.hidden_cases(me()))
    if look is None:
        flash(_("Nothing waits for you to be looked at a second time."), "info")
        return redirect(url_for("desk.quality"))
    return redirect(url_for("desk.look", reference=look.reference))


@bp.get("/quality/looks/<reference>")
@need("review")
def look(reference: str) -> Any:
    """The case without how it was decided; once answered, both answers side by side."""
    return _page(_mine(reference))


def _mine(reference: str) -> BlindLook:
    found = queries.by_reference(reference)
    if found.reviewer_id != me().id or found.state not in ("taken", "found"):
        raise NotFound("no_such_look")
    return found


def _page(found: BlindLook, typed: Mapping[str, Any] | None = None, problem: str = "", place: str = "") -> Any:
    shown = gather(found, me())
    note_read(shown.bench)
    answered: Sides | None = sides(found) if found.state == "found" else None
    html = render_template(
        "desk/quality/look.html",
        section="quality",
        q=shown,
        sides=answered,
        typed=typed or {"findings": {}, "ground": found.case.kind, "why": ""},
        grounds=rail.kinds(),
        answers=words.ANSWERS,
        problem=problem,
        place=place,
        longest=LONGEST,
    )
    return html, 422 if problem else 200


@bp.post("/quality/looks/<reference>/find")
@need("review")
def find_look(reference: str) -> Any:
    """Record one's own answer; then the first one is shown."""
    found, typed = _mine(reference), Typed.read(request.form)
    findings = {report: answer for report, answer in typed.findings.items() if answer in ANSWERS}
    if blind.open_in(found.case_id) and found.golden_id is None:
        return _overtaken(found)
    try:
        with transaction():
            service.find(found.id, me(), findings, typed.ground, typed.reason)
    except Refused as error:
        again = {"findings": findings, "ground": typed.ground, "why": typed.reason}
        return _page(_mine(reference), again, sentence(error), PLACE.get(error.code, ""))
    return redirect(url_for("desk.look", reference=reference, _anchor="sides"))


def _overtaken(found: BlindLook) -> Response:
    with transaction():
        service.let_go(found.id)
    flash(_("An appeal came in meanwhile: somebody new to the case looks at it there. Thank you all the same."), "info")
    return redirect(url_for("desk.quality"))


@bp.post("/quality/looks/<reference>/release")
@need("review")
def release_look(reference: str) -> Response:
    """Give it back; somebody else, or another day."""
    with transaction():
        service.release(_mine(reference).id, me())
    flash(_("Given back."), "success")
    return redirect(url_for("desk.quality"))
