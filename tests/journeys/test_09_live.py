"""A virtual host who never goes off air: nobody answers for her when asked, twice; the stream is cut, and later more.

Reported while it is live it is urgent enough for the same hour. The challenge is a phrase nobody can know beforehand;
two that stay unanswered for five minutes each are what the measure rests on. A month later the same account does it
again: then no live streams, the register's entry suspended, and a second person has to agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.journeys import acts
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1014"
TITLE = "正在直播"
SAW = "她三十个小时没有停过，问什么都答非所问，背后没有人。"
REASON = "直播中两次发出随机口令，五分钟内均无人回应，画面为程序驱动。"
AGAIN = "三十天内再次以程序驱动的虚拟形象直播，无人值守。"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_two_challenges_unanswered_and_then_again(stage_at: Callable[[datetime], Stage]) -> None:
    """From the first sight of it to the day the account may go live again."""
    stage = stage_at(at("2026-09-01 20:00"))
    case = _reported_while_live(stage)
    _asked_twice_in_vain(stage, case)
    _cut(stage, case)
    stage.until(at("2026-10-01 20:00"), step=5 * DAY)
    account = stage.content(POST)["account"]
    assert account["limits"] == [] and account["registration"] == "registered"
    _again_and_more(stage)
    stage.until(at("2026-11-01 22:00"), step=5 * DAY)
    account = stage.content(POST)["account"]
    assert "live_off" not in account["limits"] and account["registration"] == "registered"
    page = stage.desk("rui").sees("/desk/actions")
    assert "Live streams are on again" in page or "Ended" in page


def _reported_while_live(stage: Stage) -> str:
    somebody = stage.person()
    live = "VH_LIVE_NO_HUMAN:live"
    filed = acts.report(
        somebody, POST, "VH_LIVE_NO_HUMAN", "ANY", circumstances=live, time_position="20:00", wrong=SAW, email=""
    )
    assert "48 hours" in filed.receipt
    stage.settle()
    (case,) = acts.cases_of(stage.desk("rui"), TITLE)
    return case


def _asked_twice_in_vain(stage: Stage, case: str) -> None:
    rui = stage.desk("rui")
    page = acts.take(rui, case)
    assert "It is live now" in page and acts.form(rui, case).ticked == ()
    for left in ("1 try is left", "0 tries"):
        rui.does(f"/desk/case/{case}/challenge", {"do": "start"})
        stage.settle()
        phrase = re.search(r"\w+ \d \d \d \d", rui.sees(f"/desk/case/{case}"))
        assert phrase
        assert phrase[0].split()[-1] in stage.lumo.page(f"/p/{POST}")  # the stream shows it
        stage.later(MINUTE, minutes=6)
        page = rui.sees(f"/desk/case/{case}")
        assert "nobody answered" in page and "waits for an answer" not in page
        assert (left in page) == left.startswith("1")
    assert acts.form(rui, case).ticked == ("stream_cut",)  # the book's measure, ticked beforehand; a person decides
    third = rui.post(f"/desk/case/{case}/challenge", data={"do": "start"})
    assert third.status_code == 409


def _cut(stage: Stage, case: str) -> None:
    rui = stage.desk("rui")
    acts.take(rui, case)
    acts.decide(rui, case, "VH_LIVE_NO_HUMAN", acts.form(rui, case).ticked, reason=REASON)
    stage.settle()
    shown = stage.content(POST)
    assert "stream_cut" in shown["limits"] and "no_posting" in shown["account"]["limits"]
    letter = stage.letters(shown["account"]["email"])[-1]
    assert REASON in text_of(letter) and "三十个小时" not in text_of(letter)


def _again_and_more(stage: Stage) -> None:
    live = "VH_LIVE_NO_HUMAN:live"
    acts.report(stage.person(), POST, "VH_LIVE_NO_HUMAN", "ANY", circumstances=live, time_position="20:00", email="")
    stage.settle()
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    acts.take(rui, case)
    found = acts.form(rui, case)
    assert found.ticked == ("live_off",)  # within the book's ninety days
    wanted = (*found.ticked, "registration_suspended")
    lengths = {"live_off": 30, "registration_suspended": 30}
    said = acts.decide(rui, case, "VH_LIVE_NO_HUMAN", wanted, days=lengths, reason=AGAIN)
    assert "waits for a second person" in said
    assert "live_off" not in stage.content(POST)["account"]["limits"]
    acts.agree(stage.desk("mei"), case)
    stage.settle()
    account = stage.content(POST)["account"]
    assert "live_off" in account["limits"] and account["registration"] == "suspended"
    assert "limited" in account["limits"]  # three points and five more: the ladder's third rung
