"""The reporter's page through the stages of a case: forwarded, held for now, put right, decided, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from tests.public.parties import MONDAY, decided, filed, page, rejected, taken, the_case
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.claimants import service as claimants
from webapp.domain.cures import queries as cure_queries
from webapp.domain.cures import service as cures
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.rules import Choice
from webapp.domain.reports import queries as reports


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def test_forwarding_and_a_provisional_measure_are_told_in_short(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor)
    case = taken(the_case(receipt), cast)
    with transaction():
        case_verbs.forward(case, cases.active_reports(case.id)[0], cast.rui)
    clock.shift(timedelta(hours=1))
    case = taken(the_case(receipt), cast)
    with transaction():
        decision_verbs.impose_interim(case.id, cast.rui, case.version, "disable", "INTERIMWORDS of the reviewer.")
    told = page(visitor, f"/track/{receipt.reference}")
    assert "Your notice was passed on to the account" in told
    assert "Provisional measure" in told and "A provisional measure was taken" in told
    assert "INTERIMWORDS" not in told  # the reasons are the account's
    assert "A reviewer decides by" in told


def test_put_right_by_the_account(clock: time_machine.Traveller, visitor: Visitor, cast: Cast) -> None:
    receipt = filed(visitor, kind="AI_LABEL_MISSING", basis="ANY")
    case = taken(the_case(receipt), cast)
    with transaction():
        cures.offer(case.id, cast.rui)
    told = page(visitor, f"/track/{receipt.reference}")
    assert "The account has a few days to put it right by itself" in told
    with transaction():
        offer = cure_queries.offer_of(case.id)
        assert offer is not None
        cures.cure(offer.id)
    told = page(visitor, f"/track/{receipt.reference}")
    assert "The account put it right by itself" in told and "points" not in told


def test_a_hint_is_called_one(clock: time_machine.Traveller, visitor: Visitor) -> None:
    receipt = filed(visitor, basis="ANY", proofs={})
    told = page(visitor, f"/track/{receipt.reference}")
    assert "Hint" in told and "You are not harmed yourself" in told
    assert "You are not harmed yourself" not in page(visitor, f"/track/{filed(visitor).reference}")


def test_a_reporter_reads_only_what_answers_her_own_report(
    clock: time_machine.Traveller, visitor: Visitor, stranger: Visitor, cast: Cast
) -> None:
    """Of two reports one is right, one is not: the second learns neither reason nor measures, which speak of the
    first."""
    right = filed(visitor)
    wrong = filed(stranger, email="wu@example.org", name="Wu Di")
    case = the_case(right)
    findings = {right.report.id: "supported", wrong.report.id: "not_supported"}
    decided(case, cast, findings=findings)
    hers = page(visitor, f"/track/{right.reference}")
    assert "The picture is a mirrored copy." in hers and "Remove the content" in hers
    other = page(stranger, f"/track/{wrong.reference}")
    assert "No violation was found." in other
    assert "mirrored copy" not in other and "Remove the content" not in other


def test_a_checked_standing_is_told_until_when(clock: time_machine.Traveller, visitor: Visitor, cast: Cast) -> None:
    receipt = filed(visitor, kind="VOICE", basis="AGENT", postal_address="", work_title="", valid_to="2026-12-31")
    with transaction():
        held = reports.by_reference(receipt.reference).standing
        claimants.verify(held, Actor("staff", cast.rui.id), "V2")
    told = page(visitor, f"/track/{receipt.reference}")
    assert "I am an authorised agent" in told and "Checked" in told and "31 December 2026" in told
    clock.shift(timedelta(days=60))
    visitor.post("/track", {"reference": receipt.reference, "secret": receipt.secret})
    told = page(visitor, f"/track/{receipt.reference}")
    assert "Run out" in told and "Please send a new paper" in told


def test_the_later_letter_can_be_stopped_from_the_page(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor, kind="INTIMATE_DEEPFAKE", postal_address="", work_title="")
    case = taken(the_case(receipt), cast)
    choice = Choice({receipt.report.id: "supported"}, case.kind, [("remove", None)], "It is her, and it is made.")
    with transaction():
        proposal = decision_verbs.decide(case.id, cast.rui, case.version, choice)
    with transaction():
        decision_verbs.agree(proposal.id, cast.mei)
    html = visitor.get(f"/track/{receipt.reference}").text
    link = html.split('href="/letters/stop', 1)[1].split('"', 1)[0]
    assert visitor.post(f"/letters/stop{link}").status_code == 200
    assert "/letters/stop" not in visitor.get(f"/track/{receipt.reference}").text


def test_a_rejection_shows_the_question_it_answers_and_the_way_on(
    clock: time_machine.Traveller, visitor: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor)
    rejected(the_case(receipt), cast)
    told = page(visitor, f"/track/{receipt.reference}")
    assert "What was asked" in told and "Two different pictures." in told and "Appeal" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_of_either_side_needs_inline_script_or_style(
    visitor: Visitor, stranger: Visitor, cast: Cast, lang: str
) -> None:
    receipt = filed(visitor, postal_address="")
    html = visitor.get(f"/track/{receipt.reference}?lang={lang}").text
    assert " style=" not in html and "<script>" not in html and " onclick=" not in html
    ids = [part.split('"', 1)[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    db.session.rollback()
    assert "Traceback" not in said(stranger.get(f"/track/{receipt.reference}"))
