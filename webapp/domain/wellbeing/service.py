"""The verbs of wellbeing: add up what was looked at, choose how to go on, forget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff
from webapp.domain.wellbeing import queries
from webapp.domain.wellbeing.models import Exposure, Shift
from webapp.domain.wellbeing.rules import CHOICES, in_a_row


@dataclass(frozen=True)
class Looked:
    """How many items of one class were uncovered anew, and for how many seconds anything of it was to be seen."""

    items: int
    seconds: int


def add(staff: Staff, looked: Mapping[str, Looked]) -> None:
    """Add what `staff` looked at to the sums of their shift, by class of harm. Sums only: which item is not kept."""
    require_transaction("wellbeing.add")
    shift = queries.present_shift()
    harms = book().desk.harms
    _begin(staff.id, shift)
    for harm, part in looked.items():
        if harm in harms and (part.items > 0 or part.seconds > 0):
            _add(staff.id, shift, harm, part)
            if harms[harm].heavy and part.items > 0:
                _run(staff.id, part.items)
    db.session.flush()
    db.session.expire_all()  # what was loaded before knows nothing of the sums


def choose(staff: Staff, choice: str) -> None:
    """How to go on: 'pause' (come back later), 'light' (light queues only), 'on'. The budget counts anew from here.

    Raises Refused('pause_choice_unknown').
    """
    require_transaction("wellbeing.choose")
    if choice not in CHOICES:
        raise Refused("pause_choice_unknown")
    shift = queries.present_shift()
    _begin(staff.id, shift)
    db.session.execute(update(Shift).where(Shift.staff_id == staff.id).values(choice=choice, heavy_run=0))
    db.session.execute(
        update(Exposure)
        .where(Exposure.staff_id == staff.id, Exposure.shift == shift)
        .values(settled_items=Exposure.items, settled_seconds=Exposure.seconds)
    )
    db.session.flush()
    db.session.expire_all()


def forget() -> None:
    """Erase the sums of shifts older than the days that desk.toml keeps them, everybody's."""
    require_transaction("wellbeing.forget")
    oldest = queries.present_shift() - timedelta(days=book().desk.keep_days)
    db.session.execute(delete(Exposure).where(Exposure.shift < oldest))
    db.session.execute(delete(Shift).where(Shift.shift < oldest))


def _begin(staff_id: str, shift: date) -> None:
    """The person's row for the shift; the first look of a day begins a new one, and sweeps out what is too old."""
    found = db.session.get(Shift, staff_id)
    if found is not None and found.shift == shift:
        return
    db.session.execute(
        _insert(Shift)
        .values(staff_id=staff_id, shift=shift, choice="", heavy_run=0)
        .on_conflict_do_update(
            index_elements=[Shift.staff_id],
            set_={"shift": shift, "choice": "", "heavy_run": 0, "heavy_at": None},
            where=Shift.shift != shift,
        )
    )
    forget()


def _add(staff_id: str, shift: date, harm: str, part: Looked) -> None:
    db.session.execute(
        _insert(Exposure)
        .values(
            staff_id=staff_id,
            shift=shift,
            harm=harm,
            items=part.items,
            seconds=part.seconds,
            settled_items=0,
            settled_seconds=0,
        )
        .on_conflict_do_update(
            index_elements=[Exposure.staff_id, Exposure.shift, Exposure.harm],
            set_={"items": Exposure.items + part.items, "seconds": Exposure.seconds + part.seconds},
        )
    )


def _run(staff_id: str, items: int) -> None:
    found = db.session.get_one(Shift, staff_id, populate_existing=True, with_for_update=True)
    found.heavy_run = in_a_row(found.heavy_run, found.heavy_at, now(), book().desk.alternation) + items
    found.heavy_at = now()
    db.session.flush()


def _insert(model: type[Any]) -> Any:
    return (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(model)
