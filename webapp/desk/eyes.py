"""Asking a colleague to look: the question in the case, the list of what one is asked, and the answer for who asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, when
from webapp.desk import undoing, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.dossier import Dossier
from webapp.desk.proposals import title
from webapp.desk.steps import again, step, text_of
from webapp.domain.cases import eyes
from webapp.domain.cases.families import family
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import SecondEyes
from webapp.domain.queues import interests
from webapp.domain.staff import queries as staff_rows
from webapp.domain.staff.rules import can

TONES = {"supported": "danger", "not_supported": "ok", "cannot_tell": "warn"}
LONGEST = 500  # characters of a question or a word between colleagues


@dataclass(frozen=True)
class Asked:
    """One question to a colleague as a page shows it. `finding` is '' until somebody answered."""

    id: str
    reference: str
    kind: str
    title: str
    thumb: str
    clock: words.Clock
    asked_by: str
    asked_of: str
    question: str
    when: str
    finding: str
    tone: str
    note: str
    answered_by: str
    mine: bool
    can_answer: bool


def shown(one: SecondEyes) -> Asked:
    """A question in words for who looks."""
    case, staff = one.case, me()
    thumb = case.thumb_evidence_id
    return Asked(
        id=one.id,
        reference=case.reference,
        kind=words.kind(case.kind),
        title=title(case),
        thumb=url_for("desk.media", evidence_id=thumb, kind="thumb") if thumb else "",
        clock=words.clock(case.due_at, now()),
        asked_by=one.asked_by.name,
        asked_of=one.asked_of.name if one.asked_of else "",
        question=one.question,
        when=when(one.asked_at),
        finding=str(words.ANSWERS[one.finding]) if one.finding else "",
        tone=TONES.get(one.finding, "plain"),
        note=one.note,
        answered_by=one.answered_by.name if one.answered_by else "",
        mine=one.asked_by_id == staff.id,
        can_answer=one.answered_at is None and one.asked_by_id != staff.id and one.asked_of_id in (None, staff.id),
    )


@bp.get("/eyes")
@need("review")
def asked_of_me() -> Any:
    """What waits for my eyes, and what I asked: with the answers."""
    waiting = _free_of_interest(eyes.asked_of(me()))
    return render_template(
        "desk/eyes.html",
        section="eyes",
        waiting=[shown(one) for one in waiting],
        mine=[shown(one) for one in eyes.answered_for(me())],
    )


def _free_of_interest(asked: Sequence[SecondEyes]) -> list[SecondEyes]:
    kept_out = interests.of_interest(me().id, {one.case_id for one in asked})
    return [one for one in asked if one.case_id not in kept_out]


@bp.post("/case/<reference>/eyes")
@need("review")
def ask_eyes(reference: str) -> Any:
    """Ask a colleague, or anybody; the case stays mine."""
    made: list[str] = []

    def work(case: Case) -> str:
        wanted = request.form.get("of", "")
        of = staff_rows.get(wanted) if wanted else None
        if of is not None and interests.in_conflict(case.id, of.id):
            raise Refused("cannot_ask_them")
        made.append(eyes.ask_eyes(case, me(), text_of("question", LONGEST), of).id)
        name = of.name if of else _("Whoever has a moment")
        return _("%(name)s is asked to look. The case stays with you.", name=name)

    answer = step(reference, "eyes", work)
    if made:
        undoing.offer("eyes", {"eyes": made[0]}, said=_("You asked for a second pair of eyes."))
    return answer


@bp.post("/eyes/<eyes_id>")
@need("review")
def answer_eyes(eyes_id: str) -> Any:
    """Say what I see; or, for who asked, that it is no longer needed or was read."""
    asked = eyes.get(eyes_id)
    reference, wanted = asked.case.reference, request.form.get("do", "answer")
    try:
        with transaction():
            said = _act(eyes_id, wanted)
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "eyes-answer", error)
    flash(said, "success")
    if wanted == "answer":
        return redirect(url_for("desk.asked_of_me"))
    return redirect(url_for("desk.case", reference=reference, _anchor="eyes"))


def _act(eyes_id: str, wanted: str) -> str:
    if wanted == "withdraw":
        eyes.withdraw_eyes(eyes_id, me())
        return _("Taken back: nobody is asked any more.")
    if wanted == "read":
        eyes.read_eyes(eyes_id, me())
        return _("Noted as read. It stays in the case.")
    if interests.in_conflict(eyes.get(eyes_id).case_id, me().id):
        raise Refused("interest_declared")
    answered = eyes.answer_eyes(eyes_id, me(), request.form.get("finding", ""), text_of("note", LONGEST))
    return _("%(name)s sees what you found. Thank you.", name=answered.asked_by.name)


@undoing.inverse("eyes")
def _unask(ids: Any, staff: Any) -> tuple[str, str]:
    asked = eyes.withdraw_eyes(ids["eyes"], staff)
    return _("Taken back: nobody is asked any more."), asked.case.reference


def colleagues() -> list[tuple[str, str]]:
    """Who can be asked, as (id, name): everybody else who reviews. An interest is looked at when asked."""
    people = [p for p in staff_rows.everyone() if p.active and p.id != me().id and can(p.role, "review")]
    return [(p.id, p.name) for p in people]


def eyes_of(d: Dossier) -> list[Asked]:
    """What was asked and found in this case and those merged into it; nothing while an appeal hides it."""
    return [] if d.blind else [shown(one) for one in eyes.of_cases(family(d.case.id))]


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where they are drawn."""
    return {
        "eyes_of": eyes_of,
        "eyes_colleagues": colleagues,
        "eyes_findings": [(code, words.ANSWERS[code]) for code in eyes.FINDINGS],
    }
