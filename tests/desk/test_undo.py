"""What one submitted, gave away or typed at the desk can be had back, from the next page on and without scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, matched_case
from tests.public.conftest import said
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Claim, Handover
from webapp.domain.decisions import held
from webapp.domain.decisions.models import Decision, DecisionDraft, HeldChoice


@pytest.fixture
def minute(app: APIFlask) -> Iterator[None]:
    """An installation where decisions wait a minute."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"undo_seconds": 60})
    yield
    app.config["SETTINGS"] = before


def undo_token(page: TestResponse) -> str:
    """The offer drawn first on a page."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, said(page)
    return html.unescape(found.group(1))


def all_now(model: type[Any]) -> list[Any]:
    """The rows as they are now, whatever requests did meanwhile."""
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def undo(browser: Browser, page: TestResponse) -> TestResponse:
    return browser.post("/desk/undo", data={"token": undo_token(page)}, follow_redirects=True)


def test_the_next_page_offers_undo_and_everything_typed_is_there_again(
    minute: None, at_desk: Callable[[str], Browser]
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    form = choice(fresh(case), note="Ask Lan about the series.", modifier=["reach"], account="warn")
    page = rui.post(f"/desk/case/{case.reference}/decide", data=form, follow_redirects=True)
    assert re.search(rf"{case.reference} goes out in \d+ s\. Undo u", said(page))
    assert fresh(case).state == "proposed" and all_now(Decision) == []
    here = rui.get(f"/desk/case/{case.reference}")
    assert "Goes out at" in said(here) and 'id="decision"' not in here.text
    back = undo(rui, page)
    assert f"{case.reference} is yours again, with everything you typed. Nothing went out." in said(back)
    assert "The case has changed since" not in said(back), "one's own submitting is no news"
    assert "Ask Lan about the series." in back.text and "Her picture, put up mirrored." in back.text
    assert re.search(r'value="reach" checked', back.text) and re.search(r'value="warn" selected', back.text)
    assert "goes out in" not in said(back)
    assert "You took this back already." in said(undo(rui, page))


def test_colleagues_see_that_it_goes_out_and_cannot_stop_it(minute: None, at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    rui.post(f"/desk/case/{case.reference}/take")
    page = rui.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case)), follow_redirects=True)
    assert "Rui has decided this case and can take it back until then." in said(mei.get(f"/desk/case/{case.reference}"))
    assert "This can no longer be taken back." in said(undo(mei, page))
    assert "is working on this case" in said(mei.post(f"/desk/case/{case.reference}/take"))


def test_what_changed_in_the_minute_comes_back_with_the_reason(minute: None, at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    rui.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case)))
    matched_case()  # another report about the same content
    page = rui.get("/desk/")
    assert f"{case.reference} changed meanwhile, so your decision does not go out." in said(page)
    waiting = all_now(HeldChoice)[0].id
    with time_machine.travel(now() + timedelta(seconds=61)), transaction():
        held.come_due(waiting)
    back = rui.get(f"/desk/case/{case.reference}")
    assert "The case changed before your decision went out, so it was not decided." in said(back)
    assert "Her picture, put up mirrored." in back.text
    told = rui.get("/desk/pulse").json
    assert told is not None and [one["says"] for one in told["back"]] == [f"{case.reference} is yours again."]


def test_a_draft_survives_a_lost_hold_signing_out_and_a_lost_race(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = f"/desk/case/{case.reference}"
    rui.post(f"{place}/take")
    typed = {**choice(fresh(case)), "reason": "Half a sentence"}
    saved = rui.post(f"{place}/draft", data=typed, headers={"Accept": "application/json"})
    assert saved.json is not None and saved.json["says"].startswith("Draft kept, ")
    rui.post("/desk/sign-out")
    rui = at_desk("rui")
    assert "Half a sentence" in rui.get(place).text and "This is your draft of" in said(rui.get(place))
    with transaction():
        db.session.query(Claim).delete()
    assert "It is here again when you take the case." in said(rui.get(place))
    mei = at_desk("mei")
    mei.post(f"{place}/take")
    lost = rui.post(f"{place}/decide", data=typed)
    assert lost.status_code == 409 and "Half a sentence" in lost.text
    mei.post(f"{place}/decide", data=choice(fresh(case)))
    assert "was not decided" in said(rui.get(place)) and "Half a sentence" in rui.get(place).text
    assert "draft" not in said(mei.get(place))
    rui.post(f"{place}/draft/forget")
    assert all_now(DecisionDraft) == []


def test_small_forms_and_the_preview_leave_the_draft_alone(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = f"/desk/case/{case.reference}"
    rui.post(f"{place}/take")
    rui.post(f"{place}/preview", data={**choice(fresh(case)), "reason": "Said in the preview"})
    assert "Said in the preview" in rui.get(place).text
    report = fresh(case).entries[0].report_id
    asked = rui.post(f"{place}/ask", data={"report": report, "text": "Which one?"}, follow_redirects=True)
    assert "Said in the preview" in asked.text and "The case has changed since." in said(asked)
    rui.post(f"{place}/draft", data={"version": "1"})  # everything deleted again
    assert all_now(DecisionDraft) == []


def test_a_late_draft_of_a_page_that_was_left_is_not_kept(minute: None, at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = f"/desk/case/{case.reference}"
    rui.post(f"{place}/take")
    form = choice(fresh(case))
    rui.post(f"{place}/decide", data=form)
    before = all_now(DecisionDraft)[0].saved_at
    rui.post(f"{place}/draft", data={**form, "reason": "older"})
    assert [draft.saved_at for draft in all_now(DecisionDraft)] == [before]


def test_a_case_is_asked_for_and_handed_over(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    place = f"/desk/case/{case.reference}"
    rui.post(f"{place}/take")
    asked = mei.post(f"{place}/want", data={"why": "I know this account."}, follow_redirects=True)
    assert "Rui sees that you ask for the case." in said(asked) and "You have asked for it" in said(asked)
    assert "Mei asks for this case. I know this account." in said(rui.get(place))
    told = rui.get("/desk/pulse").json
    assert told is not None and told["wishes"][0]["says"] == f"Mei asks for {case.reference}."
    page = rui.post(f"{place}/hand-over", data={"to": "asker"}, follow_redirects=True)
    assert f"{case.reference} is with Mei now. Undo" in said(page)
    assert "Handed to you" in said(mei.get("/desk/")) and 'id="decision"' in mei.get(place).text
    assert f"{case.reference} is yours again." in said(undo(rui, page))
    rui.post(f"{place}/keep")
    assert "Yours until" in said(rui.get(place))


def test_what_is_handed_over_by_name_comes_first_in_the_next_cases(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    matched_case(1)
    later = matched_case(2)
    rui, mei = at_desk("rui"), at_desk("mei")
    rui.post(f"/desk/case/{later.reference}/take")
    nobody = rui.post(f"/desk/case/{later.reference}/hand-over", data={"to": "", "note": "Look at the ear."})
    assert "Please choose a colleague." in said(nobody) and "Look at the ear." in nobody.text
    page = rui.post(
        f"/desk/case/{later.reference}/hand-over",
        data={"to": cast.mei.id, "note": "Look at the ear."},
        follow_redirects=True,
    )
    assert "Look at the ear." in said(mei.get("/desk/"))
    assert mei.post("/desk/next").location.endswith(later.reference)
    assert [given.ended for given in all_now(Handover)] == ["taken"]
    assert "Your colleague has begun already." in said(undo(rui, page))


def test_giving_a_case_back_can_be_undone(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    page = rui.post(f"/desk/case/{case.reference}/release", follow_redirects=True)
    assert f"{case.reference} is back in the queue." in said(page)
    assert "Yours until" in said(undo(rui, page))


def test_the_pulse_tells_what_changed_and_writes_nothing(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    rui = at_desk("rui")
    with transaction():
        case_verbs.take(case.id, cast.mei)
    version = fresh(case).version
    address = f"/desk/pulse?case={case.reference}&version={version}"
    answer = rui.get(address)
    assert answer.json is not None
    strip = answer.json["case"]
    assert (strip["mine"], strip["free"], strip["here"]) == (False, False, [])
    assert strip["holder"].startswith("Mei is working on it until ") and "changed" not in strip
    assert all(text for text in strip["clocks"].values())
    again = rui.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    matched_case()
    changed = rui.get(address).json
    assert changed is not None and "A report joined the case" in changed["case"]["changed"]
    idle = rui.get("/desk/pulse?idle=1").json
    assert idle is not None and idle["next"] is False  # Mei holds the only one


def test_the_key_undoes_the_latest_act_and_few_are_offered_at_once(
    minute: None, at_desk: Callable[[str], Browser]
) -> None:
    rui = at_desk("rui")
    for number in range(1, 5):
        case = matched_case(number)
        rui.post(f"/desk/case/{case.reference}/take")
        rui.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case)))
    page = rui.get("/desk/messages")
    offered = re.findall(r"(C-\S+) goes out in", said(page))
    assert len(offered) == 3 and offered[0] == case.reference
    assert len(re.findall(r'data-key="u"', page.text)) == 1
    assert f"{case.reference} is yours again" in said(undo(rui, page))
