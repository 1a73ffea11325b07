"""Cases: who joins which, what is urgent, whose turn it is, and how a case waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy.exc import IntegrityError

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.cases import queries, service
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import most_urgent, strongest
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries as queues

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_urgency_and_strength_have_an_order() -> None:
    """P0 before P3; strong before possible; nothing compared is not "none"."""
    assert most_urgent(["P3", "P0", "P2"]) == "P0"
    assert strongest(["none", "possible", "weak"]) == "possible"
    assert strongest([]) == "" and strongest(["none"]) == "none"


def test_reports_about_one_content_join_one_case_and_keep_their_rows(app: APIFlask) -> None:
    """Two ways of naming one post meet; another post is another case; the most urgent kind leads."""
    first = send()
    second = send(kind="FRAUD", address="http://127.0.0.1:8001/posts/p1?ref=x")
    other = send(content_ref="p2", address="http://127.0.0.1:8001/posts/p2")
    case = queries.case_of(first.id)
    assert queries.case_of(second.id).id == case.id != queries.case_of(other.id).id
    assert (case.report_count, case.priority, case.kind) == (2, "P0", "FRAUD")
    assert (case.rank, case.due_code) == (0, "TRIAGE")
    assert case.due_at == second.received_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://Example.org/a/", "http://example.org/a", True),
        ("https://example.org/a#top", "https://example.org:443/a", True),
        ("https://example.org/a?v=1", "https://example.org/a?v=2", False),
        ("https://example.org/a", "https://example.org/A", False),
    ],
)
def test_addresses_meet_when_they_name_the_same_item(app: APIFlask, one: str, other: str, same: bool) -> None:
    """Without a platform id the address decides; what does not change the item is ignored."""
    a = send(platform="", content_ref="", address=one)
    b = send(platform="", content_ref="", address=other)
    assert (queries.case_of(a.id).id == queries.case_of(b.id).id) is same


def test_the_database_refuses_a_second_live_case_about_one_content(app: APIFlask) -> None:
    """Also when two web processes think of it at once."""
    case = queries.case_of(send().id)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            Case(
                id=new_id(),
                reference="C-TEST-0001",
                subject_id=case.subject_id,
                state="open",
                priority="P2",
                kind="FRAUD",
                due_at=NOON,
                opened_at=NOON,
            )
        )
        db.session.flush()


def test_a_claim_is_a_lease_for_one(app: APIFlask, cast: Cast) -> None:
    """The second reviewer is told who holds it; after ten minutes without activity it is free; activity renews it."""
    case = queries.case_of(send().id)
    with time_machine.travel(NOON, tick=False) as clock:
        with transaction():
            service.take(case.id, cast.rui)
        with pytest.raises(Conflict) as error, transaction():
            service.take(case.id, cast.mei)
        assert error.value.code == "claimed_by_other" and error.value.params["name"] == "Rui"
        assert queues.next_for(cast.mei) is None and queues.next_for(cast.rui) is not None
        clock.move_to(NOON + timedelta(minutes=9))
        with transaction():
            assert service.renew(case.id, cast.rui)
        clock.move_to(NOON + timedelta(minutes=18))
        with pytest.raises(Conflict), transaction():
            service.take(case.id, cast.mei)
        clock.move_to(NOON + timedelta(minutes=20))
        with transaction():
            service.take(case.id, cast.mei)
        with pytest.raises(Conflict, match="claimed_by_other"), transaction():
            service.require_claim(case.id, cast.rui)


def test_asking_waits_and_an_answer_brings_the_case_back(app: APIFlask, cast: Cast) -> None:
    """The reporter's question posts a letter; while it waits, nobody is given the case as next."""
    report = send()
    case = queries.case_of(report.id)
    with transaction():
        service.take(case.id, cast.rui)
        service.ask(case, report, cast.rui, "When did you paint it?")
    assert case.state == "asked" and queues.next_for(cast.mei) is None
    with transaction():
        service.answer(report, "In spring.", REPORTER)
    assert case.state == "open"
    assert [m.text for m in queries.messages(case.id)] == ["When did you paint it?", "In spring."]
    assert db.session.query(Task).filter_by(topic="message.sent").count() == 1


def test_withdrawing_the_last_report_closes_the_case(app: APIFlask) -> None:
    """One of two withdrawn: the case goes on without it. The last one: it closes, and a repeat changes nothing."""
    one, two = send(kind="FRAUD"), send()
    case = queries.case_of(one.id)
    with transaction():
        service.withdraw(one, REPORTER)
        service.withdraw(one, REPORTER)
    assert (case.state, case.report_count, case.priority) == ("open", 1, "P2")
    with transaction():
        service.withdraw(two, REPORTER)
    assert case.state == "closed"
    with pytest.raises(Refused, match="case_not_open"), transaction():
        service.withdraw(two, REPORTER)
    verbs = [e.verb for e in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert verbs.count("report.withdraw") == 2 and verbs.count("case.withdraw") == 1


def test_the_queue_is_paged_by_key_in_order_of_urgency(app: APIFlask, cast: Cast) -> None:
    """Every case once, most urgent first, whatever the page size."""
    for number, kind in enumerate(["FRAUD", "COPY_IMAGE", "FABRICATION_RUMOUR", "FRAUD", "COPY_IMAGE"]):
        send(kind=kind, content_ref=f"p{number}")
    seen: list[Case] = []
    after = None
    while rows := queues.page(cast.rui, after=after, limit=2)[:2]:
        seen += rows
        after = (rows[-1].rank, rows[-1].order_at, rows[-1].id)
    assert len({c.id for c in seen}) == len(seen) == 5
    assert [c.priority for c in seen] == ["P0", "P0", "P2", "P2", "P2"]
    assert [c.due_at for c in seen[:2]] == sorted(c.due_at for c in seen[:2])


def test_an_unanswered_question_does_not_keep_a_case_from_the_desk_for_ever(app: APIFlask, cast: Cast) -> None:
    """While there is time the case waits for the answer; shortly before it is due it is offered again."""
    with time_machine.travel(NOON, tick=False) as clock:
        case = queries.case_of(send().id)
        with transaction():
            service.take(case.id, cast.rui)
            service.ask(case, queries.active_reports(case.id)[0], cast.rui, "Do you have a draft of it?")
            service.release(case.id, cast.rui)
        assert queues.next_for(cast.rui) is None
        clock.move_to(case.due_at - timedelta(hours=book().numbers.last_call_hours, minutes=-1))
        found = queues.next_for(cast.rui)
        assert found is not None and found.id == case.id


def test_a_withdrawn_report_takes_no_message_and_wakes_no_waiting_case(app: APIFlask, cast: Cast) -> None:
    """Another report keeps the case alive; the one who left does not bring it back."""
    leaves, stays = send(), send(email="other@example.org")
    case = queries.case_of(stays.id)
    with transaction():
        service.take(case.id, cast.rui)
        service.withdraw(leaves, REPORTER)
        service.ask(case, stays, cast.rui, "Where was it first shown?")
    with pytest.raises(Refused, match="cannot_answer"), transaction():
        service.answer(leaves, "Never mind.", REPORTER)
    assert queries.get(case.id).state == "asked"


def test_withdrawing_what_was_asked_lets_the_rest_go_on(app: APIFlask, cast: Cast) -> None:
    """A question falls away with its report; one to a report that still stands does not."""
    one, two = send(), send()
    case = queries.case_of(one.id)
    with transaction():
        service.take(case.id, cast.rui)
        service.ask(case, one, cast.rui, "When did you paint it?")
    with transaction():
        service.withdraw(one, REPORTER)
    assert case.state == "open"
    with transaction():
        service.ask(case, two, cast.rui, "And you?")
    third = send()
    with transaction():
        service.withdraw(third, REPORTER)
    assert case.state == "asked"
