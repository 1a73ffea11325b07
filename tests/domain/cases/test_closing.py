"""The end of a case: windows, clocks that keep it open, what is written late, and its way to an authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import text

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries, service
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIFE
from webapp.domain.clocks import queries as clock_rows
from webapp.domain.clocks import service as clocks
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def case_of(report: Report) -> Case:
    return queries.get(queries.case_of(report.id).id)


def decided(**answers: object) -> Case:
    """A case decided at noon, its letters told."""
    report = send(**answers)  # type: ignore[arg-type]  # handed through
    with transaction():
        service.acknowledge(report)
        case = case_of(report)
        service.move(case, "decide", REPORTER)
        service.tell_clocks(case, "decided")
        service.tell_case(case, "reporter_told")
    return case


def round_() -> int:
    with transaction():
        return service.close_due()


def after_the_window() -> datetime:
    """Days end at midnight of the operator's zone."""
    return NOON + timedelta(days=book().numbers.appeal_days + 1)


def test_a_case_closes_when_every_window_is_over(clock: time_machine.Traveller) -> None:
    """Not a day earlier; one message for each version, however often the timer rings."""
    case = decided()
    clock.move_to(NOON + timedelta(days=book().numbers.appeal_days - 1))
    assert round_() == 0
    with pytest.raises(Refused, match="window_open"), transaction():
        service.close(queries.get(case.id))
    clock.move_to(after_the_window())
    assert (round_(), round_()) == (1, 0)
    message = db.session.query(Task).filter_by(topic="case.closing").one()
    assert message.payload == {"case_id": case.id, "version": queries.get(case.id).version}
    with transaction():
        service.close(queries.get(case.id))
    closed = queries.get(case.id)
    assert closed.state == "closed" and closed.decided_at == NOON and closed.closed_at == after_the_window()
    assert all(c.ended_at for c in clock_rows.of_case(case.id))
    assert round_() == 0


@pytest.mark.parametrize(
    ("event", "on"),
    [("appealed", "appeal:a"), ("arrived", "counter:c"), ("counter_valid", "counter:c"), ("wait_over", "counter:c")],
)
def test_an_appeal_or_a_counter_notice_keeps_it_open_however_late(
    clock: time_machine.Traveller, event: str, on: str
) -> None:
    """What the rooms above have open is known by its clock."""
    case = decided(regimes=("CN_ECOM",))
    with transaction():
        clocks.happen(
            event,  # type: ignore[arg-type]  # one of the book's events
            case_id=case.id,
            on_id=on,
            priority=case.priority,
            kind=case.kind,
            regimes=("CN_ECOM",),
        )
    clock.move_to(after_the_window())
    assert round_() == 0
    with transaction():
        clocks.cancel(on)
    assert round_() == 1


def test_an_answer_the_house_still_owes_keeps_it_open(clock: time_machine.Traveller) -> None:
    """The clock of telling the reporter ends when the letters are written, not before."""
    report = send()
    with transaction():
        service.acknowledge(report)
        service.move(case_of(report), "decide", REPORTER)
        service.tell_clocks(case_of(report), "decided")
    clock.move_to(after_the_window())
    assert round_() == 0
    with transaction():
        service.tell_case(case_of(report), "reporter_told")
    assert round_() == 1


def test_a_live_case_cannot_close(clock: time_machine.Traveller) -> None:
    case = case_of(send())
    with pytest.raises(Refused, match="cannot_close"), transaction():
        service.close(case)


def test_states_carry_their_times(clock: time_machine.Traveller) -> None:
    """Cured: decided and closed at once. An appeal's decision opens it once more; the first decision's time stays."""
    case = case_of(send())
    with transaction():
        service.move(case, "cure", REPORTER)
    assert (case.state, case.decided_at, case.closed_at) == ("closed", NOON, NOON)
    clock.move_to(NOON + timedelta(days=3))
    version = case.version
    with transaction():
        service.move(queries.get(case.id), "appeal", REPORTER)
    again = queries.get(case.id)
    assert (again.state, again.decided_at, again.closed_at) == ("decided", NOON, None)
    assert again.version == version + 1
    with transaction():
        service.move(queries.get(case.id), "restore", REPORTER)
    assert queries.get(case.id).state == "decided"


def test_every_state_can_be_left() -> None:
    """The table has no dead end: also a closed case can be opened by a reporter, an appeal, a court, or by taking
    a merge apart."""
    assert set(LIFE.states) == {"open", "asked", "proposed", "decided", "closed"}
    assert all(LIFE.can(state) for state in LIFE.states)
    assert set(LIFE.can("closed")) == {"reopen", "appeal", "restore", "unmerge"}
    assert set(LIFE.can("decided")) == {"appeal", "restore", "close"}


def test_a_case_over_without_a_decision_says_so(clock: time_machine.Traveller) -> None:
    """Withdrawn: its clocks fall away and the rooms above are told, so that nothing provisional stays."""
    report = send()
    with transaction():
        service.withdraw(report, REPORTER)
    assert {c.state for c in clock_rows.of_case(case_of(report).id)} == {"cancelled"}
    assert db.session.query(Task).filter_by(topic="case.ended").count() == 1


def test_what_is_written_after_the_decision_waits_until_somebody_deals_with_it(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    """Listed and counted until it is handled, once; and dealing with it keeps nobody from the appeal."""
    report = send()
    case = case_of(report)
    with transaction():
        service.answer(report, "Before.", REPORTER)
    clock.shift(timedelta(hours=1))
    with transaction():
        service.move(queries.get(case.id), "decide", REPORTER)
    clock.shift(timedelta(hours=1))
    with transaction():
        late = service.answer(report, "You forgot the second picture.", REPORTER)
        service.answer_respondent(queries.get(case.id), "It is mine.", REPORTER)
    assert queries.unhandled() == len(queries.written_after_decision()) == 2
    with transaction():
        service.handle(late, cast.rui)
        service.handle(late, cast.mei)
    assert late.handled_by_id == cast.rui.id and queries.touched(case.id) == set()
    assert [m.side for m in queries.written_after_decision()] == ["respondent"] and queries.unhandled() == 1
    assert [e.verb for e in db.session.query(AuditEntry)].count("message.handle") == 1


def test_a_message_of_the_desk_needs_no_handling(clock: time_machine.Traveller, cast: Cast) -> None:
    report = send()
    with transaction():
        service.take(case_of(report).id, cast.rui)
        question = service.ask(case_of(report), report, cast.rui, "When?")
    with pytest.raises(Refused, match="cannot_handle"), transaction():
        service.handle(question, cast.rui)


def test_handing_a_case_to_an_authority_is_kept_and_its_note_sealed(clock: time_machine.Traveller, cast: Cast) -> None:
    """At any time, decided or not; no letter, no mail; whoever does it has touched the case."""
    case = decided()
    with pytest.raises(Refused, match="authority_missing"), transaction():
        service.refer(case, " ", "", cast.rui)
    with transaction():
        service.refer(queries.get(case.id), "Cyber police, Hangzhou", "File 2026-77, officer Shen", cast.rui)
    (found,) = queries.referrals(case.id)
    assert found.note == "File 2026-77, officer Shen" and queries.touched(case.id) == {cast.rui.id}
    raw = db.session.execute(text("SELECT note FROM referral")).scalar_one()
    assert b"Shen" not in bytes(raw)
    assert "Shen" not in str([e.facts for e in db.session.query(AuditEntry)])


def test_touching_twice_is_once(clock: time_machine.Traveller, cast: Cast) -> None:
    """Taking counts, and so does what the rooms above call for."""
    case = case_of(send())
    with transaction():
        service.take(case.id, cast.rui)
        service.touch(case.id, cast.rui.id)
        service.touch(case.id, cast.lan.id)
        service.touch(case.id, cast.lan.id)
    assert queries.touched(case.id) == {cast.rui.id, cast.lan.id}
