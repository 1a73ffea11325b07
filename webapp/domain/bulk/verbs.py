"""What can be done with many cases at once, each act by the same verb a single case goes through.

An act looks first (`look`: will change, already so, cannot and why) and decides again by what is true when it runs.
Nothing that wants a careful look at each case is done by the dozen: urgent and sealed kinds, whatever needs a second
person, and what is decided otherwise in cases like it, are refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from webapp.core import outbox
from webapp.core.db import db
from webapp.core.errors import Conflict, DomainError, Refused
from webapp.domain.appeals import blind
from webapp.domain.bulk import scans
from webapp.domain.cases import handing, merging
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.cures import queries as cures
from webapp.domain.decisions import service as decisions
from webapp.domain.decisions.models import HeldChoice, Proposal
from webapp.domain.decisions.rules import Choice
from webapp.domain.matching.models import Scan
from webapp.domain.policy.queries import book
from webapp.domain.precedents import service as precedents
from webapp.domain.quality import queries as quality
from webapp.domain.queues import queries as queue_rows
from webapp.domain.queues import service as queues
from webapp.domain.staff.models import Staff

Asked = Mapping[str, str]
Back = dict[str, str]


class Already(Exception):
    """The case is already as the act would make it."""


@dataclass(frozen=True)
class Verb:
    """One act. `look` raises Already or a DomainError; `act` does it and gives what `undo` needs (None: for good).

    `careful`: not for urgent or sealed kinds. `needs`: what has to be asked, of queue, colleague, reason, why, note,
    into, across.
    """

    look: Callable[[Case, Staff, Asked], None]
    act: Callable[[Case, Staff, Asked], Back]
    undo: Callable[[Case, Staff, Back], object] | None
    needs: tuple[str, ...] = ()
    careful: bool = True


@dataclass(frozen=True)
class Prospect:
    """What an act would do to one case: 'will', 'already' or 'cannot', and why."""

    case: Case
    state: str
    why: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def prospect(case: Case, verb: str, staff: Staff, asked: Asked) -> Prospect:
    """The dry run for one case; writes nothing."""
    try:
        check(case, verb, staff, asked)
    except Already:
        return Prospect(case, "already")
    except DomainError as error:
        return Prospect(case, "cannot", error.code, error.params)
    return Prospect(case, "will")


def check(case: Case, verb: str, staff: Staff, asked: Asked) -> None:
    """Raise Already, or why it cannot be done: Refused, Conflict, NotAllowed."""
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    if VERBS[verb].careful:
        if book().urgent(case.priority):
            raise Refused("bulk_urgent")
        if any(book().kinds[r.kind].sealed for r in cases.active_reports(case.id) if r.kind in book().kinds):
            raise Refused("bulk_sealed")
    VERBS[verb].look(case, staff, asked)


def _free(case: Case, staff: Staff) -> None:
    holder = cases.holder(case.id)
    if holder is not None and holder.id != staff.id:
        raise Conflict("claimed_by_other", name=holder.name)


def _look_move(case: Case, staff: Staff, asked: Asked) -> None:
    if case.queue == asked["queue"]:
        raise Already
    _free(case, staff)
    queues.may_take(case, staff)


def _move(case: Case, staff: Staff, asked: Asked) -> Back:
    return {"rerouting": queues.move(case.id, asked["queue"], staff, asked["why"]).id}


def _look_take(case: Case, staff: Staff, _asked: Asked) -> None:
    holder = cases.holder(case.id)
    if holder is not None and holder.id == staff.id:
        raise Already
    _free(case, staff)
    queues.may_take(case, staff)


def _take(case: Case, staff: Staff, _asked: Asked) -> Back:
    queues.take(case.id, staff)
    return {}


def _look_release(case: Case, staff: Staff, _asked: Asked) -> None:
    if cases.holder(case.id) is None:
        raise Already
    _free(case, staff)


def _release(case: Case, staff: Staff, _asked: Asked) -> Back:
    case_verbs.release(case.id, staff)
    return {}


def _look_assign(case: Case, staff: Staff, asked: Asked) -> None:
    colleague = db.session.get(Staff, asked["colleague"])
    if colleague is None or not colleague.active:
        raise Refused("no_such_staff")
    holder = cases.holder(case.id)
    if holder is not None and holder.id == colleague.id:
        raise Already
    _free(case, staff)
    queues.may_take(case, staff)
    queues.may_take(case, colleague)


def _assign(case: Case, staff: Staff, asked: Asked) -> Back:
    queues.take(case.id, staff)
    colleague = db.session.get_one(Staff, asked["colleague"])
    return {"handover": handing.hand_over(case.id, staff, colleague, asked.get("note", "")).id}


def _unassign(case: Case, staff: Staff, back: Back) -> None:
    handing.take_back_handover(back["handover"], staff)
    case_verbs.release(case.id, staff)


def _look_reject(case: Case, staff: Staff, asked: Asked) -> None:
    if case.state == "asked":
        raise Refused("bulk_waits_for_answer")
    if case.state == "proposed":
        raise Refused("bulk_proposed")
    if case.best_band == "strong":
        raise Refused("bulk_strong_match")
    if scans.of(case, "queued"):
        raise Refused("bulk_still_looking")
    _free(case, staff)
    queues.may_take(case, staff)
    outcome = decisions.foresee(case, _dismissal(case, asked))
    if decisions.second_needed(case, outcome):
        raise Refused("bulk_needs_second")
    hidden = [*blind.hidden_cases(staff.id), *quality.hidden_cases(staff.id)]
    if precedents.likeness(case, outcome, hidden).apart:
        raise Refused("bulk_apart")


def _dismissal(case: Case, asked: Asked) -> Choice:
    """No report supported, for the one reason given; nothing is done to the account."""
    findings = {report.id: "not_supported" for report in cases.active_reports(case.id)}
    return Choice(findings=findings, ground="", actions=(), reason=asked["reason"], note=asked.get("note", ""))


def _reject(case: Case, staff: Staff, asked: Asked) -> Back:
    queues.take(case.id, staff)
    made = decisions.decide(case.id, staff, case.version, _dismissal(case, asked))
    if isinstance(made, Proposal):
        raise Refused("bulk_needs_second")
    return {"held": made.id} if isinstance(made, HeldChoice) else {"decision": made.id}


def _unreject(case: Case, staff: Staff, back: Back) -> None:
    if "held" not in back:
        raise Conflict("went_out")
    decisions.undo(back["held"], staff)
    case_verbs.release(case.id, staff)


def _into(asked: Asked) -> Case:
    return cases.by_reference(asked["into"])


def _look_merge(case: Case, staff: Staff, asked: Asked) -> None:
    kept = _into(asked)
    if kept.id == case.id:
        raise Already
    if refusal := merging.refusal(kept, case, anchored=cures.anchored(case.id)):
        raise Refused(refusal, reference=case.reference)
    if kept.subject_id != case.subject_id and not asked.get("across"):
        raise Refused("merge_other_content", reference=case.reference)
    _free(kept, staff)
    _free(case, staff)
    queues.may_take(kept, staff)
    queues.may_take(case, staff)


def _merge(case: Case, staff: Staff, asked: Asked) -> Back:
    kept = _into(asked)
    queues.may_take(case, staff)
    queues.take(kept.id, staff)
    across, anchored = bool(asked.get("across")), cures.anchored(case.id)
    return {"merge": merging.merge(kept, case, staff, asked.get("why", ""), anchored=anchored, across=across).id}


def _unmerge(case: Case, staff: Staff, back: Back) -> None:
    if case.merged_into_id is None:
        raise Refused("merge_undone")
    queues.take(case.merged_into_id, staff)
    merging.unmerge(back["merge"], staff)


def _look_skip(case: Case, staff: Staff, asked: Asked) -> None:
    if asked["skip"] not in book().queues.skip_reasons:
        raise Refused("skip_why_missing")
    if queue_rows.skipped(case.id, staff.id) is not None:
        raise Already


def _skip(case: Case, staff: Staff, asked: Asked) -> Back:
    queues.skip(case.id, staff, asked["skip"], asked.get("note", ""))
    return {}


def _look_rescan(case: Case, _staff: Staff, _asked: Asked) -> None:
    if not scans.of(case, "failed"):
        raise Already


def _rescan(case: Case, _staff: Staff, _asked: Asked) -> Back:
    ids = scans.of(case, "failed")
    again = update(Scan).where(Scan.evidence_id.in_(ids), Scan.state == "failed")
    db.session.execute(again.values(state="queued", reason=""), execution_options={"synchronize_session": False})
    for evidence_id in ids:
        outbox.post("evidence.kept", handler="workers.jobs.looking.scan", queue="scan", evidence_id=evidence_id)
    outbox.post("item.deepen", queue="scan", evidence_ids=" ".join(ids))
    return {}


VERBS: dict[str, Verb] = {
    "move": Verb(
        _look_move, _move, lambda _case, staff, back: queues.unmove(back["rerouting"], staff), ("queue", "why")
    ),
    "skip": Verb(
        _look_skip, _skip, lambda case, staff, _back: queues.unskip(case.id, staff), ("skip", "note"), careful=False
    ),
    "take": Verb(_look_take, _take, lambda case, staff, _back: case_verbs.release(case.id, staff)),
    "release": Verb(_look_release, _release, lambda case, staff, _back: _again(case, staff), careful=False),
    "assign": Verb(_look_assign, _assign, _unassign, ("colleague", "note")),
    "reject": Verb(_look_reject, _reject, _unreject, ("reason", "note")),
    "merge": Verb(_look_merge, _merge, _unmerge, ("into", "why", "across")),
    "rescan": Verb(_look_rescan, _rescan, None, careful=False),
}


def _again(case: Case, staff: Staff) -> None:
    queues.take(case.id, staff)
