"""Making two cases one, or one two: shown side by side before, with what differs; undone by one button after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, n_, when
from webapp.desk import undoing, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.case import page
from webapp.desk.dossier import Dossier
from webapp.desk.kept import Kept
from webapp.desk.proposals import title
from webapp.desk.sentences import sentence
from webapp.desk.steps import again, step, text_of
from webapp.domain.cases import families, merging
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cures.queries import anchored
from webapp.domain.partners import queries as partners
from webapp.domain.queues import service as queues
from webapp.domain.staff import queries as staff_rows
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Side:
    """One of the two cases, in words."""

    reference: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Merging:
    """What the case page shows: what was merged into it, other cases about the content, whether reports can leave."""

    merged: list[dict[str, str]]
    beside: list[dict[str, str]]
    can: bool
    can_split: bool


def merging_of(d: Dossier) -> Merging:
    """Three indexed queries; what hides who worked on the case hides who merged it."""
    case = d.case
    merges = families.merges_into(case.id)
    names = {} if d.blind else staff_rows.names(m.staff_id for m in merges)
    rest = d.mine and case.state in merging.AT_REST
    return Merging(
        merged=[
            {
                "id": m.id,
                "reference": m.gone.reference,
                "who": names.get(m.staff_id, ""),
                "when": when(m.merged_at),
                "why": "" if d.blind else m.why,
                "reports": n_("%(num)s report", "%(num)s reports", len(m.reports)),
            }
            for m in merges
        ],
        beside=[
            {"reference": c.reference, "kind": words.kind(c.kind), "reports": str(c.report_count)}
            for c in (families.beside(case) if d.live else [])
        ],
        can=rest,
        can_split=rest and len(d.active) > 1,
    )


@bp.post("/case/<reference>/merge")
@need("review")
def merge(reference: str) -> Any:
    """Take another case into this one; `do` is look, edit or merge. Nothing is merged before it was looked at."""
    if request.form.get("do") == "edit":
        return page(cases.by_reference(reference), kept=Kept.read("merge", request.form))
    if request.form.get("do") != "merge":
        return _look(reference)
    made: list[str] = []

    def work(case: Case) -> str:
        gone = cases.by_reference(request.form.get("other", ""))
        queues.may_take(gone, me())
        across = bool(request.form.get("across"))
        done = case_verbs.merge(case, gone, me(), text_of("why"), anchored=anchored(gone.id), across=across)
        made.append(done.id)
        return _("%(gone)s is part of this case now. Its reports, clocks and messages came along.", gone=gone.reference)

    answer = step(reference, "merge", work)
    if made:
        undoing.offer("merge", {"merge": made[0]}, said=_("The cases were merged."))
    return answer


def _look(reference: str) -> Any:
    kept = cases.by_reference(reference)
    try:
        case_verbs.require_claim(kept.id, me())
        gone = families.kept(cases.by_reference(request.form.get("other", "")))
        queues.may_take(gone, me())
    except (Refused, Conflict, NotFound) as error:
        return again(reference, "merge", error)
    code = merging.refusal(kept, gone, anchored=anchored(gone.id))
    differs = {name for name, _a, _b in merging.differences(kept, gone)}
    return render_template(
        "desk/merge.html",
        section="queue",
        case=kept,
        other=gone,
        sides=[_side(kept), _side(gone)],
        two=kept.subject_id != gone.subject_id,
        platforms="platform" in differs,
        why_not=sentence(Refused(code, reference=gone.reference)) if code else "",
        other_way=code == "merge_other_way",
        why=request.form.get("why", ""),
    )


def _side(case: Case) -> Side:
    subject = case.subject
    connected = partners.platform(subject.platform)
    account = subject.respondent.handle if subject.respondent else _("not known")
    facts = [
        (_("Content"), title(case)),
        (_("Address"), subject.address),
        (_("Platform"), connected.name if connected else subject.platform or _("not known")),
        (_("Number"), subject.content_ref),
        (_("Account"), account),
        (_("Kind"), words.kind(case.kind)),
        (_("Reports"), str(case.report_count)),
        (_("State"), str(words.STATES[case.state][0])),
    ]
    return Side(case.reference, facts)


@bp.post("/case/<reference>/unmerge")
@need("review")
def unmerge(reference: str) -> Any:
    """Take apart what was merged into this case."""

    def work(case: Case) -> str:
        made = next((m for m in families.merges_into(case.id) if m.id == request.form.get("merge")), None)
        if made is None:
            raise Refused("merge_undone")
        back = case_verbs.unmerge(made.id, me())
        return _("%(reference)s is a case of its own again, with all that is its own.", reference=back.reference)

    return step(reference, "unmerge", work)


@undoing.inverse("merge")
def _undo(ids: Any, staff: Staff) -> tuple[str, str]:
    back = case_verbs.unmerge(ids["merge"], staff)
    said = _("%(reference)s is a case of its own again, with all that is its own.", reference=back.reference)
    return said, back.reference


@bp.post("/case/<reference>/split")
@need("review")
def split(reference: str) -> Any:
    """Let the ticked reports have a case of their own."""
    made: list[str] = []

    def work(case: Case) -> str:
        new = case_verbs.split(case, set(request.form.getlist("reports")), me(), text_of("why"))
        made.append(new.id)
        return _("%(reference)s has these reports now; it waits in the queue.", reference=new.reference)

    answer = step(reference, "split", work)
    if made:
        undoing.offer("split", {"new": made[0], "old": cases.by_reference(reference).id}, said=_("The case was split."))
    return answer


@undoing.inverse("split")
def _unsplit(ids: Any, staff: Staff) -> tuple[str, str]:
    old, new = cases.get(ids["old"]), cases.get(ids["new"])
    case_verbs.merge(old, new, staff, anchored=anchored(new.id), across=True)
    return _("%(gone)s is part of this case again.", gone=new.reference), old.reference


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where they are drawn."""
    return {"merging_of": merging_of}
