"""The ticks of the clock do not pile up: what was wound is forgotten after its period, what was done is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from apiflask import APIFlask

from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from workers.jobs import sweeping
from workers.run import run_task
from workers.schedule import TIMERS
from workers.sweeper import wind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = next(timer for timer in TIMERS if timer.topic == "clocks.due")


def test_ticks_are_forgotten_once_no_timer_can_wind_them_again(app: APIFlask) -> None:
    """A tick of three days ago goes; one of today and other work of three days ago stay."""
    with time_machine.travel(NOON, tick=False) as clock:
        wind((MINUTE,))
        with transaction():
            other = outbox.post("clocks.due", key="by hand").id
        for task in db.session.query(Task.id).all():
            assert run_task(task.id) == "done"
        clock.shift(timedelta(days=3))
        wind((MINUTE,))
        with transaction():
            sweep = outbox.post("tasks.old").id
        assert run_task(sweep) == "done"
        db.session.rollback()
        kept = {task.key for task in db.session.query(Task).filter_by(topic="clocks.due")}
        assert kept == {"by hand", MINUTE.key(NOON + timedelta(days=3))}
        assert db.session.get(Task, other) is not None


def test_a_tick_is_kept_for_longer_than_the_longest_period() -> None:
    """Else the sweeper would wind the same period twice."""
    assert max(timer.every for timer in TIMERS) < sweeping.KEEP_TIMERS
