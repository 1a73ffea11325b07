"""What comes after a verdict: an appeal decided anew, content put back, or a wrong the account put right itself."""

from __future__ import annotations

from dataclasses import replace

from webapp.core.audit import SYSTEM, Actor
from webapp.core.clock import now
from webapp.core.db import require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries
from webapp.domain.decisions.foreseeing import plan
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.proposals import outdate
from webapp.domain.decisions.rules import ActionFact, Choice, covered
from webapp.domain.decisions.writing import Step, mark_reports, write
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Event
from webapp.domain.staff.models import Staff

# Why content is put back; words in statement.toml under "restored_…".
RESTORED = ("elapsed", "claim_withdrawn", "court", "immediate", "case_ended")
CURED = "cured"


def redecide(case_id: str, staff: Staff, choice: Choice, supersedes: Decision) -> Decision:
    """Decide the case again on appeal (stage 'appeal'). Posts `decision.made`.

    Measures no longer decided are taken back by their inverse, those decided again go on, new ones begin; the strike
    is removed and, where points remain, given anew from the first verdict's day; marks not set again are lifted.
    The appeal is itself the second look, so no further person is asked, and nothing may begin that needs two; whoever
    decides it has not touched the case (the appeals room sees to that, so this verb does not note a touch). Raises
    Conflict('case_changed') when `supersedes` is not the verdict in force; Refused as `decide` and 'appeal_too_heavy'
    (a long suspension or a closure that no earlier verdict of the case had, law.md §4.4).
    """
    require_transaction("decisions.redecide")
    case = cases.get(case_id)
    verdict = queries.verdict_of(case_id) or queries.latest(case_id)
    if verdict is None or verdict.id != supersedes.id:
        raise Conflict("case_changed")
    made = plan(case, choice, stage="appeal")
    events: tuple[Event, ...] = ("restricted",) if made.new else ()
    step = Step(
        actor=Actor("staff", staff.id, staff.name),
        verb="appeal",
        events=events,
        staff_id=staff.id,
        supersedes_id=supersedes.id,
        strike_from=made.strike_from,
    )
    decision = write(case, made.outcome, step, made.new, made.undo, choice)
    mark_reports(case, choice, staff.id, take_back=True)
    return decision


def restore(case_id: str, decision: Decision, why: str, staff: Staff | None) -> Decision:
    """Put everything back (stage 'restoration'): measures in force are taken back, and the strike that carried the
    account's measures with them; a label stays that another supported report asked for. `why` is a code of RESTORED.
    No person is needed when time alone decides.
    """
    require_transaction("decisions.restore")
    if why not in RESTORED:
        raise Refused("restore_reason_unknown")
    case = cases.get(case_id)
    held = [a for a in queries.in_force(case_id) if a.kind not in _owed_labels(case)]
    outcome = replace(
        queries.blank(case, now(), cases.active_reports(case_id)),
        verdict="restored",
        ground=decision.ground,
        reason=why,
        stage="restoration",
        undone=tuple(queries.fact(a) for a in held),
    )
    step = Step(
        actor=Actor("staff", staff.id, staff.name) if staff else SYSTEM,
        verb="restore",
        events=("restored",),
        staff_id=staff.id if staff else None,
        supersedes_id=decision.id,
    )
    return write(case, outcome, step, [], held, Choice({}, decision.ground, [], why))


def _owed_labels(case: Case) -> set[str]:
    """Labels that supported reports of kinds without a counter-notice ask for: a public duty (标识办法 art 6), which no
    claimant's silence takes away."""
    verdict = queries.verdict_of(case.id)
    right = {f.report_id for f in verdict.findings if f.answer == "supported"} if verdict else set()
    kinds = {r.kind for r in cases.active_reports(case.id) if r.id in right}
    owed = [k for k in kinds if not any(book().regimes[r].counter_allowed for r in book().kinds[k].regimes)]
    return {action for k in owed for action in book().kinds[k].default_actions if book().actions[action].label}


def cured(case_id: str, action: str, staff_id_of_offer: str | None) -> Decision:
    """The account put it right itself (stage 'cure'): the case closes, no strike, no points; `action` is sent so that
    it is done and read back. What was held for the time being and the cure does not cover is taken back.
    """
    require_transaction("decisions.cured")
    case = cases.get(case_id)
    actor = Actor("respondent", case.subject.respondent_id or "")
    outdate(case, actor)
    new = (ActionFact(action, None, None),)
    undo = [a for a in queries.in_force(case_id) if not covered(a.kind, [action], book())]
    outcome = replace(
        queries.blank(case, now(), cases.active_reports(case_id)),
        verdict="cured",
        ground=_ground(case, action),
        reason=CURED,
        actions=new,
        stage="cure",
        undone=tuple(queries.fact(a) for a in undo),
    )
    step = Step(
        actor=actor,
        verb="cure",
        events=("cured", "measured", "decided"),
        staff_id=staff_id_of_offer,
        ends_review=True,
    )
    return write(case, outcome, step, new, undo, Choice({}, outcome.ground, [], CURED))


def _ground(case: Case, action: str) -> str:
    """The kind whose cure this is."""
    kinds = [case.kind, *(r.kind for r in cases.active_reports(case.id))]
    return next((k for k in kinds if (cure := book().kinds[k].cure) and cure.action == action), case.kind)
