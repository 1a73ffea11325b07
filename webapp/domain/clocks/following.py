"""Clocks go where their reports go: a case is merged or split, and no deadline is lost or begins anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.clocks.models import Clock, ClockPause
from webapp.domain.policy.queries import book

ON_RECEIPT = ("submitted", "valid")  # what starts a clock because a notice is here, whoever decides it


def carry(case_id: str, to_case_id: str) -> None:
    """Every clock of one case runs in another from now on, under its own name, live or ended."""
    require_transaction("clocks.carry")
    db.session.execute(update(Clock).where(Clock.case_id == case_id).values(case_id=to_case_id))


def carry_on(on_ids: Collection[str], to_case_id: str) -> None:
    """The clocks on these things ("report:<id>", "case:<id>") run in another case from now on."""
    require_transaction("clocks.carry_on")
    db.session.execute(update(Clock).where(Clock.on_id.in_(on_ids)).values(case_id=to_case_id))


def double(case_id: str, to_case_id: str) -> None:
    """What runs on a case because a notice came in runs on the case split off from it as well, from the same moment
    to the same end: neither has more time than both had together.
    """
    require_transaction("clocks.double")
    codes = [code for code, entry in book().clocks.items() if entry.starts in ON_RECEIPT]
    statement = select(Clock).where(Clock.on_id == f"case:{case_id}", Clock.code.in_(codes))
    for clock in db.session.scalars(statement).all():
        copy = Clock(**_values(clock) | {"id": new_id(), "on_id": f"case:{to_case_id}", "case_id": to_case_id})
        db.session.add(copy)
        db.session.flush()  # its pauses point at it
        db.session.add_all(ClockPause(**_values(p) | {"id": new_id(), "clock_id": copy.id}) for p in clock.pauses)


def _values(row: Clock | ClockPause) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}
