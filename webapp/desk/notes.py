"""Notes to whoever keeps the rule book: rules on which people's answers agree too little, open and answered."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.i18n import _, pick, when
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.policy.queries import book
from webapp.domain.quality import queries, service
from webapp.domain.quality.models import RuleNote
from webapp.domain.quality.rules import LONGEST
from webapp.domain.staff import queries as staff


@bp.get("/quality/notes")
@need("see_figures")
def notes() -> Any:
    """The open notes with a field for the answer, then what was answered."""
    return _page()


def _page(problem: str = "", wrong: str = "", typed: str = "") -> Any:
    still_open, answered = queries.notes(answered=False), queries.notes(answered=True)
    names = staff.names(note.staff_id for note in answered if note.staff_id)
    html = render_template(
        "desk/quality/notes.html",
        section="quality",
        still_open=[_note(note, names) for note in still_open],
        answered=[_note(note, names) for note in answered],
        problem=problem,
        wrong=wrong,
        typed=typed,
        longest=LONGEST,
    )
    return html, 422 if problem else 200


def _note(note: RuleNote, names: dict[str, str]) -> dict[str, Any]:
    kind = book().kinds.get(note.kind)
    return {
        "id": note.id,
        "kind": note.kind,
        "words": words.kind(note.kind),
        "test": pick(kind.test) if kind else "",
        "says": _(
            "Agreement was %(alpha)s (Krippendorff's alpha) over %(n)s answers; below %(low)s it is low.",
            alpha=f"{note.alpha:.2f}".replace("-", "−"),
            n=note.answers,
            low=book().quality.agreement.low,
        ),
        "opened": when(note.opened_at),
        "answered": when(note.answered_at),
        "who": names.get(note.staff_id or "", ""),
        "answer": note.answer,
    }


@bp.post("/quality/notes/<note_id>/answer")
@need("keep_quality")
def answer_note(note_id: str) -> Any:
    """Say what was done about the rule; from then on only later looks are measured."""
    typed = request.form.get("answer", "").replace("\r\n", "\n")
    try:
        with transaction():
            service.answer_note(note_id, me(), typed)
    except (Refused, Conflict) as error:
        return _page(sentence(error), note_id, typed)
    flash(_("Answered. Agreement on this rule is measured anew from here."), "success")
    return redirect(url_for("desk.notes"))
