"""A notice that was sent back: what is missing in words, the form for exactly that, lapse, and the same link again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.builders import picture
from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from tests.public.parties import MONDAY, filed, names, page, sends, taken, the_case
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.claimants import service as claimants
from webapp.domain.intake.completing import still_missing
from webapp.domain.intake.service import Receipt
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def report_of(receipt: Receipt) -> Report:
    """The report as it is now."""
    db.session.rollback()
    return reports.by_reference(receipt.reference)


def lapses() -> None:
    """What the timer does."""
    with transaction():
        case_verbs.lapse_returns()


def test_the_form_asks_for_exactly_what_is_missing(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor, postal_address="", work_title="")
    assert set(receipt.missing) == {"ADDRESS", "WORK"}
    address = f"/track/{receipt.reference}"
    told = page(visitor, address)
    assert "Something is missing" in told and "Copyright notices must name it by law" in told
    assert "10 days left" in told and "stands still" in told
    asked = names(visitor.get(address).text)
    assert {"postal_address", "work_title"} <= asked and not {"signature", "name", "source"} & asked
    sends(visitor, f"{address}/complete", {"postal_address": "8 Lake Road"})
    assert still_missing(report_of(receipt)) == ["WORK"]
    assert "Copyright notices must name it by law" not in page(visitor, address)
    sends(visitor, f"{address}/complete", {"work_title": "Evening"})
    told = page(visitor, address)
    assert "Nothing is missing any more" in told and "A reviewer decides by" in told
    assert cases.entry_of(receipt.report.id).notice == "complete"
    assert visitor.post(f"{address}/complete", {"work_title": "Evening"}).status_code == 409


def test_a_missing_paper_is_asked_as_a_file_with_its_term(clock: time_machine.Traveller, visitor: Visitor) -> None:
    """An agent whose authority lacks: the paper, what it is for, until when; a bad day keeps everything typed."""
    receipt = filed(visitor, kind="VOICE", basis="AGENT", valid_to="2026-11-01", postal_address="", work_title="")
    assert "POA" in receipt.missing
    address = f"/track/{receipt.reference}"
    assert {"file_POA", "matters", "valid_to"} <= names(visitor.get(address).text)
    paper = {"file_POA": (io.BytesIO(picture(4)), "poa.jpg"), "matters": "Voice of Zhou Ming", "valid_to": "soon"}
    answer = visitor.post(f"{address}/complete", paper)
    assert answer.status_code == 409 and "2026-12-31" in said(answer) and "Voice of Zhou Ming" in answer.text
    assert "poa.jpg" not in page(visitor, address)
    again = paper | {"file_POA": (io.BytesIO(picture(4)), "poa.jpg"), "valid_to": "2027-06-30"}
    sends(visitor, f"{address}/complete", again)
    assert cases.entry_of(receipt.report.id).notice == "complete"
    assert "poa.jpg" in page(visitor, address)


def test_a_refused_file_keeps_nothing_and_says_why(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor, kind="VOICE", basis="AGENT", postal_address="", work_title="", proofs={})
    address = f"/track/{receipt.reference}"
    paper = {"file_POA": (io.BytesIO(b""), "poa.jpg"), "matters": "Voice of Zhou Ming"}
    answer = visitor.post(f"{address}/complete", paper)
    assert answer.status_code == 422 and "poa.jpg: This file is empty" in said(answer)
    assert "Voice of Zhou Ming" in answer.text
    empty = visitor.post(f"{address}/complete", {})
    assert empty.status_code == 422 and "Please fill in what is missing." in said(empty)
    assert still_missing(report_of(receipt)) == list(receipt.missing)


def test_what_the_desk_asks_in_words_is_answered_in_words(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    """What was written stays as it was sent; the answer is a message beside it."""
    receipt = filed(visitor)
    case = taken(the_case(receipt), cast)
    with transaction():
        report = cases.active_reports(case.id)[0]
        case_verbs.return_for_completion(report, ["REASON"], "Which part is yours?", cast.rui)
    address = f"/track/{receipt.reference}"
    assert "Which part is yours?" in page(visitor, address)
    sends(visitor, f"{address}/complete", {"text_REASON": "The whole left half."})
    assert "The whole left half." in page(visitor, address)
    assert cases.entry_of(receipt.report.id).notice == "complete"
    assert report_of(receipt).wrong == "This is my painting, mirrored and recoloured."


def test_a_lapsed_report_is_taken_up_by_the_same_page(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor, postal_address="")
    address = f"/track/{receipt.reference}"
    clock.shift(timedelta(days=11))
    lapses()
    visitor.post("/track", {"reference": receipt.reference, "secret": receipt.secret})
    told = page(visitor, address)
    assert "This report has lapsed" in told and "Take it up again" in told and "Withdraw the report" not in told
    sends(visitor, f"{address}/reopen")
    assert "10 days left" in page(visitor, address)
    clock.shift(timedelta(days=11))
    lapses()
    clock.shift(timedelta(days=91))
    visitor.post("/track", {"reference": receipt.reference, "secret": receipt.secret})
    assert "The time to take it up again is over" in page(visitor, address)
    late = visitor.post(f"{address}/reopen")
    assert late.status_code == 409 and "lapsed too long ago" in said(late)


def test_an_urgent_report_is_never_held_up(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor, kind="INTIMATE_DEEPFAKE", name="", postal_address="", work_title="")
    told = page(visitor, f"/track/{receipt.reference}")
    assert "Something is missing" not in told and "A reviewer decides by" in told
    assert "no intimate pictures" in told


def test_a_refused_standing_is_renewed_by_a_new_paper(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor, kind="VOICE", basis="AGENT", postal_address="", work_title="")
    with transaction():
        claimants.refuse(report_of(receipt).standing, Actor("staff", cast.rui.id), "The signature is missing.")
    address = f"/track/{receipt.reference}"
    told = page(visitor, address)
    assert "The papers were not enough" in told and "The signature is missing." in told
    nothing = visitor.post(f"{address}/standing", {"code": "POA"})
    assert nothing.status_code == 422 and "No file arrived" in said(nothing)
    sends(
        visitor,
        f"{address}/standing",
        {"code": "POA", "paper": (io.BytesIO(picture(8)), "signed.jpg"), "valid_to": "2027-01-31"},
    )
    told = page(visitor, address)
    assert "Not checked yet" in told and "signed.jpg" in told and "31 January 2027" in told
    assert report_of(receipt).standing.state == "claimed"


def test_nobody_completes_the_report_of_another(
    clock: time_machine.Traveller, visitor: Visitor, stranger: Visitor
) -> None:
    receipt = filed(visitor, postal_address="")
    for path in ("complete", "reopen", "standing", "proof", "give-up", "appeal"):
        answer = stranger.post(f"/track/{receipt.reference}/{path}", {"postal_address": "Elsewhere", "text": "x"})
        assert answer.status_code == 404
    assert still_missing(report_of(receipt)) == ["ADDRESS"]
