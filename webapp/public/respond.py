"""The respondent's page: what is claimed and decided, why, and every way to answer. The letter's link opens it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.i18n import _, language, n_, pick, time_of_day, when, when_zoned
from webapp.core.limits import limiter
from webapp.domain.appeals import blind
from webapp.domain.appeals import queries as answers
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.cases import queries as cases
from webapp.domain.cases import questions
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.notifications import redaction
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book
from webapp.public import cure, history, more, proofs, telling
from webapp.public.blueprint import bp
from webapp.public.doors import account, let_in, opened
from webapp.public.forms import AnswerForm
from webapp.public.replies import ProofForm
from webapp.public.steps import allowed
from webapp.public.uploads import judged, picked, way


@bp.route("/respond/<reference>", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def respond(reference: str) -> Any:
    """Everything about the content; a POST is a message to the desk. The token leaves the address bar at once."""
    token = request.args.get("token", "")
    if token and request.method == "GET":
        case = let_in(reference, token)
        return redirect(url_for("public.respond", reference=case.reference, lang=request.args.get("lang")))
    case = opened(reference)
    form = AnswerForm()
    if not form.is_submitted():
        return page(case)
    if not form.validate():
        return page(case, form, status=422)
    with transaction():
        case = opened(reference)
        case_verbs.answer_respondent(case, form.text.data or "", account(case))
    flash(_("Your message was sent."), "success")
    return redirect(url_for("public.respond", reference=case.reference, _anchor="messages"))


@bp.post("/respond/<reference>/proof")
@limiter.limit(allowed(6))
def add_proof(reference: str) -> Any:
    """Put files into the drawer, all or none; what was typed stays when one is refused."""
    case = opened(reference)
    form = ProofForm()
    uploads, errors = judged(picked("files", f"case:{case.id}"))
    if not uploads and not errors:
        errors = [_("No file arrived. Please choose it again.")]
    if not form.validate() or errors:
        return page(case, proof=form, proof_errors=errors, status=422)
    with transaction():
        proofs.put(opened(reference), uploads, form.defence.data or "", form.note.data or "")
    flash(n_("%(num)s file was added.", "%(num)s files were added.", len(uploads)), "success")
    return redirect(url_for("public.respond", reference=reference, _anchor="proof"))


def page(
    case: Case,
    form: AnswerForm | None = None,
    *,
    proof: ProofForm | None = None,
    proof_errors: Sequence[str] = (),
    status: int = 200,
) -> tuple[str, int]:
    """The page as things stand; a form that was refused comes back with what was typed."""
    sealed = book().kinds[case.kind].sealed
    body = render_template(
        "public/respond.html",
        reference=case.reference,
        form=form or AnswerForm(formdata=None),
        about=_about(case),
        challenge=_challenge(case),
        offer=cure.offered(case),
        next_words=history.coming(case),
        counter=_counter(case),
        counter_door=_counter_door(case),
        appeal=_appeal(case),
        appeal_door=_appeal_door(case),
        story=history.timeline(case),
        rulings=telling.for_account(case),
        claims=_claims(case),
        drawer=proofs.drawer(case),
        can_prove=proofs.takes(case),
        proof=proof or ProofForm(formdata=None),
        proof_errors=list(proof_errors),
        sending=way(f"case:{case.id}", "case", case.reference),
        sealed=sealed,
        question=_question(case),
        messages=[more.line(m) for m in cases.messages(case.id, side="respondent")],
    )
    return body, status


def _about(case: Case) -> list[tuple[str, str]]:
    # Not the address: a reporter typed it, and it may carry a share mark of hers.
    subject = case.subject
    return [
        (_("Content"), subject.title),
        (_("Number"), subject.content_ref),
        (_("Account"), subject.respondent.handle if subject.respondent else ""),
    ]


def _question(case: Case) -> dict[str, str] | None:
    """What the desk asked the account and still waits for, with until when."""
    asked = [m for m in questions.waiting(case.id) if m.side == "respondent"]
    if not asked:
        return None
    return {"text": asked[-1].text, "until": when_zoned(questions.answer_by(asked[-1].sent_at))}


def _challenge(case: Case) -> dict[str, Any] | None:
    """The live challenge that waits for its answer: the phrase and how long there is."""
    asked = next((c for c in cure.challenges(case) if c.state == "asked" and c.due_at > now()), None)
    if asked is None:
        return None
    left = max(1, round((asked.due_at - now()).total_seconds() / 60))
    return {
        "phrases": asked.phrase.split(" · "),  # one line a language
        "until": time_of_day(asked.due_at),
        "iso": asked.due_at.isoformat(),
        "left": n_("%(num)s minute left", "%(num)s minutes left", left),
    }


def _claims(case: Case) -> list[dict[str, Any]]:
    """Each notice that was passed on: the right, the law, and for works what the law names; no reporter's own words."""
    found = []
    for entry in case.entries:
        if entry.forwarded_at is None or entry.report.mode != "notice" or entry.withdrawn_at is not None:
            continue
        facts = redaction.notice(entry.report)
        found.append(
            [
                (_("Right"), pick(book().kinds[facts.kind].name)),
                (_("Work"), facts.work),
                (_("Place in the content"), facts.position),
                (_("Right holder"), facts.right_holder),
                (_("Law"), "\n".join(words.laws(facts.regimes, language()))),
                (_("Passed on to you"), when(entry.forwarded_at)),
            ]
        )
    return [{"facts": facts} for facts in found]


def _counter(case: Case) -> dict[str, Any] | None:
    """The newest counter-notice of the case and how it stands."""
    found = next(iter(answers.of_case(case.id)), None)
    if found is None:
        return None
    missing = found.missing if found.state == "returned" else []
    return {
        "law": words.law(found.regime, language()),
        "state": counter_state(found),
        "missing": words.missing(missing, language()),
        "statement": found.statement,
        "facts": [
            (_("Law"), words.law(found.regime, language())),
            (_("Sent on"), when(found.filed_at)),
            (_("Passed on"), when(found.forwarded_at)),
            (_("Arrived for certain"), when(found.arrived_at)),
            (_("Content comes back after"), _restore(found)),
            (_("Ended on"), when(found.ended_at)),
            (_("Your statement"), found.statement),
        ],
        "can_withdraw": found.state in ("forwarded", "waiting", "held"),
        "returned": found.state == "returned",
    }


def _restore(counter: CounterNotice) -> str:
    at = history.restoring(counter)
    return when_zoned(at) if at and counter.state == "waiting" else ""


def counter_state(counter: CounterNotice) -> tuple[str, str]:
    """The state of a counter-notice as (words, tone)."""
    return {
        "returned": (_("Something is missing"), "warn"),
        "valid": (_("Complete"), "accent"),
        "forwarded": (_("Passed on"), "accent"),
        "waiting": (_("Waiting time"), "accent"),
        "held": (_("Held until it is settled"), "warn"),
        "restored": (_("Content restored"), "ok"),
        "refused": (_("The decision stays"), "plain"),
        "withdrawn": (_("Taken back"), "plain"),
    }[counter.state]


def _counter_door(case: Case) -> dict[str, str] | None:
    """Whether a counter-notice can be sent now, under which law and until when."""
    latest = decisions.latest(case.id)
    door = answers.door(latest) if latest is not None else None
    if door is None or not door.open or door.sent is not None:
        return None
    wait = words.wait(book().regimes[door.regime].wait, language())
    return {"law": words.law(door.regime, language()), "until": when(door.until), "wait": wait}


def _appeal(case: Case) -> dict[str, Any] | None:
    sent = history.own_appeal(case)
    return telling.appeal_state(sent, history.appeal_due(sent)) if sent else None


def _appeal_door(case: Case) -> str:
    """Until when the account may appeal, '' when it cannot."""
    door = blind.door(case.id, blind.RESPONDENT)
    return when(door.until) if door.open else ""
