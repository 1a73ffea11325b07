"""An account that copies a painter's pictures, five times in two months: up the ladder, and once too far.

Warning, a day without posting, a week limited, a fortnight suspended, closed; from the third on two people agree. Each
measure ends by itself on its day and is read back. The fifth time it was her own licence that the account showed: on
appeal somebody who never touched the case finds for the account, blind, and everything of that decision is undone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from tests.journeys import acts
from tests.journeys.stage import Stage, at, text_of

ACCOUNT = "acc-artdrop"
POST = "lumo-1001"
HER = "shen.he@painter.example.org"
REASON = "The picture follows the reporter's painting stroke for stroke; no licence was shown."
FIFTH = "The print on sale is the reporter's painting, cropped; no licence was shown."
OVERTURNED = "The licence for prints is signed by the painter and covers this picture; it was there all along."
DAY = timedelta(days=1)
SAID = {
    "name": "Shen He",
    "email": HER,
    "postal_address": "3 Lotus Lane, Suzhou",
    "work_title": "Lotus at Dusk",
    "wrong": "This is my painting, cropped and warmed up; I never agreed to it.",
    "language": "en",
}


def test_up_the_ladder_and_back_from_the_last_rung(stage_at: Callable[[datetime], Stage]) -> None:
    """Sixty days, five decisions, one appeal."""
    stage = stage_at(at("2026-09-01 09:00"))
    assert _struck(stage, POST)["warnings"] == 1
    stage.until(at("2026-09-08 09:00"), step=7 * DAY)
    assert _struck(stage, "lumo-1002")["limits"] == ["no_posting"]
    assert _uploaded(stage, 1) == ""  # the platform holds it to it
    stage.until(at("2026-09-09 10:00"), step=DAY)
    assert _account(stage)["limits"] == []
    assert _struck(stage, _uploaded(stage, 2), two=True)["limits"] == ["limited"]
    stage.until(at("2026-09-16 11:00"), step=4 * DAY)
    assert _account(stage)["limits"] == []
    assert _struck(stage, _uploaded(stage, 3), two=True)["state"] == "suspended"
    stage.until(at("2026-09-30 10:00"), step=7 * DAY)
    assert _account(stage)["state"] == "suspended"
    stage.later(hours=2)
    assert _account(stage)["state"] == "active"
    _ends_were_read_back(stage)
    last = _uploaded(stage, 4)
    assert _struck(stage, last, two=True, reason=FIFTH)["state"] == "closed"
    _overturned(stage, last)


def _account(stage: Stage) -> dict[str, object]:
    found: dict[str, object] = stage.content(POST)["account"]
    return found


def _uploaded(stage: Stage, shade: int) -> str:
    """The account posts another picture: its id, '' when the platform does not let it."""
    data = io.BytesIO()
    Image.new("RGB", (320, 240), (40 * shade, 90, 120)).save(data, "JPEG")
    where = stage.lumo.upload(data.getvalue(), ACCOUNT)
    return parse_qs(urlsplit(where).query).get("post", [""])[0]


def _paper() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(data, "JPEG")
    return data.getvalue()


def _struck(stage: Stage, post: str, *, two: bool = False, reason: str = REASON) -> dict[str, object]:
    """She reports it, it is upheld, and the ladder says what the account gets; `two`: a second person has to agree."""
    acts.report(stage.person(), post, "COPY_IMAGE", "SELF", files={"TITLE": _paper()}, **SAID)
    stage.settle()
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui)
    acts.take(rui, case)
    said = acts.decide(rui, case, "COPY_IMAGE", ["remove"], reason=reason)
    assert ("waits for a second person" in said) == two
    if two:
        assert "waits for another" in rui.sees("/desk/second")  # the first one cannot agree to it
        acts.agree(stage.desk("mei"), case)
    stage.settle()
    assert stage.content(post)["state"] == "removed"
    letter = stage.letters(str(_account(stage)["email"]))[-1]
    assert reason in text_of(letter) and "Shen" not in text_of(letter) and HER not in text_of(letter)
    return _account(stage)


def _ends_were_read_back(stage: Stage) -> None:
    mei = stage.desk("mei")
    ended = mei.sees("/desk/actions?state=ended")
    assert all(what in ended for what in ("No posting", "No posting, earning or recommendation", "Suspend the account"))
    assert "C-" not in mei.sees("/desk/actions?state=drifted")  # what was lifted in time is no drift
    letters = stage.letters(str(_account(stage)["email"]))
    assert len(letters) >= 4 + 3  # four decisions, and word of each measure that ended


def _overturned(stage: Stage, post: str) -> None:
    email = str(_account(stage)["email"])
    letter = stage.letters(email)[-1]
    them = stage.person("zh")
    them.follow(letter, "/respond/")
    found = re.search(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(letter))
    assert found
    case = found[0]
    them.does(f"/respond/{case}/appeal", {"text": "画家本人签过这幅画的印制授权，当时就交过。"})
    stage.settle()
    lan = stage.desk("lan")
    (appeal, its_case) = acts.appeal_of(lan, case)
    assert its_case == case
    for first in ("rui", "mei"):  # both had their hands in it
        assert stage.desk(first).post(f"/desk/appeals/{appeal}/take").status_code == 409
    blind = acts.take_appeal(lan, appeal) + lan.sees(f"/desk/case/{case}")
    assert FIFTH not in blind and "Decided by" not in blind and "Close the account" not in blind
    assert lan.post(f"/desk/appeals/{appeal}/decide", data={"do": "anew"}).status_code in (409, 422)
    seen = acts.find(lan, appeal, "not_supported")
    assert FIFTH in seen and "Rui" in seen and "They lead to another verdict" in seen
    acts.decide_appeal(lan, appeal, answers="not_supported", reason=OVERTURNED)
    stage.settle()
    shown = stage.content(post)
    assert shown["state"] == "live" and shown["account"]["state"] == "active"
    assert shown["account"]["warnings"] == 1  # the first four stand
    assert "11 points" in lan.sees(f"/desk/case/{case}")
    for address in (HER, email):
        assert OVERTURNED in text_of(stage.letters(address)[-1])
