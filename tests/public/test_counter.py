"""The counter-notice in both browsers: the law's fields, the redacted copy, the waiting time, suit or restoring."""

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
from tests.public.parties import MONDAY, decided, filed, lets_in, names, page, sends, the_case
from webapp.core.db import db, transaction
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.intake.service import Receipt

WHOLE = {
    "statement": "I painted this in 2019. Call me at 13800138000.",
    "defence": "LICENCE",
    "real_name": "Chen Mo",
    "contact": "13800138000",
    "postal_address": "1 Happy Road, Hangzhou",
    "item": "Dusk, p1",
    "evidence": "My layered source file.",
    "truth": "y",
    "mistake": "y",
    "jurisdiction": "y",
    "service": "y",
    "signature": "Chen Mo",
}


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


@pytest.fixture
def receipt(clock: time_machine.Traveller, visitor: Visitor) -> Receipt:
    """A notice about a work."""
    return filed(visitor, email="canary@example.org", wrong="CANARYWORDS: this is my painting.")


@pytest.fixture
def case(receipt: Receipt, cast: Cast) -> Case:
    """Its content is taken down."""
    case = the_case(receipt)
    decided(case, cast)
    return case


def answered(account: Visitor, case: Case, **changes: object) -> str:
    """The account sends its counter-notice; gives its page's address."""
    address = lets_in(account, case)
    sends(account, f"{address}/counter", WHOLE | changes)
    return address


def counter_of(case: Case) -> CounterNotice:
    """The counter-notice as it is now."""
    db.session.rollback()
    return queries.of_case(case.id)[0]


def ticks() -> None:
    """What the timers do."""
    for verb in (appeals.arrive_due, appeals.remind_due, appeals.elapse_due):
        with transaction():
            verb()


def back(visitor: Visitor, receipt: Receipt) -> str:
    """The reporter opens her page again after days; gives its words."""
    visitor.post("/track", {"reference": receipt.reference, "secret": receipt.secret})
    return page(visitor, f"/track/{receipt.reference}")


def test_the_form_asks_what_the_law_asks_and_says_who_reads_it(stranger: Visitor, case: Case) -> None:
    address = lets_in(stranger, case)
    assert "Send a counter-notice" in page(stranger, address)
    html = stranger.get(f"{address}/counter").text
    assert {"statement", "defence", "real_name", "contact", "evidence", "truth", "files"} == names(html)
    told = page(stranger, f"{address}/counter")
    assert "The other side learns this name." in told and "15 days" in told
    assert "Your address and how to reach you stay with us" in told


def test_an_empty_counter_notice_is_refused_and_keeps_what_was_typed(stranger: Visitor, case: Case) -> None:
    address = lets_in(stranger, case)
    answer = stranger.post(f"{address}/counter", {"real_name": "Chen Mo"})
    assert answer.status_code == 422 and "Chen Mo" in answer.text
    bad = WHOLE | {"files": [(io.BytesIO(b""), "source.jpg")]}
    answer = stranger.post(f"{address}/counter", bad)
    assert answer.status_code == 422 and "source.jpg: This file is empty" in said(answer)
    assert queries.of_case(case.id) == [] and queries.proofs(case.id) == []


def test_what_is_missing_is_added_on_the_same_page(stranger: Visitor, case: Case) -> None:
    address = answered(stranger, case, evidence="")
    told = page(stranger, address)
    assert "Your counter-notice is not complete" in told and "First evidence that it does not infringe" in told
    form = stranger.get(f"{address}/counter").text
    assert "I painted this in 2019." in form and 'value="Chen Mo"' in form
    rest = WHOLE | {"evidence": "", "files": [(io.BytesIO(picture(6)), "layers.jpg")]}
    sends(stranger, f"{address}/counter", rest)
    assert counter_of(case).state == "forwarded"
    told = page(stranger, address)
    assert "Passed on" in told and "layers.jpg" in told and "Send a counter-notice" not in told
    again = stranger.post(f"{address}/counter", WHOLE)
    assert again.status_code == 409 and "Your counter-notice is here already" in said(again)


def test_she_reads_the_redacted_copy_and_reading_is_its_arrival(
    stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case
) -> None:
    """Her page shows statement and name, nothing to find the account by; the account's page nothing of her."""
    address = answered(stranger, case)
    assert counter_of(case).state == "forwarded"
    told = page(visitor, f"/track/{receipt.reference}")
    assert counter_of(case).state == "waiting"
    assert "I painted this in 2019." in told and "Chen Mo" in told
    for private in ("13800138000", "Happy Road", "chen.mo@example.org", "@chenmo"):
        assert private not in visitor.get(f"/track/{receipt.reference}").text
    assert "is put back after" in told and "1 Dec 2026" in told  # fifteen days from arrival on 16 November
    mine = page(stranger, address)
    assert "Your content comes back after" in mine and "1 Dec 2026" in mine and "It has arrived for certain" in mine
    for private in ("canary@", "CANARYWORDS", receipt.reference, "Lake Road"):
        assert private not in stranger.get(address).text


def test_without_a_suit_the_content_is_back(
    clock: time_machine.Traveller, stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case
) -> None:
    answered(stranger, case)
    page(visitor, f"/track/{receipt.reference}")
    clock.shift(timedelta(days=16))
    ticks()
    assert decisions.in_force(case.id) == []
    told = back(visitor, receipt)
    assert "You can still go to court" in told and "cannot be made to us again" not in told
    assert "Did you go to court" not in told
    late = {"kind": "suit", "files": [(io.BytesIO(picture(9)), "suit.jpg")]}
    answer = visitor.post(f"/track/{receipt.reference}/proof", late)
    assert answer.status_code == 409 and "The content is back already" in said(answer)
    mine = page(stranger, lets_in(stranger, case))
    assert "Content restored" in mine and "The measures are over" in mine


def test_under_the_copyright_rules_the_same_notice_is_barred_afterwards(
    clock: time_machine.Traveller, stranger: Visitor, visitor: Visitor, cast: Cast
) -> None:
    receipt = filed(visitor, kind="RMI_REMOVED")
    case = the_case(receipt)
    decided(case, cast)
    assert {"postal_address", "item"} <= names(stranger.get(f"{lets_in(stranger, case)}/counter").text)
    answered(stranger, case)
    page(visitor, f"/track/{receipt.reference}")
    clock.shift(timedelta(days=16))
    ticks()
    assert "cannot be made to us again" in back(visitor, receipt)


def test_proof_of_suit_holds_everything(
    clock: time_machine.Traveller, stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case
) -> None:
    answered(stranger, case)
    page(visitor, f"/track/{receipt.reference}")
    address = f"/track/{receipt.reference}"
    bare = visitor.post(f"{address}/proof", {"files": [(io.BytesIO(picture(9)), "suit.jpg")]})
    assert bare.status_code == 422 and "whether you went to court" in said(bare)
    assert visitor.post(f"{address}/proof", {"kind": "suit"}).status_code == 422
    sends(visitor, f"{address}/proof", {"kind": "suit", "files": [(io.BytesIO(picture(9)), "suit.jpg")]})
    told = page(visitor, address)
    assert "You went to court." in told and "suit.jpg" in told
    clock.shift(timedelta(days=30))
    ticks()
    assert counter_of(case).state == "held" and decisions.in_force(case.id) != []
    mine = page(stranger, lets_in(stranger, case))
    assert "The other side went to court or to an authority" in mine and "suit.jpg" not in mine


def test_giving_the_claim_up_asks_once_and_restores(
    stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case
) -> None:
    answered(stranger, case)
    address = f"/track/{receipt.reference}"
    assert "Give the claim up?" in page(visitor, f"{address}/give-up")
    assert counter_of(case).state == "forwarded"
    sends(visitor, f"{address}/give-up")
    assert counter_of(case).state == "restored"
    assert "You gave your claim up" in page(visitor, address)


def test_the_account_can_take_it_back(stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case) -> None:
    address = answered(stranger, case)
    assert "Take the counter-notice back?" in page(stranger, f"{address}/counter/withdraw")
    sends(stranger, f"{address}/counter/withdraw")
    assert "Taken back" in page(stranger, address)
    assert "The other side took the counter-notice back" in page(visitor, f"/track/{receipt.reference}")


def test_the_american_form_asks_for_perjury_jurisdiction_and_service(
    clock: time_machine.Traveller, stranger: Visitor, visitor: Visitor, cast: Cast
) -> None:
    """Under penalty of perjury; the name goes to the claimant, the address only as a mask."""
    receipt = filed(visitor, elected=["US_DMCA"])
    case = the_case(receipt)
    decided(case, cast)
    address = lets_in(stranger, case)
    asked = names(stranger.get(f"{address}/counter").text)
    assert {"mistake", "jurisdiction", "service", "signature", "postal_address"} <= asked
    told = page(stranger, f"{address}/counter")
    assert "17 USC 512(f)" in told and "Under penalty of perjury" in told and "10–14 US business days" in told
    sends(stranger, f"{address}/counter", WHOLE)
    hers = visitor.get(f"/track/{receipt.reference}").text
    assert "Chen Mo" in hers and "•••" in hers and "Happy Road" not in hers


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens_in_both_languages(
    stranger: Visitor, visitor: Visitor, receipt: Receipt, case: Case, lang: str
) -> None:
    address = answered(stranger, case, evidence="")
    for path in (address, f"{address}/counter", f"{address}/counter/withdraw", f"{address}/appeal"):
        assert stranger.get(f"{path}?lang={lang}").status_code == 200, path
    sends(stranger, f"{address}/counter", WHOLE)
    for path in ("", "/give-up", "/appeal", "/withdraw"):
        assert visitor.get(f"/track/{receipt.reference}{path}?lang={lang}").status_code == 200, path
