"""The account's page at every stage: opened by the letter's link alone, and nothing of any reporter on it."""

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
from tests.public.parties import MONDAY, decided, filed, lets_in, page, rejected, sends, taken, the_case
from webapp.core.db import db, transaction
from webapp.core.links import sign
from webapp.domain.appeals import queries as answers
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cures import queries as cure_queries
from webapp.domain.cures import service as cures
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


@pytest.fixture
def account(stranger: Visitor) -> Visitor:
    """The account behind the content."""
    return stranger


@pytest.mark.parametrize(("lang", "words"), [("en", "Remove the content"), ("zh", "删除内容")])
def test_it_tells_once_what_was_done_and_why(
    visitor: Visitor, account: Visitor, cast: Cast, lang: str, words: str
) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    told = page(account, f"{lets_in(account, case)}?lang={lang}")
    assert "The picture is a mirrored copy." in told
    assert told.count(words) == 1  # the statement says it; nothing else repeats it


def test_the_link_opens_one_case_and_no_other(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    assert account.get(f"/respond/{case.reference}").status_code == 404
    assert account.get(f"/respond/{case.reference}?token={sign('respond', 'another')}").status_code == 404
    assert account.get(f"/respond/{case.reference}?token={sign('track', case.id)}").status_code == 404
    for path in ("cure", "proof", "counter", "counter/withdraw", "appeal"):
        assert account.post(f"/respond/{case.reference}/{path}", {"text": "x"}).status_code == 404


def test_the_link_outlives_every_window_to_answer(
    clock: time_machine.Traveller, visitor: Visitor, account: Visitor, cast: Cast
) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    link = f"/respond/{case.reference}?token={sign('respond', case.id)}"
    clock.shift(timedelta(days=180 + 15 + 30))
    assert account.get(link).status_code == 302
    clock.shift(timedelta(days=400))
    assert account.get(link).status_code == 404


def test_a_forwarded_notice_is_told_before_anything_is_decided(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    """What right, which law, what to do; not a word the reporter wrote, nor who she is (likeness: no name at all)."""
    receipt = filed(
        visitor,
        kind="LIKENESS",
        name="Zhou Canary",
        email="canary@example.org",
        wrong="CANARYWORDS this is my face.",
        postal_address="",
    )
    case = taken(the_case(receipt), cast)
    with transaction():
        case_verbs.forward(case, cases.active_reports(case.id)[0], cast.rui)
    told = page(account, lets_in(account, case))
    assert "What is claimed" in told and "Civil Code" in told
    assert "Nothing is decided yet" in told
    html = account.get(f"/respond/{case.reference}").text
    for private in ("Canary", "canary@", "CANARYWORDS", receipt.reference, "Zhou"):
        assert private not in html


def test_a_tip_is_never_told(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = the_case(filed(visitor, basis="ANY", proofs={}))
    told = page(account, lets_in(account, case))
    assert "What is claimed" not in told and "passed on" not in told


def test_a_provisional_measure_is_told_with_its_end(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = taken(the_case(filed(visitor)), cast)
    with transaction():
        decision_verbs.impose_interim(case.id, cast.rui, case.version, "disable", "It looks like a copy.")
    told = page(account, lets_in(account, case))
    assert "Provisional measure" in told and "It looks like a copy." in told
    assert "Appeal" not in told  # nothing to contest yet; the page takes what the account says


def test_one_tap_adds_the_label_and_closes_the_case(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = taken(the_case(filed(visitor, kind="AI_LABEL_MISSING", basis="ANY")), cast)
    with transaction():
        cures.offer(case.id, cast.rui)
    address = lets_in(account, case)
    assert "Add the AI label now" in page(account, address)
    sends(account, f"{address}/cure")
    told = page(account, address)
    assert "your account gets no points" in told and "Add the AI label now" not in told
    assert the_case_state(case.id) == "closed"
    again = account.post(f"{address}/cure")
    assert again.status_code == 409 and "This offer is over already" in said(again)
    assert [d.stage for d in decisions.all_of(case.id)] == ["cure"]


def test_a_lapsed_offer_has_no_button(
    clock: time_machine.Traveller, visitor: Visitor, account: Visitor, cast: Cast
) -> None:
    case = taken(the_case(filed(visitor, kind="VH_UNREGISTERED", basis="ANY")), cast)
    with transaction():
        cures.offer(case.id, cast.rui)
    address = lets_in(account, case)
    assert "I have registered the virtual human" in page(account, address)
    clock.shift(timedelta(days=8))
    with transaction():
        cures.lapse_due()
    address = lets_in(account, cases.get(case.id))
    told = page(account, address)
    assert "I have registered the virtual human" not in told
    assert "The time to put it right by yourself is over" in told
    assert account.post(f"{address}/cure").status_code == 409


def test_a_live_challenge_shows_its_phrase_while_it_runs(
    clock: time_machine.Traveller, visitor: Visitor, account: Visitor, cast: Cast
) -> None:
    case = taken(the_case(filed(visitor, kind="VH_LIVE_NO_HUMAN", basis="ANY")), cast)
    with transaction():
        asked = cures.challenge(case.id, cast.rui)
        phrase = asked.phrase
    address = lets_in(account, case)
    told = page(account, address)
    assert all(line in told for line in phrase.split(" · ")) and "minutes left" in told
    clock.shift(timedelta(minutes=6))
    assert phrase.split(" · ")[1] not in page(account, address)
    with transaction():
        cures.fail_due()
    assert "Nobody answered in time" in page(account, address)
    assert cure_queries.tries_left(case.id) == 1


def test_the_proof_drawer_keeps_all_files_or_none(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    receipt = filed(visitor)
    case = the_case(receipt)
    decided(case, cast)
    address = lets_in(account, case)
    bad = [(io.BytesIO(picture(3)), "consent.jpg"), (io.BytesIO(b""), "empty.jpg")]
    answer = account.post(f"{address}/proof", {"files": bad, "defence": "LICENCE", "note": "Signed in May."})
    assert answer.status_code == 422
    assert "empty.jpg: This file is empty" in said(answer) and "Signed in May." in said(answer)
    db.session.rollback()
    assert answers.proofs(case.id) == []
    good = {"files": [(io.BytesIO(picture(3)), "consent.jpg")], "defence": "LICENCE", "note": "Signed in May."}
    sends(account, f"{address}/proof", good)
    told = page(account, address)
    assert "consent.jpg" in told and "The work was licensed" in told
    item = answers.proofs(case.id)[0]
    assert (item.evidence.source, item.defence, item.note) == ("respondent", "LICENCE", "Signed in May.")
    assert "consent.jpg" not in visitor.get(f"/track/{receipt.reference}").text
    assert visitor.get(f"/respond/{case.reference}/preview/{item.evidence_id}").status_code == 404


def test_an_empty_proof_is_refused_in_a_sentence(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    answer = account.post(f"{lets_in(account, case)}/proof", {"note": "Look"})
    assert answer.status_code == 422 and "No file arrived" in said(answer) and "Look" in said(answer)


def test_a_message_reaches_the_desk_and_no_reporter(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    receipt = filed(visitor)
    case = the_case(receipt)
    decided(case, cast)
    address = lets_in(account, case)
    sends(account, address, {"text": "I drew this myself."})
    assert "I drew this myself." in page(account, address)
    assert [m.text for m in cases.messages(case.id, side="respondent")] == ["I drew this myself."]
    assert "I drew this myself." not in visitor.get(f"/track/{receipt.reference}").text


def test_an_empty_message_is_refused_and_the_page_stays(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = the_case(filed(visitor))
    decided(case, cast)
    answer = account.post(lets_in(account, case), {"text": ""})
    assert answer.status_code == 422 and "Please write your message." in said(answer)


def test_a_rejected_report_says_that_nothing_happens(visitor: Visitor, account: Visitor, cast: Cast) -> None:
    case = the_case(filed(visitor))
    rejected(case, cast)
    told = page(account, lets_in(account, case))
    assert "No violation was found." in told and "Two different pictures." not in told
    assert "Send a counter-notice" not in told


def the_case_state(case_id: str) -> str:
    """The state of a case as it is now."""
    db.session.rollback()
    return cases.get(case_id).state
