"""Both sides read Chinese at every turn: what is missing, counter-notices, suits, appeals, putting right, misuse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.builders import picture
from tests.conftest import Cast
from tests.public.conftest import Visitor
from tests.public.parties import MONDAY, decided, filed, lets_in, rejected, sends, taken, the_case
from tests.reading import english
from webapp.core.audit import Actor
from webapp.core.db import transaction
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.claimants import service as claimants
from webapp.domain.cures import service as cures
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.reports import queries as reports

# What the parties and the desk wrote, which stays as written.
WROTE = (
    "This is my painting, mirrored and recoloured.",
    "Evening on the river",
    "Dusk on the lake",
    "The picture is a mirrored copy.",
    "Two different pictures.",
    "It looks like a copy.",
    "I painted this in 2019.",
    "Chen Mo",
    "@chenmo",
    "Zhou Ming",
    "demo · p1",
    "Mine.",
)
COUNTER = {
    "statement": "I painted this in 2019.",
    "defence": "LICENCE",
    "real_name": "Chen Mo",
    "contact": "chen.mo@example.org",
    "postal_address": "1 Happy Road, Hangzhou",
    "item": "Dusk on the lake",
    "evidence": "Mine.",
    "signature": "Chen Mo",
} | dict.fromkeys(("truth", "mistake", "jurisdiction", "service"), "y")


@pytest.fixture
def reader(app: APIFlask) -> Visitor:
    """A reporter reading Chinese."""
    return Visitor(app.test_client(), "zh")


@pytest.fixture
def account(app: APIFlask) -> Visitor:
    """The account behind the content, reading Chinese."""
    return Visitor(app.test_client(), "zh")


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def said_in_english(visitor: Visitor, *paths: str) -> list[str]:
    """What these pages, which must open, say in English besides what people wrote."""
    found = []
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found += english(answer.text, *WROTE)
    return found


def test_a_notice_that_lacks_something_is_asked_for_in_chinese(
    clock: time_machine.Traveller, reader: Visitor, cast: Cast
) -> None:
    """What is missing, a paper refused, a report that lapsed and is taken up again, and one that is too late for it."""
    sent = filed(reader, kind="VOICE", basis="AGENT", valid_to="2026-11-01", postal_address="", work_title="")
    address = f"/track/{sent.reference}"
    assert said_in_english(reader, address) == []
    for form in ({}, {"valid_to": "soon", "file_POA": (io.BytesIO(b""), "poa.jpg")}):
        assert english(reader.post(f"{address}/complete", form).text, *WROTE, "soon") == []
    clock.shift(timedelta(days=11))
    with transaction():
        case_verbs.lapse_returns()
    reader.post("/track", {"reference": sent.reference, "secret": sent.secret})
    assert said_in_english(reader, address) == []
    sends(reader, f"{address}/reopen")
    paper = {"file_POA": (io.BytesIO(picture(4)), "poa.jpg"), "matters": "Zhou Ming", "valid_to": "2027-06-30"}
    sends(reader, f"{address}/complete", paper)
    assert said_in_english(reader, address) == []
    with transaction():
        claimants.refuse(reports.by_reference(sent.reference).standing, Actor("staff", cast.rui.id), "Mine.")
    assert said_in_english(reader, address) == []
    assert english(reader.post(f"{address}/standing", {"code": "POA"}).text, *WROTE) == []


def test_a_counter_notice_is_chinese_on_both_sides(
    clock: time_machine.Traveller, reader: Visitor, account: Visitor, cast: Cast
) -> None:
    """From the decision to the day the content comes back, on the account's page and on the reporter's."""
    sent = filed(reader)
    case = the_case(sent)
    with transaction():
        case_verbs.take(case.id, cast.rui)
        case_verbs.forward(case, cases.active_reports(case.id)[0], cast.rui)
    mine, hers = lets_in(account, case), f"/track/{sent.reference}"
    assert said_in_english(account, mine) == []
    with transaction():
        decision_verbs.impose_interim(case.id, cast.rui, case.version, "disable", "It looks like a copy.")
    assert said_in_english(account, mine) + said_in_english(reader, hers) == []
    decided(cases.get(case.id), cast)
    assert said_in_english(account, mine, f"{mine}/counter") + said_in_english(reader, hers) == []
    assert english(account.post(f"{mine}/counter", {}).text, *WROTE) == []
    sends(account, f"{mine}/counter", COUNTER | {"evidence": ""})
    assert said_in_english(account, mine, f"{mine}/counter") == []
    sends(account, f"{mine}/counter", COUNTER)
    assert said_in_english(account, mine, f"{mine}/counter/withdraw") == []
    assert said_in_english(reader, hers, hers, f"{hers}/give-up") == []
    assert english(reader.post(f"{hers}/proof", {}).text, *WROTE) == []
    assert said_in_english(account, mine) == []
    clock.shift(timedelta(days=16))
    with transaction():
        appeals.elapse_due()
    reader.post("/track", {"reference": sent.reference, "secret": sent.secret})
    assert said_in_english(reader, hers) + said_in_english(account, lets_in(account, case)) == []
    late = {"kind": "suit", "files": [(io.BytesIO(picture(9)), "suit.jpg")]}
    assert english(reader.post(f"{hers}/proof", late).text, *WROTE) == []


def test_a_suit_and_a_claim_given_up_are_chinese(reader: Visitor, account: Visitor, cast: Cast) -> None:
    for number, end in enumerate(("proof", "give-up")):
        sent = filed(reader, content_ref=f"p1{number}")
        case = the_case(sent)
        decided(case, cast)
        mine, hers = lets_in(account, case), f"/track/{sent.reference}"
        sends(account, f"{mine}/counter", COUNTER)
        reader.get(hers)
        sends(reader, f"{hers}/{end}", {"kind": "suit", "files": [(io.BytesIO(picture(9)), "suit.jpg")]})
        assert said_in_english(account, mine) + said_in_english(reader, hers) == []


def test_an_appeal_is_chinese_on_both_sides(reader: Visitor, account: Visitor, cast: Cast) -> None:
    """The form, its mistakes, the wait, and what came of it."""
    sent = filed(reader)
    case = the_case(sent)
    rejected(case, cast)
    mine, hers = lets_in(account, case), f"/track/{sent.reference}"
    assert said_in_english(reader, hers, f"{hers}/appeal") + said_in_english(account, mine) == []
    assert english(reader.post(f"{hers}/appeal", {"text": " "}).text, *WROTE) == []
    sends(reader, f"{hers}/appeal", {"text": "Mine."})
    assert said_in_english(reader, hers) == []
    assert english(reader.post(f"{hers}/appeal", {"text": "Mine."}).text, *WROTE) == []
    appeal_id = blind.of_case(case.id)[0].id
    with transaction():
        appeals.take(appeal_id, cast.mei)
        appeals.find(appeal_id, cast.mei, {sent.report.id: "not_supported"})
        appeals.decide(appeal_id, cast.mei, None, "Two different pictures.")
    assert said_in_english(reader, hers) + said_in_english(account, mine) == []


@pytest.mark.parametrize("kind", ["AI_LABEL_MISSING", "VH_UNREGISTERED", "VH_LIVE_NO_HUMAN"])
def test_what_the_account_may_put_right_is_chinese(reader: Visitor, account: Visitor, cast: Cast, kind: str) -> None:
    """The offer or the live challenge, what comes of it, and a second tap on a button that is gone."""
    sent = filed(reader, kind=kind, basis="ANY")
    case = taken(the_case(sent), cast)
    phrase = ""
    with transaction():
        if kind == "VH_LIVE_NO_HUMAN":
            phrase = cures.challenge(case.id, cast.rui).phrase
        else:
            cures.offer(case.id, cast.rui)
    mine, hers = lets_in(account, case), f"/track/{sent.reference}"
    own = (*WROTE, *phrase.split(" · "))
    assert english(account.get(mine).text, *own) + said_in_english(reader, hers) == []
    for _tap in ("first", "second"):
        assert english(account.post(f"{mine}/cure").text, *own) == []
    assert english(account.get(mine).text, *own) + said_in_english(reader, hers) == []


def test_misuse_of_reporting_is_told_in_chinese(reader: Visitor, cast: Cast) -> None:
    sent = filed(reader)
    marks = {sent.report.id: "bad_faith"}
    findings = {sent.report.id: "not_supported"}
    decided(the_case(sent), cast, findings=findings, ground="", actions=[], marks=marks, mark_reason="Mine.")
    assert said_in_english(reader, f"/track/{sent.reference}") == []
