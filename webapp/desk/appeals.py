"""An appeal at the desk: taken by somebody new to the case, found blind, then the first decision beside the findings,
and left or decided anew after a preview."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import NATIVE, _, pick, when
from webapp.desk import details, rail, second_person, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.media import note_read
from webapp.desk.sentences import sentence
from webapp.desk.typed import PLACE, Typed
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import Appeal
from webapp.domain.appeals.rules import LONGEST, verdict
from webapp.domain.cases import queries as cases
from webapp.domain.conduct import queries as conduct
from webapp.domain.conduct.models import ConductMark
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.rules import ANSWERS, Outcome, of_ladder
from webapp.domain.notifications.hearings import preview_appeal
from webapp.domain.partners import queries as partners
from webapp.domain.policy.queries import book

KEEP = "keep"
FORM = frozenset({"finding_missing", "keep_reason_missing", *PLACE})


@bp.get("/appeals/<reference>")
@need("review")
def appeal(reference: str) -> Any:
    """Read an appeal, as far as this person may."""
    return _page(blind.by_reference(reference))


def _page(
    found: Appeal, typed: Typed | None = None, *, problem: str = "", place: str = "", keep: str = "", status: int = 200
) -> Any:
    hearing = second_person.gather(found, me())
    note_read(hearing.bench)
    html = render_template(
        "desk/appeals/show.html",
        section="second",
        h=hearing,
        typed=typed or _start(found),
        rail=rail.of_appeal(found.case),
        answers=words.ANSWERS,
        grades=[(code, words.grade(code)) for code in book().conduct.grades],
        marked=list(_marks(found)) if _mine(found) else [],
        open_reasons=details.WHY_OPEN,
        agrees=_agrees(found),
        problem=problem,
        place=place,
        keep=keep,
        longest=LONGEST,
    )
    return html, status


def _mine(found: Appeal) -> bool:
    return found.reviewer_id == me().id and found.state == "found"


def _agrees(found: Appeal) -> bool:
    """Whether the second person's findings amount to the verdict in force."""
    before = decisions.verdict_of(found.case_id) if _mine(found) else None
    return before is not None and before.verdict == verdict(found.findings)


def _start(found: Appeal) -> Typed:
    """The form of a new decision: the person's own findings, and what is in force now where they support a report."""
    if not _mine(found):
        return Typed(findings=dict(found.findings) if found.reviewer_id == me().id else {})
    before = decisions.verdict_of(found.case_id)
    held, ladder = decisions.in_force(found.case_id), of_ladder(book())
    upheld = verdict(found.findings) == "upheld"
    own = [a for a in held if a.kind not in ladder] if upheld else []
    stand = {r: mark for r, mark in _marks(found).items() if found.findings.get(r) == "not_supported"}
    return Typed(
        version=found.case.version,
        findings=dict(found.findings),
        ground=(before.ground if before else "") or found.case.kind,
        actions=tuple(a.kind for a in own),
        days={a.kind: a.days for a in own if a.days},
        marks={report_id: mark.grade for report_id, mark in stand.items()},
        mark_reason="\n".join(dict.fromkeys(mark.reason for mark in stand.values())),
    )


def _marks(found: Appeal) -> dict[str, ConductMark]:
    """The marks of misuse on the case's reports, by report."""
    marks = {r.id: conduct.mark_of(r.id) for r in cases.active_reports(found.case_id)}
    return {report_id: mark for report_id, mark in marks.items() if mark is not None}


def _again(reference: str, error: Refused | Conflict | NotFound, typed: Typed | None = None, keep: str = "") -> Any:
    place = PLACE.get(error.code, "")
    status = 422 if error.code in FORM else 409
    return _page(blind.by_reference(reference), typed, problem=sentence(error), place=place, keep=keep, status=status)


@bp.post("/appeals/<reference>/take")
@need("review")
def take_appeal(reference: str) -> Any:
    """Become the second person. Refused to whoever worked on the case."""
    try:
        with transaction():
            appeals.take(blind.by_reference(reference).id, me())
    except (Refused, Conflict) as error:
        return _again(reference, error)
    flash(_("The appeal is yours. The first decision is hidden until you have answered every report."), "success")
    return redirect(url_for("desk.appeal", reference=reference))


@bp.post("/appeals/<reference>/release")
@need("review")
def release_appeal(reference: str) -> Any:
    """Give it back; whoever takes it next starts blind again."""
    try:
        with transaction():
            appeals.release(blind.by_reference(reference).id, me())
    except (Refused, Conflict) as error:
        return _again(reference, error)
    flash(_("The appeal waits for somebody else."), "success")
    return redirect(url_for("desk.second"))


@bp.post("/appeals/<reference>/find")
@need("review")
def find_appeal(reference: str) -> Any:
    """Record one's own answer to every report; then the first decision is shown."""
    typed = Typed.read(request.form)
    answers = {report: answer for report, answer in typed.findings.items() if answer in ANSWERS}
    try:
        with transaction():
            appeals.find(blind.by_reference(reference).id, me(), answers)
    except (Refused, Conflict) as error:
        return _again(reference, error, typed)
    flash(_("Your findings are recorded. This is what was decided first."), "success")
    return redirect(url_for("desk.appeal", reference=reference, _anchor="first"))


def _wanted() -> tuple[Typed, str, str]:
    """(the form of a new decision, 'keep' or 'anew', why it is left)."""
    return (
        Typed.read(request.form),
        KEEP if request.form.get("do") == KEEP else "anew",
        request.form.get("keep_reason", "").replace("\r\n", "\n").strip(),
    )


@bp.post("/appeals/<reference>/preview")
@need("review")
def preview_appeal_page(reference: str) -> Any:
    """What deciding so would do: what stays, what is taken back, what is new, and the letters of both sides."""
    typed, do, reason = _wanted()
    try:
        found = _held(reference)
        _check(do, reason)
        result, outcome = appeals.foresee(found, None if do == KEEP else typed.choice())
    except (Refused, Conflict, NotFound) as error:
        return _again(reference, error, typed, reason)
    return render_template(
        "desk/appeals/preview.html",
        section="second",
        a=found,
        typed=typed,
        do=do,
        reason=reason,
        result=result,
        outcome=second_person.OUTCOMES[result](),
        effects=[*_effects(found, result, outcome), *_lifted(found, typed, do)],
        letters=[(code, NATIVE[code], preview_appeal(found, result, outcome, reason, code)) for code in ("zh", "en")],
    )


def _held(reference: str) -> Appeal:
    found = blind.by_reference(reference)
    if found.reviewer_id != me().id:
        raise Refused("not_yours")
    return found


def _check(do: str, reason: str) -> None:
    """A party hears why nothing changed."""
    if do == KEEP and not reason:
        raise Refused("keep_reason_missing")
    if len(reason) > LONGEST:
        raise Refused("reason_too_long", limit=LONGEST)


def _effects(found: Appeal, result: str, outcome: Outcome) -> list[tuple[str, str]]:
    """What will happen, as (name, sentence)."""
    if result == "upheld":
        return [(_("Measures"), _("Nothing changes: what was decided first goes on."))]
    undone = _("; ").join(words.action(a.kind, a.days) for a in outcome.undone)
    lines = [(_("Taken back"), undone)]
    for action in outcome.actions:
        entry = book().actions[action.kind]
        until = _("Until %(when)s.", when=when(action.ends_at)) if action.ends_at else ""
        effect = pick(entry.effect) if entry.effect else ""
        lines.append((words.action(action.kind, action.days), " ".join(p for p in (effect, until) if p)))
    before = decisions.verdict_of(found.case_id)
    had = decisions.outcome(before).points if before else 0
    if had != outcome.points:
        lines.append((_("Points"), _points(had, outcome.points)))
    platform = partners.platform(found.case.subject.platform)
    if platform and (outcome.undone or outcome.actions):
        asked = _("%(platform)s is asked to carry this out, and the result is read back.", platform=platform.name)
        lines.append((_("The platform"), asked))
    return lines


def _lifted(found: Appeal, typed: Typed, do: str) -> list[tuple[str, str]]:
    """Which reports are no longer marked as misuse."""
    references = {r.id: r.reference for r in cases.active_reports(found.case_id)}
    fall = [] if do == KEEP else [references[r] for r in _marks(found) if not typed.marks.get(r)]
    return [(_("No longer marked as misuse"), _(", ").join(fall))] if fall else []


def _points(before: int, after: int) -> str:
    if not after:
        return _("The %(points)s of the first decision are removed.", points=words.points(before))
    return _("%(after)s instead of %(before)s.", after=words.points(after), before=words.points(before))


@bp.post("/appeals/<reference>/edit")
@need("review")
def edit_appeal(reference: str) -> Any:
    """Back from the preview, with everything typed."""
    typed, _do, reason = _wanted()
    return _page(blind.by_reference(reference), typed if typed.anything else None, keep=reason)


@bp.post("/appeals/<reference>/decide")
@need("review")
def decide_appeal(reference: str) -> Any:
    """Leave the decision as it was, or decide anew; both sides are told, measures and points follow."""
    typed, do, reason = _wanted()
    try:
        with transaction():
            found = _held(reference)
            _check(do, reason)
            outcome = appeals.decide(found.id, me(), None if do == KEEP else typed.choice(), reason).outcome
    except (Refused, Conflict, NotFound) as error:
        return _again(reference, error, typed, reason)
    said = second_person.OUTCOMES[outcome]()
    flash(_("The appeal is decided: %(outcome)s. Whom it concerns is told.", outcome=said), "success")
    return redirect(url_for("desk.second"))
