"""The page of a case and the verbs around deciding: take, give back, stay, ask, see who it is.

Whoever does not hold the case reads it; buttons are drawn from the case's own lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.audit import record
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, DomainError, NotFound, Refused
from webapp.core.i18n import _, pick, time_of_day, when
from webapp.desk import blindness, details, dossier, drafts, queries, rail, standings, submitted, trail, undoing, words
from webapp.desk.access import me, my_actor, need
from webapp.desk.beside import beside
from webapp.desk.blueprint import bp
from webapp.desk.kept import Kept
from webapp.desk.media import note_read
from webapp.desk.sentences import sentence
from webapp.desk.strip import strip
from webapp.desk.typed import Typed
from webapp.domain.cases import families
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.queues import service as queues
from webapp.domain.reports.models import Report

LONGEST_QUESTION = 2000


@bp.get("/case/<reference>")
@need("review")
def case(reference: str) -> Any:
    """Read a case; one that was merged is read where its reports are now."""
    found = cases.by_reference(reference)
    kept = families.kept(found)
    if kept.id != found.id:
        flash(_("%(reference)s was merged into this case.", reference=found.reference), "info")
        return redirect(url_for("desk.case", reference=kept.reference))
    return page(found)


def page(
    found: Case,
    typed: Typed | None = None,
    *,
    problem: str = "",
    place: str = "",
    kept: Kept | None = None,
    what_if: str = "",
    identities: Mapping[str, list[tuple[str, str]]] | None = None,
    status: int = 200,
) -> Any:
    """Draw the case. `typed` and `kept` come back as they were; `problem` is one sentence, at `place` in the decision
    form if it has one; `what_if` is what the choice in the form would do."""
    shown = dossier.gather(found, me(), identities)
    note_read(shown.bench)
    waiting = submitted.on(found)
    if waiting is not None:
        shown = replace(shown, state=(_("Goes out at %(time)s", time=waiting.goes_out), "accent"))
    draft = drafts.restore(found, me()) if typed is None and waiting is None else None
    if draft is not None and (shown.mine or not shown.live):
        typed = draft.typed
    if typed is None and shown.mine:
        typed = rail.start(found, rail.sent_back(found))
    ground = typed.ground if typed and typed.ground else found.kind
    html = render_template(
        "desk/case/show.html",
        section="queue",
        d=shown,
        strip=strip(shown),
        beside=beside(found, me()),
        submitted=waiting,
        draft=draft,
        typed=typed or Typed(version=found.version),
        version=found.version,
        ground=ground,
        rail=rail.rail(found, ground),
        answers=words.ANSWERS,
        levels=standings.LEVELS,
        kinds=[(code, pick(entry.name)) for code, entry in book().ordered_kinds()],
        reasons=details.WHY,
        open_reasons=details.WHY_OPEN,
        problem=problem,
        place=place,
        kept=kept or Kept(),
        what_if=what_if,
        points_words=words.points,
        longest_question=LONGEST_QUESTION,
        may_note=shown.live,
    )
    return html, status


@bp.post("/case/<reference>/take")
@need("review")
def take(reference: str) -> Any:
    """Take the case. Text already typed, into this form or a small one, travels along and is shown again."""
    found = cases.by_reference(reference)
    typed, kept = Typed.read(request.form), Kept.carried(request.form)
    try:
        with transaction():
            queues.take(found.id, me())
    except (Conflict, Refused) as error:
        return page(
            cases.by_reference(reference),
            typed if typed.anything else None,
            problem=explain(error, reference),
            kept=kept,
            status=409,
        )
    if typed.anything or kept.form:
        return page(cases.by_reference(reference), typed if typed.anything else None, kept=kept)
    return redirect(url_for("desk.case", reference=found.reference))


@bp.post("/case/<reference>/release")
@need("review")
def release(reference: str) -> Any:
    """Give the case back to the queue."""
    found = cases.by_reference(reference)
    with transaction():
        case_verbs.release(found.id, me())
    said = _("%(reference)s is back in the queue.", reference=found.reference)
    undoing.offer("release", {"case": found.id}, said=said)
    return redirect(url_for("desk.queue"))


@bp.post("/case/<reference>/heartbeat")
@need("review")
def heartbeat(reference: str) -> Any:
    """The reviewer is active: hold the case longer. Says so in a sentence when it is no longer theirs."""
    found = cases.by_reference(reference)
    try:
        with transaction():
            case_verbs.require_claim(found.id, me())
            case_verbs.renew(found.id, me())
    except Conflict as error:
        return {"message": explain(error, reference)}, 409
    claim = cases.by_reference(reference).claim
    return {"until": time_of_day(claim.expires_at) if claim else ""}


@bp.post("/case/<reference>/ask")
@need("review")
def ask(reference: str) -> Any:
    """Ask one reporter something; a letter follows, and the case waits for the answer."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    report_id = request.form.get("report", "")
    try:
        if not text:
            raise Refused("question_missing")
        if len(text) > LONGEST_QUESTION:
            raise Refused("question_too_long", limit=LONGEST_QUESTION, length=len(text))
        with transaction():
            found = cases.by_reference(reference)
            queues.may_take(found, me())
            case_verbs.ask(found, _report(found, report_id), me(), text)
            case_verbs.renew(found.id, me())
    except (Conflict, Refused, NotFound) as error:
        status = 422 if error.code.startswith("question_") else 409
        kept = Kept.read("ask", request.form)
        return page(cases.by_reference(reference), problem=explain(error, reference), kept=kept, status=status)
    flash(_("The question is on its way. The case waits for the answer."), "success")
    return redirect(url_for("desk.case", reference=reference))


def _report(found: Case, report_id: str) -> Report:
    report = next((r for r in cases.active_reports(found.id) if r.id == report_id), None)
    if report is None:
        raise NotFound("no_such_report")
    return report


@bp.post("/case/<reference>/identify")
@need("see_reporter_identity")
def identify(reference: str) -> Any:
    """Show once who a reporter is, with a reason, and write down that it was shown. Nothing of it stays on the page.
    Nobody with an interest in the case is told."""
    found = cases.by_reference(reference)
    queues.impartial(found, me())
    why, report_id = request.form.get("why", ""), request.form.get("report", "")
    if why not in details.WHY:
        raise Refused("why_missing")
    entry = next((e for e in queries.reports_of(found.id) if e.report_id == report_id), None)
    if entry is None:
        raise NotFound("no_such_report")
    with transaction():
        record(my_actor(), "reporter.identify", "report", report_id, case=found.id, why=why)
    standing = db.session.get_one(Report, report_id).standing
    who = [
        (_("Reporter"), standing.reporter.name),
        (_("E-mail"), standing.reporter.email),
        (_("Speaks for"), standing.claimant.name if standing.claimant else ""),
    ]
    return page(cases.by_reference(reference), identities={report_id: who})


def explain(error: DomainError, reference: str) -> str:
    """The sentence for a refusal, with who and what where that can be told."""
    found = cases.by_reference(reference)
    if blindness.hides(found.id, me()):
        return sentence(error)
    if error.code == "case_withdrawn" and found.merged_into_id is not None:
        kept = families.kept(found).reference
        return _(
            "This case was merged into %(reference)s meanwhile. What you typed is still here, below.", reference=kept
        )
    if error.code == "decided_already":
        rulings = queries.decisions_on(found.subject_id)
        ruling = next((r for r in rulings if r.case_id == found.id), None)
        if ruling is not None:
            return _(
                "%(name)s decided this case on %(when)s: %(verdict)s. What you typed is still here, below.",
                name=ruling.staff.name if ruling.staff else words.NOBODY,
                when=when(ruling.decided_at),
                verdict=words.VERDICTS[ruling.verdict],
            )
    if error.code == "claimed_by_other":
        claim = found.claim
        if claim is not None:
            return _(
                "%(name)s is working on this case, until %(until)s unless they go on. "
                "What you typed is kept on this page.",
                name=claim.staff.name,
                until=time_of_day(claim.expires_at),
            )
    if error.code in ("case_changed", "changed_meanwhile"):
        latest = trail.lines(trail.acts(queries.history([("case", found.id)]))[:1])
        if latest:
            return _(
                "The case changed while you were working on it (%(what)s, %(when)s). "
                "Look at it again; what you typed is still here.",
                what=latest[0].what,
                when=latest[0].when,
            )
    return sentence(error)
