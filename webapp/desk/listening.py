"""Writing down what one heard: a recording in words, the test of a voice, a right that nobody reported."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.steps import again, step, text_of
from webapp.domain.cases import hearing
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book


@bp.post("/case/<reference>/heard")
@need("review")
def note_heard(reference: str) -> Any:
    """Write what is to be heard in a recording; anybody who may look at the case does, whoever holds it."""

    def work(case: Case) -> str:
        hearing.note_file(case, me(), request.form.get("item", ""), text_of("text", hearing.LONGEST))
        return _("Written down. Whoever comes next can read it instead of listening.")

    return step(reference, f"heard-{request.form.get('item', '')}", work, hold=False)


@bp.post("/case/<reference>/voice-test")
@need("review")
def answer_voice_test(reference: str) -> Any:
    """Answer whether ordinary listeners would know the voice; whoever holds the case does."""

    def work(case: Case) -> str:
        given = {one.code: request.form.get(one.code, "") for one in book().hearing.test.questions}
        hearing.answer_test(case, me(), given, text_of("text", hearing.LONGEST))
        return _("Written down. A ready reason takes your answers over.")

    return step(reference, "voice-test", work)


@bp.post("/case/<reference>/missing-right")
@need("review")
def note_missing_right(reference: str) -> Any:
    """Note that a right an AI cover may touch is the subject of no report."""

    def work(case: Case) -> str:
        hearing.note_right(case, me(), request.form.get("right", ""))
        return _("Noted. It decides nothing: only who holds the right can report it.")

    return step(reference, "missing-right", work)


@bp.post("/heard/<note_id>/back")
@need("review")
def take_back_heard(note_id: str) -> Any:
    """Take back what one wrote oneself."""
    try:
        with transaction():
            hearing.take_back(note_id, me())
    except Refused as error:
        return again(hearing.case_of(note_id).reference, "heard", error)
    flash(_("Taken back."), "success")
    return redirect(url_for("desk.case", reference=hearing.case_of(note_id).reference))
