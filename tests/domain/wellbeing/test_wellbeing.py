"""Sums of a shift, something light in between, a pause when a budget is spent, averages that name nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import PASSWORD_HASH, Cast
from webapp.core.audit import AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff
from webapp.domain.wellbeing import queries, service
from webapp.domain.wellbeing.models import Exposure
from webapp.domain.wellbeing.rules import shift_of
from webapp.domain.wellbeing.service import Looked

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # a Wednesday, noon in Shanghai


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that stands still until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def look(staff: Staff, harm: str, items: int, seconds: int = 0) -> None:
    """Uncover so many items at once."""
    with transaction():
        service.add(staff, {harm: Looked(items, seconds)})


def choose(staff: Staff, choice: str) -> None:
    """Answer the pause page."""
    with transaction():
        service.choose(staff, choice)


def test_a_shift_ends_in_the_early_morning() -> None:
    """Three in the morning in Shanghai still belongs to the day before."""
    night = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    assert shift_of(night, "Asia/Shanghai", 4).isoformat() == "2026-11-24"
    assert shift_of(night + timedelta(hours=1), "Asia/Shanghai", 4).isoformat() == "2026-11-25"


def test_sums_add_up_within_a_shift_and_the_next_begins_empty(cast: Cast, clock: time_machine.Traveller) -> None:
    look(cast.rui, "light", 2, 30)
    look(cast.rui, "light", 1, 15)
    look(cast.rui, "heavy", 1, 5)
    assert [(s.harm, s.items, s.seconds) for s in queries.mine(cast.rui.id)] == [("heavy", 1, 5), ("light", 3, 45)]
    assert queries.mine(cast.mei.id) == []
    clock.move_to(NOON + timedelta(days=1))
    assert queries.mine(cast.rui.id) == []


def test_after_many_heavy_items_something_light_comes_first_for_a_while(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    alternation = book().desk.alternation
    assert not queries.avoid_heavy(cast.rui.id)
    look(cast.rui, "light", 50)
    for _item in range(alternation.items - 1):
        look(cast.rui, "heavy", 1)
    assert not queries.avoid_heavy(cast.rui.id)
    look(cast.rui, "heavy", 1)
    assert queries.avoid_heavy(cast.rui.id) and not queries.avoid_heavy(cast.mei.id)
    clock.shift(timedelta(minutes=alternation.minutes))
    assert not queries.avoid_heavy(cast.rui.id)
    look(cast.rui, "heavy", 1)  # a row begins anew
    assert not queries.avoid_heavy(cast.rui.id)


def test_a_spent_budget_asks_once_and_takes_any_answer(cast: Cast, clock: time_machine.Traveller) -> None:
    budget = book().desk.harms["heavy"].budget
    assert budget
    look(cast.rui, "heavy", budget.items - 1)
    assert queries.pause_due(cast.rui.id) is None
    look(cast.rui, "heavy", 1)
    due = queries.pause_due(cast.rui.id)
    assert due and (due.harm, due.items) == ("heavy", budget.items)
    choose(cast.rui, "on")
    assert queries.pause_due(cast.rui.id) is None and not queries.avoid_heavy(cast.rui.id)
    look(cast.rui, "heavy", 1, budget.minutes * 60)  # by time this time
    assert queries.pause_due(cast.rui.id)
    choose(cast.rui, "light")
    clock.shift(timedelta(hours=3))
    assert queries.avoid_heavy(cast.rui.id) and queries.choice(cast.rui.id) == "light"
    clock.move_to(NOON + timedelta(days=1))
    assert not queries.avoid_heavy(cast.rui.id) and queries.choice(cast.rui.id) == ""


def test_light_work_never_asks_for_a_pause(cast: Cast) -> None:
    look(cast.rui, "light", 5000, 8 * 3600)
    assert queries.pause_due(cast.rui.id) is None


def test_what_is_no_answer_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="pause_choice_unknown"):
        choose(cast.rui, "never")


def test_old_sums_are_erased_and_nothing_of_it_is_in_the_audit_log(cast: Cast, clock: time_machine.Traveller) -> None:
    before = db.session.query(AuditEntry).count()
    look(cast.rui, "heavy", 3)
    look(cast.mei, "heavy", 3)
    choose(cast.rui, "pause")
    clock.shift(timedelta(days=book().desk.keep_days + 1))
    look(cast.mei, "light", 1)  # anybody's first look of a day sweeps for all
    assert {(e.staff_id, e.harm) for e in db.session.query(Exposure)} == {(cast.mei.id, "light")}
    assert db.session.query(AuditEntry).count() == before


def test_averages_are_of_whole_weeks_and_of_groups_only(app: APIFlask, clock: time_machine.Traveller) -> None:
    people = [person(f"p{n}") for n in range(5)]
    clock.move_to(NOON - timedelta(days=7))
    for one in people:
        look(one, "heavy", 10, 60)
    for one in people[:4]:
        look(one, "upsetting", 4, 60)
    clock.move_to(NOON)
    for one in people:
        look(one, "light", 1)  # this week is not over
    heavy, upsetting, light = (
        next(a for a in queries.aggregates(1) if a.harm == harm) for harm in ("heavy", "upsetting", "light")
    )
    assert (heavy.people, heavy.items, heavy.seconds) == (5, 10.0, 60.0)
    assert (upsetting.people, upsetting.items, upsetting.seconds) == (None, None, None)
    assert light.people is None
    assert heavy.week.isoformat() == "2026-11-16"


def person(name: str) -> Staff:
    """One more at the desk."""
    with transaction():
        staff = Staff(
            id=new_id(),
            email=f"{name}@desk.example",
            name=name,
            role="reviewer",
            password_hash=PASSWORD_HASH,
            created_at=now(),
        )
        db.session.add(staff)
    return staff
