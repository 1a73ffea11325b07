"""Filling and emptying a basket, starting an act on it, carrying it out case by case, and undoing it.

Each case is a transaction of its own: what cannot be done leaves the others alone and stays in the basket with the
reason. One audit entry for the act, one for each case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select, update

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, DomainError, NotAllowed, Refused
from webapp.core.ids import new_id
from webapp.domain.bulk import queries
from webapp.domain.bulk.models import BasketItem, BulkAct, BulkStep
from webapp.domain.bulk.verbs import VERBS, Already, Asked, Prospect, check
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import as_actor
from webapp.domain.cases.models import Case
from webapp.domain.decisions.rules import LONGEST
from webapp.domain.staff.models import Staff

MOST = 200  # cases in one basket: more than anybody can look through before they confirm
TEXTS = ("why", "reason", "note")


def put(staff: Staff, case_ids: Iterable[str]) -> int:
    """Put cases into the basket; those in it stay. Gives how many it holds. Raises Refused('basket_full')."""
    require_transaction("bulk.put")
    held = queries.ids(staff)
    fresh = [i for i in dict.fromkeys(case_ids) if i not in held]
    known = set(db.session.scalars(select(Case.id).where(Case.id.in_(fresh))))
    if len(held) + len(known) > MOST:
        raise Refused("basket_full", most=MOST)
    db.session.add_all(BasketItem(staff_id=staff.id, case_id=i, added_at=now()) for i in fresh if i in known)
    return len(held) + len(known)


def take_out(staff: Staff, case_ids: Iterable[str]) -> None:
    """Take cases out of the basket; those not in it change nothing."""
    require_transaction("bulk.take_out")
    gone = delete(BasketItem).where(BasketItem.staff_id == staff.id, BasketItem.case_id.in_(list(case_ids)))
    db.session.execute(gone)


def clean(verb: str, asked: Mapping[str, str]) -> dict[str, str]:
    """What an act is asked with, whole. Raises Refused: 'no_such_bulk', 'bulk_missing' (`what`), 'text_too_long'."""
    if verb not in VERBS:
        raise Refused("no_such_bulk")
    optional = ("note", "across") if verb != "merge" else ("why", "across")
    kept = {name: asked.get(name, "").strip() for name in VERBS[verb].needs}
    for name, value in kept.items():
        if not value and name not in optional:
            raise Refused("bulk_missing", what=name)
        if name in TEXTS and len(value) > LONGEST:
            raise Refused("text_too_long", length=len(value), limit=LONGEST)
    return kept


def start(staff: Staff, verb: str, asked: Asked, seen: Mapping[str, int]) -> BulkAct:
    """Begin an act on the cases of a confirmed dry run (`seen`: case id → version as shown); workers carry it out.

    Raises Refused as `clean`, and 'basket_empty'.
    """
    require_transaction("bulk.start")
    asked = clean(verb, asked)
    wanted = [i for i in queries.ids(staff) if i in seen]
    if not wanted:
        raise Refused("basket_empty")
    act = _begin(staff, verb, asked, None)
    for position, case_id in enumerate(wanted):
        db.session.add(BulkStep(act_id=act.id, position=position, case_id=case_id, seen_version=seen[case_id]))
    record(as_actor(staff), "bulk.start", "bulk", act.id, act=verb, cases=len(wanted))
    return act


def start_undoing(act_id: str, staff: Staff) -> BulkAct:
    """Begin to take back what an act did, its last case first.

    Raises NotAllowed('not_your_bulk'), Refused: 'bulk_for_good', 'bulk_nothing_done', Conflict: 'bulk_runs',
    'undone_already'.
    """
    require_transaction("bulk.undo")
    act = need(BulkAct, act_id, "no_such_bulk")
    if act.staff_id != staff.id:
        raise NotAllowed("not_your_bulk")
    if act.state != "done":
        raise Conflict("bulk_runs")
    if VERBS[act.verb].undo is None or act.undoes_id is not None:
        raise Refused("bulk_for_good")
    if queries.undone_by(act.id) is not None:
        raise Conflict("undone_already")
    done = [step for step in reversed(act.steps) if step.state == "done"]
    if not done:
        raise Refused("bulk_nothing_done")
    back = _begin(staff, act.verb, {}, act.id)
    for position, step in enumerate(done):
        again = BulkStep(act_id=back.id, position=position, case_id=step.case_id, seen_version=0, back=step.back)
        db.session.add(again)
    record(as_actor(staff), "bulk.undo", "bulk", act.id, act=act.verb, cases=len(done))
    return back


def _begin(staff: Staff, verb: str, asked: Asked, undoes: str | None) -> BulkAct:
    act = BulkAct(
        id=new_id(),
        staff_id=staff.id,
        verb=verb,
        asked=json.dumps(dict(asked), ensure_ascii=False),
        started_at=now(),
        undoes_id=undoes,
    )
    db.session.add(act)
    db.session.flush()  # its steps point at it
    outbox.post("bulk.started", act_id=act.id)
    return act


def carry_out(act_id: str, position: int) -> None:
    """Do one case of an act, as whoever started it. Does nothing when it was done before.

    Raises a DomainError when it cannot be done; the caller rolls back and tells `cannot`.
    """
    require_transaction("bulk.carry_out")
    step = db.session.get_one(BulkStep, (act_id, position), with_for_update=True, populate_existing=True)
    if step.state != "waiting":
        return
    act, staff = step.act, step.act.staff
    if not staff.active:
        raise Refused("not_your_role")
    if act.undoes_id is not None:
        undo(cases.get(step.case_id), act.verb, staff, step.back)
        record(as_actor(staff), "bulk.undo_case", "case", step.case_id, bulk=act.undoes_id, act=act.verb)
        step.state = "done"
        return
    case, asked = cases.get(step.case_id), json.loads(act.asked)
    if case.version != step.seen_version:
        raise Conflict("bulk_changed")
    try:
        check(case, act.verb, staff, asked)
    except Already:
        step.state = "already"
    else:
        step.back = VERBS[act.verb].act(case, staff, asked)
        step.state = "done"
        record(as_actor(staff), "bulk.do", "case", case.id, bulk=act.id, act=act.verb)
    take_out(staff, [case.id])


def undo(case: Case, verb: str, staff: Staff, back: Mapping[str, str]) -> None:
    """Take back what an act did to one case. Raises what the verb's own undoing raises."""
    inverse = VERBS[verb].undo
    if inverse is None:
        raise Refused("bulk_for_good")
    inverse(case, staff, dict(back))


def cannot(act_id: str, position: int, error: DomainError) -> None:
    """Note why one case could not be done; in the basket it says so, too."""
    require_transaction("bulk.cannot")
    step = db.session.get_one(BulkStep, (act_id, position))
    params = {name: str(value) for name, value in error.params.items()}
    step.state, step.why, step.why_params = "cannot", error.code, params
    _say_in_basket(step.act, step.case_id, error.code, params)


def _say_in_basket(act: BulkAct, case_id: str, why: str, params: Mapping[str, str]) -> None:
    if act.undoes_id is None:
        items = update(BasketItem).where(BasketItem.staff_id == act.staff_id, BasketItem.case_id == case_id)
        db.session.execute(items.values(why=why, why_params=dict(params)))


def keep_refusals(staff: Staff, prospects: Sequence[Prospect]) -> None:
    """What the dry run said no to stays in the basket with the reason; what is so already leaves it."""
    require_transaction("bulk.keep_refusals")
    take_out(staff, [one.case.id for one in prospects if one.state == "already"])
    for one in prospects:
        if one.state == "cannot":
            items = update(BasketItem).where(BasketItem.staff_id == staff.id, BasketItem.case_id == one.case.id)
            params = {name: str(value) for name, value in one.params.items()}
            db.session.execute(items.values(why=one.why, why_params=params))


def finish(act_id: str) -> None:
    """Every case was tried."""
    require_transaction("bulk.finish")
    act = need(BulkAct, act_id, "no_such_bulk")
    act.state, act.done_at = "done", now()
    tally = queries.tally(act.id)
    actor = Actor("staff", act.staff_id, act.staff.name)
    record(actor, "bulk.finish", "bulk", act.id, act=act.verb, done=tally.done, cannot=tally.cannot)
