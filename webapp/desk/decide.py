"""Deciding: findings, ground, measures and reason come in; a preview shows effects and letters; one verb decides, or
leaves a proposal for a second person."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import LANGUAGES, NATIVE, _, pick, when
from webapp.desk import drafts, rail, similar, submitted, told, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.composing import again, held
from webapp.desk.exposure import pause_first
from webapp.desk.queue import take_next
from webapp.desk.steps import step, text_of
from webapp.desk.typed import Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.dsa import personal_data_in
from webapp.domain.decisions.models import Decision, HeldChoice, Proposal
from webapp.domain.decisions.rules import LONGEST, Outcome
from webapp.domain.notifications import previews as letters
from webapp.domain.partners import queries as partners
from webapp.domain.policy.queries import book
from webapp.domain.queues import service as queues


@bp.post("/case/<reference>/preview")
@need("review")
def preview(reference: str) -> Any:
    """What the choice would lead to: effects in words, and the letters of both sides in both languages."""
    typed = Typed.read(request.form)
    try:
        found = held(reference)
        choice = typed.choice()
        rail.check(found, choice)
        outcome = decision_verbs.foresee(found, choice)
        similar.ask(found, outcome, choice)
    except (Refused, Conflict, NotFound) as error:
        return again(reference, typed, error)
    previews = [letters.preview(outcome, code) for code in LANGUAGES]
    return render_template(
        "desk/case/preview.html",
        section="queue",
        case=found,
        typed=typed,
        verdict=words.VERDICTS[outcome.verdict],
        says=rail.says(outcome),
        personal=_personal(found, typed.reason),
        unchecked=str(_(", ")).join(r.reference for r in decision_verbs.unchecked(found, typed.findings)),
        second=words.second(decision_verbs.second_needed(found, outcome)),
        effects=_effects(found, outcome, typed),
        readers=told.readers(previews),
        told=told.table(typed, outcome, previews),
        letters=[(code, NATIVE[code], both) for code, both in zip(LANGUAGES, previews, strict=True)],
    )


def _personal(found: Case, reason: str) -> str:
    """What of a person stands in the reason, in words; '' for nothing. Both sides read it, so it is said beforehand."""
    what = personal_data_in(reason, found)
    return str(words.PERSONAL[what]) if what else ""


def _effects(found: Case, outcome: Outcome, typed: Typed) -> list[tuple[str, str]]:
    """What will happen, as (name, sentence)."""
    lines = []
    for action in outcome.actions:
        entry = book().actions[action.kind]
        effect = pick(entry.effect) if entry.effect else ""
        until = _("Until %(when)s.", when=when(action.ends_at)) if action.ends_at else ""
        lines.append((words.action(action.kind, action.days), " ".join(p for p in (effect, until) if p)))
    undone = _("; ").join(words.action(action.kind, action.days) for action in outcome.undone)
    lines.append((_("Taken back"), undone))
    if outcome.actions or outcome.undone:
        platform = partners.platform(found.subject.platform)
        asked = (
            _("%(platform)s is asked to carry this out, and the result is read back.", platform=platform.name)
            if platform
            else _("The content is on no connected platform, so nobody can be asked to carry this out.")
        )
        lines.append((_("The platform"), asked))
    else:
        lines.append((_("Measures"), _("None. The content stays as it is, and the account is not told.")))
    references = {r.id: r.reference for r in cases.active_reports(found.id)}
    marks = [f"{references.get(r, '')}{_(': ')}{words.grade(grade)}" for r, grade in typed.marks.items()]
    lines.append((_("Marked as misuse"), "\n".join(marks)))
    return lines


@bp.post("/case/<reference>/decide")
@need("review")
def decide(reference: str) -> Any:
    """Decide, or propose where a second person must agree; then open the next case."""
    typed = Typed.read(request.form)
    found = cases.by_reference(reference)
    case_id, case_reference = found.id, found.reference
    with transaction():  # whatever becomes of it, what was typed is kept
        drafts.keep(found)
    try:
        with transaction():
            choice = typed.choice()
            queues.may_take(found, me())
            made = decision_verbs.decide(case_id, me(), typed.version, choice)
            rail.check(found, choice)
            outcome = decisions.outcome(made) if isinstance(made, Decision) else decision_verbs.foresee(found, choice)
            similar.ask(found, outcome, choice)
            done = _done(made, case_reference)
    except (Refused, Conflict, NotFound) as error:
        return again(reference, typed, error)
    return _next_case(done, case_id)


def _done(made: Decision | Proposal | HeldChoice, reference: str) -> str:
    """What became of the submitted choice, in words; '' while it can be undone: the frame of the page says that."""
    if isinstance(made, HeldChoice):
        return ""
    if isinstance(made, Proposal):
        submitted.offer_proposal(made, reference)
        return _("%(reference)s waits for a second person: %(why)s.", reference=reference, why=words.second(made.why))
    return _("%(reference)s is decided.", reference=reference)


def _next_case(done: str, case_id: str) -> Any:
    if pause := pause_first():
        if done:
            flash(done, "success")
        return pause
    following = take_next(me(), skip=case_id)
    if following is None:
        flash(_("%(done)s Nothing else waits for you.", done=done).strip(), "success")
        return redirect(url_for("desk.queue"))
    if done:  # while it can be undone the frame of the page says so, and the next case needs no sentence above it
        flash(_("%(done)s This is the next case.", done=done), "success")
    return redirect(url_for("desk.case", reference=following))


@bp.post("/case/<reference>/proposal")
@need("review")
def answer_proposal(reference: str) -> Any:
    """A second person agrees, and it is decided; or sends it back and says why. Nobody has to hold the case."""
    wanted = request.form.get("proposal", "")

    def work(case: Case) -> str:
        waits = decisions.waiting(case.id)
        if waits is None or waits.id != wanted:
            raise Conflict("case_changed")
        queues.may_take(case, me())
        if request.form.get("do") == "refuse":
            decision_verbs.refuse_proposal(wanted, me(), text_of("note", LONGEST))
            return _("Sent back. The case is open again, with your words on top.")
        decision_verbs.agree(wanted, me())
        return _("Agreed: it is decided, and carried out now.")

    return step(reference, "proposal", work, hold=False)
