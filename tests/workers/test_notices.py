"""Notices and decided cases by the clock, as jobs: a case closes with all its letters, or says what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases import queries, service
from webapp.domain.decisions.models import Decision, Finding
from webapp.domain.decisions.queries import in_force
from webapp.domain.decisions.service import impose_interim
from webapp.domain.notifications.models import Letter
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from workers.run import run_task

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def ring() -> str:
    """The timer rings once."""
    with transaction():
        task_id = outbox.post("notices.due").id
    return run_task(task_id)


def closing() -> Task:
    """The one message about closing, as it stands."""
    db.session.rollback()
    return db.session.query(Task).filter_by(topic="case.closing").one()


def state_of(case_id: str) -> str:
    db.session.rollback()
    return queries.get(case_id).state


def decided(report_id: str, cast: Cast) -> str:
    """The report's case decided now, told to the clocks as the rooms above tell it; its letters are not written yet."""
    with transaction():
        report = db.session.get_one(Report, report_id)
        service.acknowledge(report)
        case = queries.case_of(report.id)
        decision = Decision(
            id=new_id(),
            case_id=case.id,
            case_version=case.version,
            stage="first",
            staff_id=cast.rui.id,
            verdict="rejected",
            reason="It is a different picture.",
            book_version=book().version,
            decided_at=now(),
            findings=[Finding(report_id=report.id, answer="not_supported")],
        )
        db.session.add(decision)
        service.move(case, "decide", REPORTER)
        service.tell_clocks(case, "decided")
        service.tell_case(case, "reporter_told")
        return case.id


def write(case_id: str, report_id: str, state: str) -> None:
    """The reporter's answer, queued or gone."""
    with transaction():
        decision = db.session.query(Decision).filter_by(case_id=case_id).one()
        letter = Letter(
            id=new_id(),
            message_id=f"<{new_id()}@example.org>",
            cause=f"decision:{decision.id}",
            recipient=f"reporter:{report_id}",
            name="decision_to_reporter",
            language="en",
            case_id=case_id,
            address="zhou.yun@example.org",
            subject="Decided",
            text="-",
            html="-",
            state=state,
            created_at=now(),
            sent_at=now() if state == "sent" else None,
        )
        db.session.add(letter)


def test_the_timer_reminds_and_lapses(clock: time_machine.Traveller) -> None:
    """One job for all three: nothing else has to know which day it is."""
    report_id = send(missing=("WORK",)).id
    clock.move_to(NOON + timedelta(days=3))
    assert ring() == "done"
    assert db.session.query(Task).filter_by(topic="notice.reminder").count() == 1
    clock.move_to(NOON + timedelta(days=11))
    assert ring() == "done"
    assert queries.case_of(report_id).state == "closed"


def test_no_case_closes_without_its_letters(clock: time_machine.Traveller, cast: Cast) -> None:
    """Not written, then waiting in the queue, then gone: only now; the task says meanwhile what it waits for."""
    report_id = send().id
    case_id = decided(report_id, cast)
    clock.move_to(NOON + timedelta(days=book().numbers.appeal_days + 1))
    ring()
    assert run_task(closing().id) == "todo" and state_of(case_id) == "decided"
    assert "answer is not written" in closing().last_error
    write(case_id, report_id, "queued")
    clock.shift(timedelta(hours=7))
    assert run_task(closing().id) == "todo" and state_of(case_id) == "decided"
    with transaction():
        letter = db.session.query(Letter).one()
        letter.state, letter.sent_at = "sent", now()
    clock.shift(timedelta(hours=7))
    assert run_task(closing().id) == "done" and state_of(case_id) == "closed"


def test_an_open_appeal_keeps_the_case_open(clock: time_machine.Traveller, cast: Cast) -> None:
    """Also one whose clock nobody started: the appeal itself is asked for."""
    report_id = send().id
    case_id = decided(report_id, cast)
    write(case_id, report_id, "sent")
    with transaction():
        decision = db.session.query(Decision).one()
        appeal = Appeal(
            id=new_id(),
            reference="A-TEST-0001",
            case_id=case_id,
            decision_id=decision.id,
            party=f"reporter:{report_id}",
            text="Look again.",
            filed_at=now(),
        )
        db.session.add(appeal)
    clock.move_to(NOON + timedelta(days=book().numbers.appeal_days + 1))
    ring()
    assert run_task(closing().id) == "todo" and "appeal" in closing().last_error
    with transaction():
        appeal = db.session.query(Appeal).one()
        appeal.state, appeal.outcome, appeal.found_at = "decided", "upheld", now()
    clock.shift(timedelta(hours=7))
    assert run_task(closing().id) == "done" and state_of(case_id) == "closed"


def test_a_message_about_an_earlier_version_closes_nothing(clock: time_machine.Traveller, cast: Cast) -> None:
    """The case was decided again meanwhile: its own message comes when that window is over."""
    report_id = send().id
    case_id = decided(report_id, cast)
    write(case_id, report_id, "sent")
    clock.move_to(NOON + timedelta(days=book().numbers.appeal_days + 1))
    ring()
    task = closing().id
    with transaction():
        service.move(queries.get(case_id), "appeal", REPORTER)
    assert run_task(task) == "done" and state_of(case_id) == "decided"


def test_what_was_held_for_the_time_being_is_given_back_when_nobody_decides(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    """The only report is withdrawn while the content is hidden: the case ends, and so does the measure."""
    report = send("LIKENESS", regimes=("CN_CIVIL",))
    case_id, action = queries.case_of(report.id).id, book().kinds["LIKENESS"].interim[0]
    with transaction():
        service.take(case_id, cast.rui)
        impose_interim(case_id, cast.rui, queries.get(case_id).version, action, "It shows her face; we look at it.")
    assert [held.kind for held in in_force(case_id)] == [action]
    with transaction():
        service.withdraw(report, REPORTER)
    assert run_task(db.session.query(Task).filter_by(topic="case.ended").one().id) == "done"
    assert in_force(case_id) == [] and state_of(case_id) == "closed"
