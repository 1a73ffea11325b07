"""At the desk too a Chinese page is Chinese throughout, for every role, with what goes wrong there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, known_account, matched_case
from tests.domain.appeals.story import choice as chosen
from tests.domain.appeals.story import countered, decided, removed, report_of, reports
from tests.reading import english
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.blind import RESPONDENT
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Proposal
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Respondent

TYPED = (
    "This is my painting, mirrored and recoloured.",
    "Her picture, put up mirrored.",
    "Evening on the river",
    "p1",
    "demo",
    "@chenmo",
    "Chen Mo",
    "Zhou Ming",
    "Reports about the likeness and the works of",
    "It spreads fast.",
    "By courier.",
    "Hangzhou police",
    "No signature.",
    "I drew it myself.",
    "My layered source file of 2019.",
    "Which bank?",
    "image/jpeg",
)


def _english(page: str) -> list[str]:
    return english(page, *TYPED)


@pytest.fixture
def lead(at_desk: Callable[[str], Browser]) -> Browser:
    """The lead's browser, reading Chinese."""
    one = at_desk("lan")
    one.set_cookie("lang", "zh")
    return one


def test_signing_in_is_chinese(stranger: Browser) -> None:
    stranger.set_cookie("lang", "zh")
    assert english(stranger.get("/desk/sign-in").text) == []
    assert english(stranger.sign_in("nobody").text) == []


def test_the_case_its_refusals_and_its_preview_are_chinese(lead: Browser) -> None:
    case = matched_case()
    address = f"/desk/case/{case.reference}"
    assert _english(lead.get("/desk/").text) == []
    assert _english(lead.get(address).text) == []
    lead.post(f"{address}/take")
    for form in ({}, choice(case, reason=""), choice(case, action=["suspend"]), choice(case, action=[])):
        assert _english(lead.post(f"{address}/preview", data=form).text) == []
    assert _english(lead.post(f"{address}/preview", data=choice(case)).text) == []
    lead.post(f"{address}/decide", data=choice(case))
    assert _english(lead.get(address).text) == []
    for path in (
        "/desk/actions",
        "/desk/messages",
        "/desk/audit",
        "/desk/tasks",
        "/desk/staff",
        "/desk/case/C-0000-0000",
    ):
        assert _english(lead.get(path).text) == []


def test_the_page_of_people_is_chinese(at_desk: Callable[[str], Browser]) -> None:
    ada = at_desk("ada")
    ada.set_cookie("lang", "zh")
    assert english(ada.get("/desk/staff").text) == []
    assert english(ada.post("/desk/staff", data={"email": "nowhere"}).text, "nowhere") == []


@pytest.fixture
def zh(at_desk: Callable[[str], Browser]) -> Callable[[str], Browser]:
    """The browser of somebody of the cast, reading Chinese."""

    def enter(name: str) -> Browser:
        one = at_desk(name)
        one.set_cookie("lang", "zh")
        return one

    return enter


def _reads(browser: Browser, *addresses: str) -> list[str]:
    """What these pages, which must open, say in English."""
    found = []
    for address in addresses:
        page = browser.get(address)
        assert page.status_code == 200, (address, page.status_code)
        found += _english(page.text)
    return found


def _answers(browser: Browser, address: str, *forms: Mapping[str, object]) -> list[str]:
    """What is said to these forms in English, on the page or on the one it leads to."""
    found = []
    for form in forms:
        answer = browser.post(address, data=form)
        found += _english(browser.get(answer.location).text if answer.status_code == 302 else answer.text)
    return found


def test_checking_sending_back_and_forwarding_are_chinese(zh: Callable[[str], Browser]) -> None:
    """An agent's papers, a notice with something missing, its letter, and what the account will read."""
    case = known_account(cases.case_of(file_report(kind="VOICE", basis="AGENT").report.id))
    rui, address = zh("rui"), f"/desk/case/{case.reference}"
    report = {"report": cases.active_reports(case.id)[0].id}
    rui.post(f"{address}/take")
    assert _reads(rui, address) == []
    refused = report | {"do": "refuse", "level": "V3", "scope": ["VOICE"]}
    verified = report | {"do": "verify", "level": "V2", "scope": ["VOICE"], "until": "2098-12-31"}
    assert _answers(rui, f"{address}/standing", refused, verified | {"until": "2001-01-01"}, verified) == []
    assert _answers(rui, f"{address}/forward", report | {"do": "preview"}, report | {"do": "send"}) == []
    assert _answers(rui, f"{address}/standing", refused | {"why": "No signature."}) == []
    lacks = report | {"missing": ["POA"]}
    assert _answers(rui, f"{address}/return", report, lacks | {"do": "preview"}, lacks | {"do": "send"}) == []
    assert _reads(rui, address, "/desk/") == []


def test_acting_before_a_decision_is_chinese(zh: Callable[[str], Browser]) -> None:
    """A provisional measure, a cure offered and taken back, a live challenge, a referral."""
    case = known_account(matched_case())
    rui, address = zh("rui"), f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    hide = {"version": str(cases.get(case.id).version), "measure": "disable", "reason": "It spreads fast."}
    acts = [hide | {"reason": "", "do": "send"}, hide | {"do": "preview"}, hide | {"do": "send"}]
    assert _answers(rui, f"{address}/interim", *acts) == []
    refer = {"authority": "Hangzhou police", "note": "By courier."}
    assert _answers(rui, f"{address}/refer", {"authority": ""}, refer) == []
    assert _answers(rui, f"{address}/what-if", choice(case, reason="")) == []
    for number, (kind, verb) in enumerate((("AI_LABEL_MISSING", "cure"), ("VH_LIVE_NO_HUMAN", "challenge"))):
        sent = file_report(kind=kind, basis="ANY", content_ref=f"p1{number}")
        other = cases.case_of(sent.report.id)
        with transaction():
            cases.get(other.id).subject.respondent = db.session.get(Respondent, "acc")
        rui.post(f"/desk/case/{other.reference}/take")
        page = f"/desk/case/{other.reference}"
        assert _reads(rui, page) == []
        said = _answers(rui, f"{page}/{verb}", {"do": "start"}, {"do": "start"}, {"do": "withdraw"})
        assert [s for s in said if "·" not in s] == []  # the phrase of a live challenge is spoken in both languages


def test_a_second_person_is_asked_in_chinese(zh: Callable[[str], Browser]) -> None:
    """A proposal in the list, on its own page for both, sent back, and agreed to."""
    case = cases.case_of(file_report(kind="FRAUD", basis="ANY").report.id)
    rui, mei, address = zh("rui"), zh("mei"), f"/desk/case/{case.reference}"

    def proposes() -> str:
        rui.post(f"{address}/take")
        form = choice(_now(case), ground="FRAUD")
        assert _answers(rui, f"{address}/preview", form) + _answers(rui, f"{address}/decide", form) == []
        db.session.rollback()
        return db.session.scalars(select(Proposal.id).where(Proposal.state == "waiting")).one()

    first = proposes()
    assert _reads(rui, address, "/desk/second") + _reads(mei, address, "/desk/second") == []
    back = {"proposal": first, "do": "refuse"}
    assert _answers(mei, f"{address}/proposal", back, back | {"note": "Which bank?"}) == []
    assert _reads(rui, address) == []
    assert _answers(mei, f"{address}/proposal", {"proposal": proposes(), "do": "agree"}) == []
    assert _reads(mei, address, "/desk/second") == []


def _now(case: Case) -> Case:
    """The case as requests left it."""
    case_id = case.id
    db.session.rollback()
    return cases.get(case_id)


def test_an_appeal_is_chinese_from_the_list_to_the_end(zh: Callable[[str], Browser], cast: Cast) -> None:
    decision = removed(cast)
    with transaction():
        reference = appeals.file(decision.case_id, RESPONDENT, "I drew it myself.").reference
    case_id, case = decision.case_id, cases.get(decision.case_id).reference
    mei, rui, address = zh("mei"), zh("rui"), f"/desk/appeals/{reference}"
    assert _reads(mei, "/desk/second", address, f"/desk/case/{case}", "/desk/actions") + _reads(rui, address) == []
    assert _answers(rui, f"{address}/take", {}) + _answers(mei, f"{address}/take", {}) == []
    found = {f"finding-{r.id}": "not_supported" for r in cases.active_reports(case_id)}
    assert _answers(mei, f"{address}/find", {}, found) == []
    assert _reads(mei, address) == []
    keep, anew = {"do": "keep"}, found | {"do": "anew"}
    for form in (keep, anew, keep | {"keep_reason": "I drew it myself."}, anew | {"reason": "I drew it myself."}):
        assert _answers(mei, f"{address}/preview", form) == []
    assert _answers(mei, f"{address}/decide", anew | {"reason": "I drew it myself."}) == []
    assert _reads(mei, address, f"/desk/case/{case}", "/desk/second") == []


def test_a_counter_notice_is_chinese_from_the_list_to_the_end(zh: Callable[[str], Browser], cast: Cast) -> None:
    case = reports("zhou.yun@example.org")
    light = chosen(case, actions=[("remove", None), ("warn", None)], set_aside="It spreads fast.")
    counter = countered(decided(case, cast.rui, light))
    rui, address = zh("rui"), f"/desk/counters/{counter.id}"
    assert _reads(rui, "/desk/counters", "/desk/counters?state=held", address) == []
    arrived = {"form": "arrived", "report": report_of(case.id).id, "note": ""}
    assert _answers(rui, f"{address}/arrived", arrived, arrived | {"note": "By courier."}) == []
    assert _reads(rui, address, "/desk/counters?state=waiting") == []
    assert _answers(rui, f"{address}/extend", {"form": "extend", "report": arrived["report"]}) == []
    assert _answers(rui, f"{address}/judgment", {"form": "judgment"}) == []
    assert _reads(zh("lan"), "/desk/audit", f"/desk/case/{cases.get(case.id).reference}") == []


def test_deadlines_statements_and_the_book_are_chinese(zh: Callable[[str], Browser], cast: Cast) -> None:
    """The book's own codes, and the names the EU database gives its fields, are the same in every language."""
    removed(cast, content_ref="p12")
    file_report()
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        lan = zh("lan")
        assert _reads(lan, "/desk/deadlines", "/desk/deadlines?regime=CN_RTCI", "/desk/") == []
    lan = zh("lan")
    assert _reads(lan, "/desk/statements", "/desk/statements?since=tomorrow", "/desk/statements?since=2999-01-01") == []
    assert _answers(lan, "/desk/statements/batches", {"since": ""}) == []
    assert [s for s in _reads(lan, "/desk/book", "/desk/book?find=没有") if not _codes_only(s)] == []


def _codes_only(text: str) -> bool:
    """Whether all Latin letters of a text belong to codes of the book or of the EU database."""
    known = str(book().model_dump())
    return all(word in known for word in re.findall(r"[A-Za-z][\w-]+", text, re.ASCII))
