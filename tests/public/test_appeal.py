"""A second look, asked for in the browser: once a side, in time, by a different person; and steps against misuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from tests.public.parties import MONDAY, decided, filed, lets_in, page, rejected, sends, the_case
from webapp.core.db import db, transaction
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions.rules import Choice


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def appeal_of(case: Case) -> Appeal:
    """The appeal as it is now."""
    db.session.rollback()
    return blind.of_case(case.id)[0]


def judged(case: Case, cast: Cast, choice: Choice | None, reason: str = "") -> None:
    """Mei, who is new to the case, takes it, finds, and decides."""
    appeal_id = appeal_of(case).id
    answer = "supported" if choice is None or choice.verdict == "upheld" else "not_supported"
    findings = {r.id: answer for r in cases.active_reports(case.id)}
    with transaction():
        appeals.take(appeal_id, cast.mei)
    with transaction():
        appeals.find(appeal_id, cast.mei, findings)
    with transaction():
        appeals.decide(appeal_id, cast.mei, choice, reason)


def test_a_reporter_appeals_once_against_a_rejection(
    clock: time_machine.Traveller, visitor: Visitor, stranger: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor)
    case = the_case(receipt)
    rejected(case, cast)
    address = f"/track/{receipt.reference}"
    told = page(visitor, address)
    assert "No violation was found." in told and "15 May 2027" in told
    assert "different person" in page(visitor, f"{address}/appeal")
    empty = visitor.post(f"{address}/appeal", {"text": " "})
    assert empty.status_code == 422 and "look" in said(empty)
    long = visitor.post(f"{address}/appeal", {"text": "x" * 4001})
    assert long.status_code == 422 and "x" * 4001 in long.text
    sends(visitor, f"{address}/appeal", {"text": "The signature is mine: bottom left."})
    told = page(visitor, address)
    assert "Under appeal" in told and "The signature is mine" in told
    again = visitor.post(f"{address}/appeal", {"text": "Once more"})
    assert again.status_code == 409 and "You have appealed already" in said(again)
    findings = {r.id: "supported" for r in cases.active_reports(case.id)}
    judged(case, cast, Choice(findings, "COPY_IMAGE", [("remove", None)], "The signature settles it."))
    told = page(visitor, address)
    assert "reversed the decision" in told and "The signature settles it." in told
    assert "Mei" not in told and "Two different pictures." in told  # the first decision stays readable
    mine = page(stranger, lets_in(stranger, cases.get(case.id)))
    assert "The signature settles it." in mine and "The signature is mine" not in mine


def test_the_account_appeals_and_the_decision_stays(
    clock: time_machine.Traveller, visitor: Visitor, stranger: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor)
    case = the_case(receipt)
    decided(case, cast)
    address = lets_in(stranger, case)
    sends(stranger, f"{address}/appeal", {"text": "I bought a licence."})
    assert "It goes to a person who had nothing to do with the first decision." in page(stranger, address)
    assert "I bought a licence." not in page(visitor, f"/track/{receipt.reference}")
    judged(case, cast, None, "The licence names another picture.")
    told = page(stranger, address)
    assert "The decision stays." in told and "The licence names another picture." in told
    assert stranger.post(f"{address}/appeal", {"text": "Again"}).status_code == 409


def test_after_the_window_the_door_is_shut(
    clock: time_machine.Traveller, visitor: Visitor, stranger: Visitor, cast: Cast
) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    clock.shift(timedelta(days=186))
    address = lets_in(stranger, case)
    told = page(stranger, address)
    assert "If you disagree" not in told
    late = stranger.post(f"{address}/appeal", {"text": "Too late?"})
    assert late.status_code == 409 and "The time to appeal is over." in said(late)
    late = stranger.post(f"{address}/counter", {"statement": "Too late?"})
    assert late.status_code == 409 and "The time for a counter-notice is over." in said(late)


def test_nothing_decided_is_nothing_to_appeal(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor)
    answer = visitor.post(f"/track/{receipt.reference}/appeal", {"text": "Hello"})
    assert answer.status_code == 409 and "nothing here you could appeal" in said(answer)


def test_a_step_against_misuse_is_told_with_reason_and_what_stays_open(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    """Bad faith leads to a step at once, by a person's finding with a reason; the page says so, and how to contest."""
    receipt = filed(visitor)
    case = the_case(receipt)
    decided(
        case,
        cast,
        findings={r.id: "not_supported" for r in cases.active_reports(case.id)},
        ground="",
        actions=[],
        reason="The pictures have nothing in common.",
        marks={receipt.report.id: "bad_faith"},
        mark_reason="The file was made up yesterday.",
    )
    told = page(visitor, f"/track/{receipt.reference}")
    assert "About your reports" in told and "The file was made up yesterday." in told
    assert "You can always report what is urgent" in told and "Write to us below by" in told
