"""One task at a time: claim, lease, fence, settle, fail, park, hand on; the database is real, no queue server runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.workers.yard import Yard
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from workers.run import Work, run_task
from workers.schedule import Timer
from workers.sweeper import wind


def run(yard: Yard, task_id: str) -> str:
    with yard.app.app_context():
        return run_task(task_id)


def row(yard: Yard, task_id: str) -> Task:
    with yard.app.app_context():
        task = db.session.get_one(Task, task_id)
        db.session.expunge(task)
        return task


def change(yard: Yard, task_id: str, **values: object) -> None:
    with yard.app.app_context(), transaction():
        db.session.execute(update(Task).where(Task.id == task_id).values(**values))


def test_a_task_is_done_once_and_a_second_hint_finds_nothing(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="a")
    assert [run(yard, task_id), run(yard, task_id)] == ["done", "skipped"]
    assert yard.effects() == {"a": 1}


def test_a_task_that_is_not_due_is_left_alone(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="a")
    change(yard, task_id, due_at=now() + timedelta(minutes=1))
    assert run(yard, task_id) == "skipped"


def test_a_claimed_task_belongs_to_its_holder_until_the_lease_ends(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="a")
    with yard.app.app_context(), transaction():
        assert outbox.claim(task_id, "somebody") is not None
    assert run(yard, task_id) == "skipped"
    change(yard, task_id, lease_until=now() - timedelta(seconds=1))
    assert run(yard, task_id) == "done"
    assert row(yard, task_id).attempts == 2


def test_a_worker_that_lost_its_lease_cannot_save(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="a")
    with yard.app.app_context():
        with transaction():
            first = outbox.claim(task_id, "slow one")
            assert first is not None
            late = Work(task_id, first.fence or "", first.topic, 1)
        change(yard, task_id, lease_until=now() - timedelta(seconds=1))
        assert run_task(task_id) == "done"
        with pytest.raises(outbox.Fenced), late.finish():
            outbox.post("toy.note", thing="from the late one")
    assert yard.effects() == {"a": 1}
    assert yard.states() == {"done": 1}


def test_renewing_keeps_the_task_beyond_its_first_lease(yard: Yard) -> None:
    task_id = yard.post("toy.slow", thing="a", ms=1600)  # the yard's lease is 1 s
    assert run(yard, task_id) == "done"
    assert row(yard, task_id).attempts == 1


def test_a_failure_waits_longer_each_time_and_is_parked_after_the_last_attempt(yard: Yard) -> None:
    task_id = yard.post("toy.broken", thing="a")
    waits = []
    for _ in range(outbox.MAX_ATTEMPTS - 1):
        before = now()
        assert run(yard, task_id) == "todo"
        waits.append(round((row(yard, task_id).due_at - before).total_seconds()))
        change(yard, task_id, due_at=now())
    assert waits == [round(pause.total_seconds()) for pause in outbox.BACKOFF]
    assert run(yard, task_id) == "dead"
    assert run(yard, task_id) == "skipped"


def test_what_a_failure_says_carries_no_personal_data(yard: Yard) -> None:
    task_id = yard.post("toy.broken", thing="a")
    run(yard, task_id)
    error = row(yard, task_id).last_error
    assert error.startswith("ValueError at toys.py:")
    assert "example.org" not in error


def test_a_parked_task_gets_its_attempts_back(yard: Yard) -> None:
    task_id = yard.post("toy.hopeless", thing="a")
    assert run(yard, task_id) == "dead"
    assert row(yard, task_id).last_error == "nobody lives there"
    with yard.app.app_context(), transaction():
        outbox.retry(task_id)
    assert (row(yard, task_id).state, row(yard, task_id).attempts) == ("todo", 0)


def test_a_handler_that_names_its_own_time_does_not_use_up_attempts(yard: Yard) -> None:
    task_id = yard.post("toy.patient", thing="a")
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        change(yard, task_id, due_at=now())
        assert run(yard, task_id) == "todo"
    after = row(yard, task_id)
    assert after.attempts == 0
    assert after.due_at - now() > timedelta(minutes=6)


def test_a_task_whose_worker_dies_each_time_is_parked(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="a")
    for _ in range(outbox.MAX_ATTEMPTS):
        with yard.app.app_context(), transaction():
            assert outbox.claim(task_id, "dies") is not None
        change(yard, task_id, lease_until=now() - timedelta(seconds=1))
    assert run(yard, task_id) == "skipped"
    assert row(yard, task_id).state == "dead"


@pytest.mark.parametrize(
    ("topic", "state", "error"),
    [
        # A handler that forgets to finish has not done its task.
        ("toy.forgetful", "todo", "RuntimeError at run.py"),
        # A failure while saving keeps nothing of it.
        ("toy.half", "todo", "RuntimeError at toys.py"),
        # A topic nobody knows is shown to people, not dropped.
        ("toy.unheard", "dead", "nobody knows the topic"),
    ],
)
def test_what_does_not_finish_is_not_done(yard: Yard, topic: str, state: str, error: str) -> None:
    task_id = yard.post(topic, thing="a")
    assert run(yard, task_id) == state
    assert row(yard, task_id).last_error.startswith(error)
    assert yard.effects() == {}


def test_a_row_that_names_a_function_not_on_the_page_is_refused(yard: Yard) -> None:
    task_id = yard.post("toy.note", thing="touch /tmp/owned")
    change(yard, task_id, handler="os.system")
    assert run(yard, task_id) == "dead"
    assert row(yard, task_id).last_error == "'os.system' is not a handler"


def test_a_message_for_several_becomes_a_task_for_each_in_its_queue(yard: Yard) -> None:
    task_id = yard.post("toy.both", thing="a")
    assert run(yard, task_id) == "done"
    with yard.app.app_context():
        children = db.session.scalars(select(Task).where(Task.key.is_not(None)).order_by(Task.queue)).all()
        assert [(c.queue, c.handler, c.payload) for c in children] == [
            ("mail", "tests.workers.toys.hopeless", {"thing": "a"}),
            ("work", "tests.workers.toys.note", {"thing": "a"}),
        ]
        assert {c.key for c in children} == {f"{task_id}:{c.handler}" for c in children}


def test_a_message_nobody_handles_is_noted_and_done(yard: Yard) -> None:
    assert run(yard, yard.post("toy.nobody")) == "done"


def test_a_timer_posts_once_a_period_whoever_winds_it(yard: Yard) -> None:
    timers = (Timer("toy.nobody", timedelta(days=1)),)
    with yard.app.app_context():
        wind(timers)
        wind(timers)
    assert yard.states() == {"todo": 1}


def test_the_report_form_does_not_wait_for_an_absent_queue_server(yard: Yard) -> None:
    """Nothing listens on the yard's socket: the post is kept, and costs no time worth naming."""
    started = now()
    for number in range(5):
        yard.post("toy.note", thing=str(number))
    assert now() - started < timedelta(seconds=1)
    assert yard.states() == {"todo": 5}
