"""What the queue sorts by: how urgent, whose clock, which reporters; and reports that may come from one source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER, send
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.core.sealed import blind_index
from webapp.domain.cases import queries, service
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import alike, groups, priority_of, rank
from webapp.domain.conduct.models import ConductStep
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries as queues
from webapp.domain.reports.models import Report

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
RUMOUR = "The mayor never said this. The clip is made by a machine, please take it down before more people see it!"


def slow_down(email: str, report: Report, cast: Cast) -> None:
    """A step taken against this address."""
    with transaction():
        step = ConductStep(
            id=new_id(),
            reporter_index=blind_index(email),
            report_id=report.id,
            step="slower",
            marks=3,
            reports=4,
            staff_id=cast.rui.id,
            from_at=now(),
            until_at=now() + timedelta(days=30),
        )
        db.session.add(step)


def case_of(report: Report) -> Case:
    return queries.get(queries.case_of(report.id).id)


@pytest.mark.parametrize(
    ("urgent", "steps", "expected"),
    [
        (True, ["slower"], 0),
        (False, [""], 1),
        (False, ["slower"], 2),
        (False, ["slower", ""], 1),  # one honest reporter is enough
        (False, ["slower", "slower"], 2),
        (False, ["slower", "suspended"], 2),  # worse than slowed is not better off
        (False, ["warning"], 1),
        (False, [], 1),
    ],
)
def test_rank(urgent: bool, steps: Sequence[str], expected: int) -> None:
    """Urgent?, the steps in force against its reporters → 0 first, 1, 2 last."""
    assert rank(urgent, steps) == expected


@pytest.mark.parametrize(
    ("kind", "circumstances", "expected"),
    [
        ("FABRICATION_RUMOUR", (), "P2"),
        ("FABRICATION_RUMOUR", ("disaster",), "P0"),
        ("FRAUD", ("disaster",), "P0"),  # not one of its own circumstances
        ("AI_LABEL_MISSING", (), "P3"),
    ],
)
def test_circumstances_raise_the_priority(
    app: APIFlask, kind: str, circumstances: tuple[str, ...], expected: str
) -> None:
    """Kind, what the reporter ticked → priority, in the rules and on the case."""
    report = send(kind, circumstances=circumstances)
    assert priority_of(report, book()) == case_of(report).priority == expected
    assert case_of(report).rank == (0 if book().urgent(expected) else 1)


def test_who_misused_the_form_waits_behind_the_others_but_not_with_an_urgent_kind(app: APIFlask, cast: Cast) -> None:
    """Rank comes before the due time; a second, honest reporter lifts the case to the others."""
    with time_machine.travel(NOON, tick=False) as clock:
        before = send(email="misuse@example.org", content_ref="a")
        slow_down("misuse@example.org", before, cast)
        slowed = send(email="misuse@example.org", content_ref="b")
        clock.move_to(NOON + timedelta(hours=5))
        later = send(content_ref="c")
        urgent = send("FRAUD", email="misuse@example.org", content_ref="d")
        order = [case_of(r).id for r in (urgent, before, later, slowed)]
        assert [c.id for c in queues.page(cast.rui)] == order
        assert [case_of(r).rank for r in (urgent, before, later, slowed)] == [0, 1, 1, 2]
        send(email="honest@example.org", content_ref="b")
        assert case_of(slowed).rank == 1


def test_the_strictest_clock_of_the_desk_leads(app: APIFlask, cast: Cast) -> None:
    """First the look, then what is due next; each step moves the case in the queue."""
    with time_machine.travel(NOON, tick=False):
        report = send("LIKENESS", regimes=("CN_CIVIL",))
        case = case_of(report)
        assert (case.due_code, case.due_at) == ("TRIAGE", NOON + timedelta(hours=4))
        with transaction():
            service.take(case.id, cast.rui)
        case = case_of(report)
        assert (case.due_code, case.due_at) == ("INTERIM", NOON + timedelta(hours=12))
        with transaction():
            service.tell_clocks(case, "interim")
            service.forward(case, report, cast.rui)
        assert (case_of(report).due_code, case_of(report).due_at) == ("DECISION", NOON + timedelta(hours=48))
        with transaction():
            service.tell_clocks(case_of(report), "decided")
        assert case_of(report).due_code == ""


def test_a_second_report_never_moves_the_first_ones_deadline(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = send()
        clock.move_to(NOON + timedelta(hours=10))
        second = send(email="b@example.org")
        assert case_of(second).due_at == NOON + timedelta(hours=24)
        with transaction():
            service.withdraw(first, REPORTER)
        assert case_of(second).due_at == NOON + timedelta(hours=34)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (RUMOUR, RUMOUR.upper() + "!!", True),
        (RUMOUR, RUMOUR.replace("take it down", "remove it"), True),
        (RUMOUR, "My neighbour's voice was copied into an advertisement for a bank.", False),
        ("这段视频是假的，市长从来没有说过这句话", "这段视频是假的!市长从来没有说过这句话。", True),
        ("", "", False),
        ("。", "!", False),
    ],
)
def test_one_wording(one: str, other: str, same: bool) -> None:
    """Two texts → one wording? Case, width and punctuation count for nothing, a word changed neither."""
    assert alike(one, other) is same


def test_links_join_into_groups() -> None:
    """A and B share an address, B and C a text: one group. D stands alone; anonymous reports share no address."""
    found = groups(
        {"a": "x", "b": "x", "c": "", "d": ""},
        {"a": "I saw this on the train.", "b": RUMOUR, "c": RUMOUR, "d": "It is not true."},
    )
    assert found == [(("a", "b", "c"), ("same_address", "same_words"))]


def test_three_reports_perhaps_one_source(app: APIFlask) -> None:
    """The desk is told of it; a fourth in her own words is not in the group, nor is one withdrawn."""
    kind = "FABRICATION_RUMOUR"
    three = [send(kind, email=f"r{n}@example.org", wrong=RUMOUR + " " * n + "." * n) for n in range(3)]
    own = send(kind, email="own@example.org", wrong="I was at the meeting; he talked about the bridge only.")
    case = case_of(own)
    (group,) = queries.correlated(case.id)
    assert [r.id for r in group.reports] == [r.id for r in three] and group.why == ("same_words",)
    with transaction():
        service.withdraw(three[0], REPORTER)
        service.withdraw(three[1], REPORTER)
    assert queries.correlated(case.id) == []
