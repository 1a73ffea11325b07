"""Clocks in the life of a case: what starts and ends them, what stands still, who is told, and what pages read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import event, text

from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.core.ids import new_id, new_reference
from webapp.core.outbox import Task, post
from webapp.domain.cases.models import Case
from webapp.domain.clocks import queries, service
from webapp.domain.clocks.models import Clock
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Event
from webapp.domain.reports.models import Subject
from workers.run import run_task

# Monday 16 November 2026, 12:00 in Shanghai.
NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)
CIVIL = ("CN_CIVIL",)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The world's clock, standing still at NOON until it is moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_case(priority: str = "P2", kind: str = "COPY_IMAGE") -> str:
    """A case about some content; gives its id."""
    subject = Subject(id=new_id(), key=new_id(), address="https://lumo.example/p/1", created_at=NOON)
    case = Case(
        id=new_id(),
        reference=new_reference("C"),
        subject_id=subject.id,
        state="open",
        priority=priority,
        kind=kind,
        due_at=NOON,
        opened_at=NOON,
    )
    with transaction():
        db.session.add(subject)
        db.session.flush()  # the case points at it
        db.session.add(case)
        return case.id


def tell(
    what: Event,
    case_id: str,
    on: str = "report:1",
    priority: str = "P2",
    kind: str = "COPY_IMAGE",
    regimes: tuple[str, ...] = CIVIL,
    at: datetime | None = None,
) -> set[str]:
    """Something happens, in a transaction of its own; gives the codes of the clocks that began."""
    with transaction():
        begun = service.happen(what, case_id=case_id, on_id=on, priority=priority, kind=kind, regimes=regimes, at=at)
        return {c.code for c in begun}


def told() -> list[tuple[str, str]]:
    """What leads are told: code and stage, in the order it was posted."""
    db.session.rollback()
    tasks = db.session.query(Task).filter_by(topic="clock.alert").order_by(Task.created_at, Task.id)
    return [(queries.by_id(t.payload["clock_id"]).code, t.payload["stage"]) for t in tasks]


def look() -> int:
    """The minute's look."""
    with transaction():
        return service.watch()


def the(code: str, on: str = "report:1") -> Clock:
    """This clock, freshly read."""
    db.session.rollback()
    found = queries.get(on, code)
    assert found is not None
    return found


def test_the_book_says_what_an_event_starts_and_a_repeat_changes_nothing(
    app: APIFlask, clock: time_machine.Traveller
) -> None:
    """A notice about a picture under Chinese civil law; nothing of regimes it does not run under."""
    case = a_case()
    assert tell("submitted", case) == {"ACK", "TRIAGE", "DECISION"}
    clock.shift(timedelta(hours=1))
    assert tell("submitted", case) == set()
    assert the("DECISION").due_at == NOON + timedelta(hours=72)
    assert tell("valid", case) >= {"FORWARD_UPLOADER", "TAKE_MEASURE"}
    codes = {c.code for c in queries.of_case(case)}
    assert not codes & {"TAKE_MEASURE_DMCA", "TAKE_MEASURE_RTCI", "TIDA_48"}
    assert tell("valid", case, on="report:2", regimes=("US_DMCA",)) >= {"TAKE_MEASURE_DMCA"}


def test_a_clock_of_several_regimes_carries_the_one_it_runs_under(app: APIFlask, clock: time_machine.Traveller) -> None:
    """So that the desk cites the right law; and a kind's own clock runs for that kind only."""
    case = a_case()
    tell("valid", case, regimes=("CN_ECOM",))
    tell("valid", case, on="report:2", regimes=("US_TIDA",))
    tell("valid", case, on="report:3", priority="P0", kind="INTIMATE_DEEPFAKE", regimes=("US_TIDA",))
    assert the("FORWARD_UPLOADER").regime == "CN_ECOM"
    assert queries.get("report:2", "TIDA_48") is None
    assert the("TIDA_48", "report:3").due_at == NOON + timedelta(hours=48)


def test_the_strictest_clock_of_the_desk_leads(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Not the software's own, not a party's; the next one when it ends; none when nothing runs."""
    case = a_case()
    tell("submitted", case)
    leading = queries.leading(case)
    assert leading is not None and leading.code == "TRIAGE"
    tell("triaged", case)
    leading = queries.leading(case)
    assert leading is not None and leading.code == "DECISION"
    tell("decided", case, on=f"case:{case}")
    assert queries.leading(case) is None
    assert {c.code for c in queries.of_case(case) if c.state == "running"} >= {"APPEAL_OPEN_HOUSE"}


def test_what_happens_to_a_report_ends_its_own_clocks_and_the_cases(
    app: APIFlask, clock: time_machine.Traveller
) -> None:
    """What happens to the case ends those of all its reports; another case is not touched."""
    case, other = a_case(), a_case()
    for on in ("report:1", "report:2"):
        tell("submitted", case, on=on)
    tell("submitted", other, on="report:3")
    tell("triaged", case, on="report:1")
    assert [the("TRIAGE", on).state for on in ("report:1", "report:2")] == ["met", "running"]
    tell("decided", case, on=f"case:{case}")
    assert [the("DECISION", on).state for on in ("report:1", "report:2", "report:3")] == ["met", "met", "running"]


def test_waiting_for_missing_items_stops_the_decision_and_moves_it(
    app: APIFlask, clock: time_machine.Traveller
) -> None:
    """Twelve hours in, returned for two days: due two days later, a sixth used all the while."""
    case = a_case()
    tell("submitted", case)
    clock.shift(timedelta(hours=12))
    with transaction():
        paused = {c.code for c in service.pause("report:1", "returned")}
        assert service.pause("report:1", "returned") == []
    assert "DECISION" in paused and "ACK" not in paused
    clock.shift(timedelta(hours=48))
    reading = queries.reading(the("DECISION"))
    assert (reading.state, reading.paused_for) == ("paused", "returned")
    assert reading.paused_since == NOON + timedelta(hours=12) and round(reading.share, 6) == round(12 / 72, 6)
    with transaction():
        assert {c.code for c in service.resume("report:1")} == paused
        assert service.resume("report:1") == []
    decision = the("DECISION")
    assert decision.due_at == NOON + timedelta(hours=120) and decision.alert_at == NOON + timedelta(hours=102)
    assert decision.state == "running" and round(queries.reading(decision).share, 6) == round(12 / 72, 6)


def test_urgent_clocks_never_stand_still(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Whatever is missing (law.md §3, what never stops)."""
    case = a_case("P0", "INTIMATE_DEEPFAKE")
    tell("submitted", case, priority="P0", kind="INTIMATE_DEEPFAKE")
    with transaction():
        assert service.pause("report:1", "returned") == []
    assert the("DECISION").state == "running"


def test_asking_late_does_not_mend_a_missed_time(app: APIFlask, clock: time_machine.Traveller) -> None:
    """A clock already over runs on."""
    case = a_case()
    tell("submitted", case)
    clock.shift(timedelta(hours=73))
    with transaction():
        assert "DECISION" not in {c.code for c in service.pause("report:1", "returned")}


def test_a_clock_that_stood_still_may_end_so(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Decided while the reporter is still looking for papers, far past the old due time: met, not late."""
    case = a_case()
    tell("submitted", case)
    tell("triaged", case)
    with transaction():
        service.pause("report:1", "returned")
    clock.shift(timedelta(days=9))
    tell("decided", case, on=f"case:{case}")
    decision = the("DECISION")
    assert decision.state == "met" and [p.until_at for p in decision.pauses] == [NOON + timedelta(days=9)]


def test_a_lead_is_told_at_three_quarters_and_at_the_breach_once_each(
    app: APIFlask, clock: time_machine.Traveller
) -> None:
    """And never of the same thing twice."""
    case = a_case()
    tell("valid", case)  # to forward it: 24 h; the measure: 72 h
    tell("forwarded", case)
    tell("interim", case)
    tell("submitted", case)
    tell("acknowledged", case)
    tell("triaged", case)
    clock.move_to(NOON + timedelta(hours=53))
    assert look() == 0
    clock.move_to(NOON + timedelta(hours=55))
    assert (look(), look()) == (1, 0)
    assert told() == [("DECISION", "alert")]
    clock.move_to(NOON + timedelta(hours=72, minutes=1))
    assert (look(), look()) == (1, 0)
    assert told() == [("DECISION", "alert"), ("DECISION", "breach")]
    assert the("DECISION").breached_at == NOON + timedelta(hours=72, minutes=1)
    clock.move_to(NOON + timedelta(hours=80))
    assert queries.reading(the("DECISION")).late_by == timedelta(hours=8)
    tell("decided", case, on=f"case:{case}")
    assert the("DECISION").state == "late" and len(told()) == 2
    breaches = db.session.query(AuditEntry).filter_by(verb="clock.breach")
    assert [entry.facts["clocks"][0]["code"] for entry in breaches] == ["DECISION"]


def test_after_a_standstill_one_letter_says_it_all(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Alert and due time both passed unseen: only the breach is told. Ended late unseen: told when it ends."""
    case = a_case()
    tell("submitted", case)
    tell("acknowledged", case)
    clock.move_to(NOON + timedelta(days=4))
    tell("triaged", case)
    assert told() == [("TRIAGE", "breach")]
    clock.shift(timedelta(seconds=1))
    assert look() == 1
    assert told() == [("TRIAGE", "breach"), ("DECISION", "breach")]


def test_a_pause_keeps_the_lead_from_being_told(app: APIFlask, clock: time_machine.Traveller) -> None:
    """And when the clock goes on, the alert comes as much later."""
    case = a_case()
    tell("submitted", case)
    tell("acknowledged", case)
    tell("triaged", case)
    with transaction():
        service.pause("report:1", "returned")
    clock.shift(timedelta(days=5))
    assert look() == 0
    with transaction():
        service.resume("report:1")
    clock.shift(timedelta(hours=53))
    assert look() == 0
    clock.shift(timedelta(hours=2))
    assert look() == 1 and told() == [("DECISION", "alert")]


def test_a_partys_period_is_nobodys_breach(app: APIFlask, clock: time_machine.Traveller) -> None:
    """The claimant's fifteen days run out: no lead is told, and the clock is met when the waiting ends."""
    case = a_case()
    tell("arrived", case, on="counter:1", regimes=("CN_ECOM",))
    clock.move_to(NOON + timedelta(days=20))
    assert look() == 0
    assert queries.reading(the("WAIT_ECOM", "counter:1")).late_by is None
    tell("wait_over", case, on="counter:1", regimes=("CN_ECOM",))
    assert the("WAIT_ECOM", "counter:1").state == "met" and the("RESTORE_EXEC", "counter:1").state == "running"


def test_fifteen_days_from_arrival_in_e_commerce(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Arrived on 16 November: to the end of 1 December in Shanghai. A number of the law, with its citation."""
    case = a_case()
    tell("arrived", case, on="counter:1", regimes=("CN_ECOM",))
    reading = queries.reading(the("WAIT_ECOM", "counter:1"))
    assert reading.due == datetime(2026, 12, 1, 15, 59, 59, 999999, tzinfo=UTC)
    assert reading.hard and reading.citations and not reading.assumed


def test_a_wait_that_ends_on_new_years_day_moves_and_says_it_rests_on_an_assumption(
    app: APIFlask, clock: time_machine.Traveller
) -> None:
    """Far ahead of what the State Council has announced."""
    case = a_case()
    tell("arrived", case, on="counter:1", regimes=("CN_ECOM",), at=datetime(2040, 9, 17, 4, tzinfo=UTC))
    reading = queries.reading(the("WAIT_ECOM", "counter:1"))
    assert reading.assumed and reading.due > datetime(2040, 10, 3, 16, tzinfo=UTC)


def test_ten_to_fourteen_business_days_across_thanksgiving(app: APIFlask, clock: time_machine.Traveller) -> None:
    """From receipt of the counter-notice, in the operator's zone; extended never by a pause."""
    case = a_case()
    tell("counter_valid", case, on="counter:1", regimes=("US_DMCA",))
    wait = the("WAIT_DMCA", "counter:1")
    assert wait.earliest_at == datetime(2026, 12, 1, 15, 59, 59, 999999, tzinfo=UTC)
    assert wait.due_at == datetime(2026, 12, 7, 15, 59, 59, 999999, tzinfo=UTC)
    with transaction():
        assert service.pause("counter:1", "returned") == []


def test_what_fell_away_is_neither_met_nor_missed(app: APIFlask, clock: time_machine.Traveller) -> None:
    """A withdrawn report; then the whole case, one clock of which stands still."""
    case = a_case()
    for on in ("report:1", "report:2"):
        tell("submitted", case, on=on)
    with transaction():
        service.cancel("report:1")
        service.pause("report:2", "returned")
    assert {c.state for c in queries.of_case(case) if c.on_id == "report:1"} == {"cancelled"}
    assert the("TRIAGE", "report:2").state in ("running", "paused")
    clock.shift(timedelta(days=30))
    with transaction():
        service.cancel_case(case)
    clocks = queries.of_case(case)
    assert {c.state for c in clocks} == {"cancelled"} and look() == 0
    assert all(p.until_at is not None for c in clocks for p in c.pauses)
    assert all(queries.reading(c).late_by is None for c in clocks)


def test_a_second_return_gives_the_full_time_again(app: APIFlask, clock: time_machine.Traveller) -> None:
    """The log keeps how the first time ended."""
    case = a_case()
    tell("returned", case)
    tell("completed", case)
    clock.shift(timedelta(days=3))
    with transaction():
        again = service.restart("CURE_NOTICE", "report:1", case_id=case, priority="P2")
    assert again is not None and again.state == "running"
    assert the("CURE_NOTICE").due_at == datetime(2026, 11, 29, 15, 59, 59, 999999, tzinfo=UTC)
    entry = db.session.query(AuditEntry).filter_by(verb="clock.restart").one()
    assert [(c["code"], c["state"]) for c in entry.facts["clocks"]] == [("CURE_NOTICE", "met")]


def test_a_clock_that_a_person_starts(app: APIFlask, clock: time_machine.Traveller) -> None:
    """Twenty more working days for papers that are being notarised, from the end of the fifteen."""
    case = a_case()
    tell("arrived", case, on="counter:1", regimes=("CN_CIVIL",))
    wait = the("WAIT_CIVIL", "counter:1")
    with transaction():
        longer = service.start(
            "WAIT_EXT_IP", "counter:1", case_id=case, priority="P2", regimes=("CN_CIVIL",), at=wait.due_at
        )
        assert longer is not None and longer.regime == "CN_CIVIL"
        assert service.start("WAIT_EXT_IP", "counter:1", case_id=case, priority="P2") is None
    # The fifteen end on 1 December; the 2nd is the first working day, the 29th the twentieth.
    assert the("WAIT_EXT_IP", "counter:1").due_at == datetime(2026, 12, 29, 15, 59, 59, 999999, tzinfo=UTC)


def test_at_risk_are_those_past_their_alert(app: APIFlask, clock: time_machine.Traveller) -> None:
    """The most overdue first; a party's clock is no risk of ours."""
    case = a_case()
    tell("submitted", case)
    tell("arrived", case, on="counter:1", regimes=("CN_ECOM",))
    clock.shift(timedelta(hours=20))
    assert {c.code for c in queries.at_risk()} == {"ACK", "TRIAGE"}
    clock.shift(timedelta(days=30))
    assert [c.code for c in queries.at_risk(1)] == ["ACK"] and len(queries.at_risk()) == 3
    readings = {r.code: r for r in queries.readings(case)}
    assert readings["TRIAGE"].share == 1.0 and readings["TRIAGE"].citations == book().clocks["TRIAGE"].bases


def test_the_minutes_look_costs_nothing_for_what_is_not_due(app: APIFlask, clock: time_machine.Traveller) -> None:
    """One query over the index of what has something to say, however many clocks run, are long late, or ended."""
    case = a_case()
    rows = [
        {
            "id": new_id(), "code": "DECISION", "on_id": f"report:{n}", "case_id": case, "regime": "HOUSE",
            "state": ("running", "running", "met")[n % 3], "priority": "P2", "span": {"hours": 72},
            "started_at": NOON, "due_at": NOON, "alert_at": NOON, "breached_at": NOON,
            "watch_at": NOON + timedelta(days=1) if n % 3 == 0 else None,
            "ended_at": NOON if n % 3 == 2 else None, "book_version": "1",
        }
        for n in range(6000)
    ]  # fmt: skip
    with transaction():
        db.session.execute(Clock.__table__.insert(), rows)
    clock.shift(timedelta(hours=1))
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    with transaction():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert service.watch() == 0
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 1
    if db.engine.dialect.name == "sqlite":
        look_up = "SELECT id FROM clock WHERE state = 'running' AND watch_at < '2026-11-16' ORDER BY watch_at LIMIT 100"
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {look_up}")).all()
        assert [row.detail for row in plan] == ["SEARCH clock USING INDEX ix_clock_watch (watch_at<?)"]


def test_the_timer_tells_all_that_is_due_batch_by_batch(app: APIFlask, clock: time_machine.Traveller) -> None:
    """More than one batch in one run of the job; a clock that is gone is said to be gone."""
    case = a_case()
    for n in range(service.BATCH // 2 + 1):
        tell("submitted", case, on=f"report:{n}")
    clock.shift(timedelta(days=10))
    with transaction():
        task = post("clocks.due").id
    assert run_task(task) == "done"
    assert len(told()) == 3 * (service.BATCH // 2 + 1)
    with pytest.raises(NotFound, match="no_such_clock"):
        queries.by_id("gone")
