"""A shop sells its cup with the photograph of another studio. The studio reports it; the listing goes; the shop answers
with a counter-notice, and the E-Commerce Law counts fifteen days from the day the studio had it before it.

Without a suit the listing is back on the sixteenth day, to the minute. Fifteen days that end on a Sunday end on Monday,
and a proof of suit uploaded that Monday evening still counts: then everything stays until a court has spoken, which
here dismisses the claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of

CUP = "lumo-1019"
STUDIO, SHE = "Studio Liang", "liang.yao@studio.example.org"
WRONG = "That is my own product photograph of our registered cup; they sell an imitation with it."
REASON = "The picture is the registered one, cut on the left; the shop shows no licence."
STATEMENT = "We took this photograph in our own shop in Jingdezhen. Call me on 139 1234 5678."
SHOP = {
    "statement": STATEMENT,
    "real_name": "Good Things Trading Ltd",
    "contact": "shop.owner@goods.example.org",
    "truth": "y",
    "defence": "",
}


def _removed(stage: Stage) -> tuple[acts.Person, acts.Filed, str]:
    """Reported on Monday; on Tuesday the notice is passed on, and the listing is removed."""
    her = stage.person()
    filed = acts.report(
        her,
        CUP,
        "OTHER_IP",
        "SELF",
        files={"TITLE": picture(3), "reference": picture(4)},
        wrong=WRONG,
        work_title="Celadon cup no. 7",
        name=STUDIO,
        email=SHE,
        language="en",
        good_faith="y",
    )
    stage.until(at("2026-11-03 09:00"))
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui)
    acts.take(rui, case)
    (report,) = acts.form(rui, case).reports
    shown = rui.post(f"/desk/case/{case}/forward", data={"report": report, "do": "preview"})
    assert shown.status_code == 200 and SHE not in shown.text and WRONG not in shown.text
    rui.does(f"/desk/case/{case}/forward", {"report": report, "do": "send"})
    acts.decide(rui, case, "OTHER_IP", ["remove"], reason=REASON)
    stage.settle()
    assert stage.content(CUP)["state"] == "removed"
    assert stage.content(CUP)["account"]["warnings"] == 1
    return her, filed, case


def _countered(stage: Stage) -> None:
    """The shop's counter-notice: first without anything that shows it, then whole."""
    told = stage.letters(sides.account_of(stage, CUP))
    assert len(told) == 2  # the notice with what a counter-notice must contain, and the decision with its reasons
    assert "YOUR RIGHT TO A COUNTER-NOTICE" in text_of(told[0]) or "反通知" in text_of(told[0])
    for letter in told:
        assert SHE not in text_of(letter) and WRONG not in text_of(letter)
    shop, case, page = sides.answers(stage, CUP)
    assert "Send a counter-notice" in page
    path = f"/respond/{case}/counter"
    form = shop.sees(path)
    assert "First evidence that it does not infringe" in form and "perjury" not in form
    assert shop.does(path, SHOP).location.endswith("/counter")  # kept, but it lacks what shows it
    assert "Still missing" in shop.sees(path)
    shop.does(path, SHOP | {"files": sides.paper(11, "working-files.jpg")})
    assert "Passed on" in shop.sees(f"/respond/{case}")
    stage.settle()


def _the_copy(stage: Stage) -> str:
    copy = text_of(stage.letters(SHE)[-1])
    assert "counter-notice" in copy and "Good Things Trading Ltd" in copy  # this law forwards the name
    assert "139 1234 5678" not in copy and "shop.owner@goods.example.org" not in copy
    return copy


def test_nobody_sues_and_the_listing_is_back_on_the_sixteenth_day(stage_at: Callable[[datetime], Stage]) -> None:
    """Read on Wednesday the 4th: back when Thursday the 19th is over."""
    stage = stage_at(at("2026-11-02 10:00"))
    her, filed, case = _removed(stage)
    stage.until(at("2026-11-04 18:00"))
    _countered(stage)
    _the_copy(stage)
    stage.later(hours=3)
    page = sides.opens(her, filed)  # she has it before her: the fifteen days begin
    assert "Good Things Trading Ltd" in page and "139 1234 5678" not in page
    stage.settle()
    assert "19 Nov" in sides.opens(her, filed)
    before = len(stage.letters(SHE))
    stage.until(at("2026-11-16 23:00"), step=stage.DAY)
    assert len(stage.letters(SHE)) == before
    stage.until(at("2026-11-17 01:00"))
    assert "3 days are left" in text_of(stage.letters(SHE)[-1]) and len(stage.letters(SHE)) == before + 1
    stage.until(at("2026-11-19 01:00"), step=stage.DAY)
    assert "one day is left" in text_of(stage.letters(SHE)[-1]) and len(stage.letters(SHE)) == before + 2
    stage.until(at("2026-11-19 23:55"))
    assert stage.content(CUP)["state"] == "removed"  # the last day counts to its end
    stage.until(at("2026-11-20 00:10"))
    now = stage.content(CUP)
    assert now["state"] == "live" and now["account"]["warnings"] == 0
    assert "Put back" in stage.letters(SHE)[-1]["Subject"] and len(stage.letters(SHE)) == before + 3
    assert "no proof that you went to court" in text_of(stage.letters(SHE)[-1])
    told = stage.letters(sides.account_of(stage, CUP))[-1]
    assert case in f"{told['Subject']} {text_of(told)}"
    account, _case, page = sides.answers(stage, CUP)
    assert "Content restored" in page and "You need not do anything" in page
    assert "put back" in sides.opens(her, filed).lower()
    assert account.get(f"/respond/{case}/counter").status_code == 409  # nothing is left to answer
    desk = stage.desk("rui").sees(f"/desk/case/{case}")
    assert "done late" not in desk and "late by" not in desk


def test_a_proof_of_suit_on_the_last_evening_holds_everything(stage_at: Callable[[datetime], Stage]) -> None:
    """She never opens the page; the letter counts as there a day after it was taken. Then she goes to court."""
    stage = stage_at(at("2026-11-02 10:00"))
    her, filed, case = _removed(stage)
    stage.until(at("2026-11-06 18:00"))
    _countered(stage)
    assert "the date above counts from today" in _the_copy(stage)  # it may reach her later
    stage.until(at("2026-11-07 19:00"))  # Saturday: taken by her mail server a day ago
    _account, _case, page = sides.answers(stage, CUP)
    assert "23 Nov 2026" in page  # fifteen days end on Sunday the 22nd, which gives way to Monday
    stage.until(at("2026-11-23 20:00"), step=stage.DAY)
    assert stage.content(CUP)["state"] == "removed"
    page = sides.opens(her, filed)
    proof = f"/track/{filed.reference}/proof"
    assert "I went to court" in page
    sides.tries(her, proof, {"kind": "suit"})  # words alone are no proof
    her.does(proof, {"kind": "suit", "files": sides.paper(12, "docket.jpg")})
    stage.settle()
    mine, theirs = stage.letters(SHE)[-1], stage.letters(sides.account_of(stage, CUP))[-1]
    assert "The content stays as it is" in mine["Subject"]
    assert case in f"{theirs['Subject']} {text_of(theirs)}" and "docket" not in text_of(theirs)
    assert not list(theirs.iter_attachments())
    stage.until(at("2026-12-15 09:00"), step=stage.DAY)
    assert stage.content(CUP)["state"] == "removed"
    _account, _case, page = sides.answers(stage, CUP)
    assert "Held until it is settled" in page
    assert stage.letters(SHE)[-1] is mine  # and nobody is written to meanwhile
    _the_court_speaks(stage, "back")
    assert stage.content(CUP)["state"] == "live" and stage.content(CUP)["account"]["warnings"] == 0
    for letter in (stage.letters(SHE)[-1], stage.letters(sides.account_of(stage, CUP))[-1]):
        assert "Longquan" not in text_of(letter)  # the desk's note is the desk's
    assert "A court or an authority decided so" in text_of(stage.letters(SHE)[-1])


def _the_court_speaks(stage: Stage, word: str) -> None:
    """The desk hears of the judgment and types what it says; without a word on it nothing happens."""
    rui = stage.desk("rui")
    (counter,) = set(re.findall(r"/desk/counters/([0-9A-Za-z-]{20,})", rui.get("/desk/counters").text))
    path = f"/desk/counters/{counter}/judgment"
    sides.tries(rui, path, {"word": word})
    rui.does(path, {"word": word, "note": "Longquan People's Court, judgment of 14 December: claim dismissed."})
    stage.settle()
