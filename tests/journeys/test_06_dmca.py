"""A painter in Vermont chooses the American procedure. The counter-notice comes eight days before Thanksgiving.

Her notice carries what 17 USC 512(c)(3) lists, the other side's answer what 512(g)(3) lists: without the words about
perjury it is none. Content comes back no sooner than the tenth business day after it and no later than the fourteenth;
Thanksgiving and the weekends do not count.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1001"
TITLE = "黄昏荷塘"
SHE = "hannah.reed@paint.example.org"
NAME, HOME = "Hannah Reed", "14 Mill Road, Brattleboro, Vermont"
REASON = "The wallpaper is the painting, cut and warmed up; no licence was shown."
THEIR_HOME = "88 Harbour Street, Flat 9, Ningbo"
ANSWER = {
    "statement": "I painted this from a photograph of my own. It is a misidentification.",
    "defence": "",
    "signature": "Lu Chen",
    "item": "Lotus pond at dusk, lumo.example/p/lumo-1001",
    "real_name": "Lu Chen",
    "postal_address": THEIR_HOME,
    "contact": "lu.chen@drop.example.org",
    "jurisdiction": "y",
    "service": "y",
}


def _removed(stage: Stage) -> tuple[acts.Person, acts.Filed]:
    her = stage.person()
    filed = acts.report(
        her,
        POST,
        "COPY_IMAGE",
        "SELF",
        elected="US_DMCA",
        files={"TITLE": picture(51), "reference": picture(52)},
        work_title="Lotus at Dusk",
        wrong="My oil painting, cropped and recoloured, offered as a wallpaper.",
        name=NAME,
        email=SHE,
        postal_address=HOME,
        signature=NAME,
        authority="y",
        perjury="y",
        good_faith="y",
        language="en",
    )
    stage.until(at("2026-11-16 10:00"))
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    page = acts.take(rui, case)
    assert "US DMCA notice" in page and "waits to be completed" not in page
    acts.decide(rui, case, "COPY_IMAGE", ["remove"], reason=REASON)
    stage.settle()
    assert stage.content(POST)["state"] == "removed" and stage.content(POST)["account"]["warnings"] == 1
    return her, filed


def _countered(stage: Stage) -> str:
    """Without the sentence about perjury it waits; with it, it is valid from that moment."""
    account, case, _page = sides.answers(stage, POST)
    path = f"/respond/{case}/counter"
    form = account.sees(path)
    assert "Under penalty of perjury" in form and "Federal District Court" in form and "service of process" in form
    account.does(path, ANSWER)
    page = account.sees(path)
    assert "Still missing" in page and "perjury" in page
    assert len(stage.letters(SHE)) == 2  # nothing of it reaches her yet
    account.does(path, ANSWER | {"mistake": "y"})
    stage.settle()
    return case


def test_back_on_the_tenth_business_day_across_thanksgiving(stage_at: Callable[[datetime], Stage]) -> None:
    """Valid on Wednesday 18 November: 19, 20, 23, 24, 25, 27, 30, 1, 2 and 3 December."""
    stage = stage_at(at("2026-11-15 21:00"))
    her, filed = _removed(stage)
    stage.until(at("2026-11-18 20:00"))
    case = _countered(stage)
    copy = text_of(stage.letters(SHE)[-1])
    assert "Lu Chen" in copy and "3 December 2026" in copy
    assert THEIR_HOME not in copy and "lu.chen@drop.example.org" not in copy
    page = sides.opens(her, filed)
    assert "Lu Chen" in page and THEIR_HOME not in page and "3 Dec 2026" in page
    desk = stage.desk("rui").sees(f"/desk/case/{case}")
    assert "not before 3 Dec 2026" in desk and "9 Dec 2026" in desk
    stage.until(at("2026-11-30 12:00"), step=stage.DAY)
    assert "A date comes near" not in stage.letters(SHE)[-1]["Subject"]
    stage.until(at("2026-12-01 12:00"))
    assert "3 days are left" in text_of(stage.letters(SHE)[-1])
    stage.until(at("2026-12-03 12:00"))
    assert "one day is left" in text_of(stage.letters(SHE)[-1])
    stage.until(at("2026-12-03 23:55"))
    assert stage.content(POST)["state"] == "removed"
    stage.until(at("2026-12-04 00:10"))
    now = stage.content(POST)
    assert now["state"] == "live" and now["account"]["warnings"] == 0
    assert "Put back" in stage.letters(SHE)[-1]["Subject"]
    _account, _case, page = sides.answers(stage, POST, "en")
    assert "Content restored" in page
    desk = stage.desk("rui").sees(f"/desk/case/{case}")
    assert "late by" not in desk and "done late" not in desk


def test_a_court_action_on_the_eighth_business_day_keeps_it_down(stage_at: Callable[[datetime], Stage]) -> None:
    """She files on 1 December; the fourteenth business day passes and nothing comes back."""
    stage = stage_at(at("2026-11-15 21:00"))
    her, filed = _removed(stage)
    stage.until(at("2026-11-18 20:00"))
    case = _countered(stage)
    stage.until(at("2026-12-01 09:00"), step=stage.DAY)
    assert "I went to court" in sides.opens(her, filed)
    her.does(f"/track/{filed.reference}/proof", {"kind": "suit", "files": sides.paper(53, "complaint.jpg")})
    stage.settle()
    assert "The content stays as it is" in stage.letters(SHE)[-1]["Subject"]
    stage.until(at("2026-12-11 09:00"), step=stage.DAY)
    assert stage.content(POST)["state"] == "removed"
    assert "Held until it is settled" in sides.answers(stage, POST, "en")[2]
    assert "late by" not in stage.desk("rui").sees(f"/desk/case/{case}")
