"""Looking at baskets and at acts: what lies in them, how far they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core.db import db, need
from webapp.domain.bulk.models import BasketItem, BulkAct, BulkStep
from webapp.domain.bulk.verbs import Asked, Prospect, prospect
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.reports.models import Subject
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Tally:
    """How many cases of an act are in each state."""

    waiting: int
    done: int
    already: int
    cannot: int


def ids(staff: Staff) -> list[str]:
    """Ids of the cases in the basket, in the order they were put in."""
    statement = select(BasketItem.case_id).where(BasketItem.staff_id == staff.id)
    return list(db.session.scalars(statement.order_by(BasketItem.added_at, BasketItem.case_id)))


def items(staff: Staff) -> list[BasketItem]:
    """What lies in the basket, with case, content and account, in the order it was put in."""
    return list(
        db.session.scalars(
            select(BasketItem)
            .where(BasketItem.staff_id == staff.id)
            .options(joinedload(BasketItem.case).joinedload(Case.subject).joinedload(Subject.respondent))
            .order_by(BasketItem.added_at, BasketItem.case_id)
        )
    )


def dry_run(staff: Staff, verb: str, asked: Asked) -> list[Prospect]:
    """What an act would do to each case of the basket; writes nothing."""
    return [prospect(item.case, verb, staff, asked) for item in items(staff)]


def case(case_id: str) -> Case:
    """The case, freshly read. Raises NotFound."""
    return cases.get(case_id)


def act(act_id: str) -> BulkAct:
    """The act. Raises NotFound."""
    return need(BulkAct, act_id, "no_such_bulk")


def steps(act_id: str) -> list[BulkStep]:
    """The cases of an act in their order, with their content."""
    return list(
        db.session.scalars(
            select(BulkStep)
            .where(BulkStep.act_id == act_id)
            .options(joinedload(BulkStep.case).joinedload(Case.subject).joinedload(Subject.respondent))
            .order_by(BulkStep.position)
        )
    )


def next_waiting(act_id: str) -> int | None:
    """The position of the next case to do."""
    statement = select(BulkStep.position).where(BulkStep.act_id == act_id, BulkStep.state == "waiting")
    return db.session.scalar(statement.order_by(BulkStep.position).limit(1))


def tally(act_id: str) -> Tally:
    """How far an act is."""
    rows = db.session.execute(
        select(BulkStep.state, func.count()).where(BulkStep.act_id == act_id).group_by(BulkStep.state)
    )
    found = Counter({state: number for state, number in rows})
    return Tally(found["waiting"], found["done"], found["already"], found["cannot"])


def undone_by(act_id: str) -> BulkAct | None:
    """The act that undid this one."""
    return db.session.scalar(select(BulkAct).where(BulkAct.undoes_id == act_id))


def recent(staff: Staff, limit: int = 5) -> Sequence[BulkAct]:
    """One's own last acts, the newest first."""
    statement = select(BulkAct).where(BulkAct.staff_id == staff.id).order_by(BulkAct.started_at.desc(), BulkAct.id)
    return db.session.scalars(statement.limit(limit)).all()
