"""Questions to a party: whose clocks stand still meanwhile, and what happens when nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from tests.domain.cases.test_cases import NOON
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries, questions, service
from webapp.domain.cases.models import Case
from webapp.domain.clocks import queries as clocks
from webapp.domain.clocks.models import Clock
from webapp.domain.clocks.rules import apart
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report, Respondent

DAY = timedelta(days=1)


def known(report: Report) -> Case:
    """The report's case, of whose content the account is known."""
    case = queries.case_of(report.id)
    with transaction():
        case.subject.respondent = Respondent(
            id="acc", platform="demo", account_ref="a1", handle="@chenmo", name="Chen Mo", email="chen@example.org"
        )
    return case


def decision(report: Report) -> Clock:
    """Our own promise to decide this report."""
    found = clocks.get(f"report:{report.id}", "DECISION")
    assert found is not None
    return found


def ask_account(case: Case, cast: Cast) -> None:
    """Rui takes the case and asks the account."""
    with transaction():
        service.take(case.id, cast.rui)
        service.ask_respondent(case, cast.rui, "Who painted this?")


def test_only_our_own_time_stands_still_and_only_for_what_was_asked(app: APIFlask, cast: Cast) -> None:
    """The law's clocks run on; the answer lets ours go on, later by the time it stood still."""
    with time_machine.travel(NOON, tick=False) as clock:
        report = send()
        case, due = known(report), decision(report).due_at
        ask_account(case, cast)
        assert case.state == "asked"
        still = {c.code for c in clocks.of_case(case.id) if c.state == "paused"}
        assert still == {"DECISION"} and any(c.state == "running" for c in clocks.of_case(case.id))
        assert questions.due_at_latest(decision(report)) == due + book().numbers.answer_days * DAY
        clock.move_to(NOON + DAY)
        with transaction():
            service.answer_respondent(case, "I did.", REPORTER)
        assert case.state == "open"
        assert (decision(report).state, decision(report).due_at) == ("running", due + DAY)


def test_a_question_to_one_reporter_stops_nobody_elses_time(app: APIFlask, cast: Cast) -> None:
    first, second = send(), send(email="li.na@example.org")
    case = queries.case_of(first.id)
    with transaction():
        service.take(case.id, cast.rui)
        service.ask(case, first, cast.rui, "When did you paint it?")
    assert (decision(first).state, decision(second).state) == ("paused", "running")


def test_nobody_answers_and_the_case_comes_back_by_itself(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        report = send()
        case, due = known(report), decision(report).due_at
        ask_account(case, cast)
        with transaction():
            assert service.bring_back() == 0
        clock.move_to(NOON + book().numbers.answer_days * DAY)
        with transaction():
            assert service.bring_back() == 1
        assert case.state == "open" and not queries.waits_for_answer(case.id)
        assert decision(report).due_at == due + book().numbers.answer_days * DAY
        with transaction():
            assert service.bring_back() == 0


def test_an_urgent_kind_waits_for_nobody(app: APIFlask, cast: Cast) -> None:
    """It may be asked, but no clock stands still."""
    report = send(kind="FRAUD")
    ask_account(known(report), cast)
    assert decision(report).state == "running"


def test_a_clock_that_stands_still_for_two_reasons_waits_for_both(app: APIFlask, cast: Cast) -> None:
    """The notice lacks something and the account was asked: the time is lost once, and goes on when both ended."""
    with time_machine.travel(NOON, tick=False) as clock:
        report = send(missing=["TITLE"])
        case, due = known(report), decision(report).due_at
        ask_account(case, cast)
        clock.move_to(NOON + DAY)
        with transaction():
            service.answer_respondent(case, "I did.", REPORTER)
        assert decision(report).state == "paused"
        clock.move_to(NOON + 2 * DAY)
        with transaction():
            service.complete(report, REPORTER)
        assert (decision(report).state, decision(report).due_at) == ("running", due + 2 * DAY)


def test_what_the_account_says_unasked_counts_but_ends_no_other_wait(app: APIFlask, cast: Cast) -> None:
    report = send()
    case = known(report)
    with transaction():
        service.take(case.id, cast.rui)
        service.ask(case, report, cast.rui, "When did you paint it?")
    before = case.version
    with transaction():
        service.answer_respondent(case, "It is mine.", REPORTER)
    assert case.state == "asked" and case.version == before + 1


def test_an_account_nobody_knows_cannot_be_asked(app: APIFlask, cast: Cast) -> None:
    case = queries.case_of(send().id)
    with pytest.raises(Refused, match="no_account"):
        ask_account(case, cast)
    assert db.session.query(Task).filter_by(topic="message.sent").count() == 0


def test_time_that_overlaps_is_counted_once() -> None:
    """Of stretches that overlap, touch or lie in one another."""
    hour = [NOON + timedelta(hours=n) for n in range(8)]
    stretches = [(hour[4], hour[5]), (hour[0], hour[2]), (hour[1], hour[3]), (hour[1], hour[2]), (hour[5], hour[6])]
    assert apart(stretches) == [(hour[0], hour[3]), (hour[4], hour[6])]
