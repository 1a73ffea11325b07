"""Looking for decisions like the one to be made: a few rows from one index, however many were decided."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import aliased

from webapp.core.db import db
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.queries import active_points
from webapp.domain.policy.queries import book
from webapp.domain.precedents import rules
from webapp.domain.precedents.models import Precedent
from webapp.domain.precedents.rules import Alike, Features

# Rows read of each cell for one that is shown: some of the newest may be hidden from the person who looks.
SPARE = 4


def features(case: Case, ground: str = "", points: int | None = None) -> Features:
    """What an open case is compared by, for a choice that finds `ground` broken ('': none). `points` are those the
    account has without this case; None: look them up."""
    respondent_id = case.subject.respondent_id
    points = active_points(respondent_id) if points is None else points
    return Features(ground or case.kind, case.best_band, rules.history(points, respondent_id is not None, book()))


def of_decision(decision: Decision) -> Features:
    """What a decided case is found by: as it was when it was decided."""
    case = decision.case
    before = int(decision.ladder.get("before", 0)) if decision.ladder else 0
    amount = rules.history(before, case.subject.respondent_id is not None, book())
    return Features(decision.ground or case.kind, case.best_band, amount)


def alike(wanted: Features, *, besides: str = "", hidden: Collection[str] = ()) -> list[Alike]:
    """The nearest earlier decisions, nearest and then newest first; one query, a seek for each neighbouring cell.

    `besides` is the case itself; `hidden` are cases whose decision the person who looks must not see.
    """
    arms = [
        select(
            select(Precedent.case_id.label("case_id"), literal(steps).label("steps"))
            .where(
                Precedent.about == wanted.about,
                Precedent.band == band,
                Precedent.history == amount,
            )
            .order_by(Precedent.decided_at.desc())
            .limit(book().precedents.nearest * SPARE)
            .subquery()
        )
        for band, amount, steps in rules.cells(wanted)
    ]
    near, kept = union_all(*arms).subquery(), aliased(Precedent)
    rows = db.session.execute(
        select(kept, Case.reference, near.c.steps)
        .join(near, near.c.case_id == kept.case_id)
        .join(Case, Case.id == kept.case_id)
        .where(kept.case_id.not_in({*hidden, besides}))
        .order_by(near.c.steps, kept.decided_at.desc(), kept.case_id)
        .limit(book().precedents.nearest)
    )
    return [_alike(row, reference, steps) for row, reference, steps in rows]


def _alike(row: Precedent, reference: str, steps: int) -> Alike:
    return Alike(
        row.case_id,
        reference,
        Features(row.about, row.band, row.history),
        row.verdict,
        tuple((kind, days) for kind, days in row.measures),
        (row.account_kind, row.account_days),
        row.appeal,
        row.decided_at,
        steps,
    )
