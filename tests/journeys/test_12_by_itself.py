"""What ends by itself: a provisional measure nobody followed up, one whose reporter went away, a case whose windows are
over. Nothing is left hanging, and everybody concerned is written to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.journeys import acts
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1003"
TITLE = "苏晚亲测"
HER = "su.wan@singer.example.org"
LEAD = "lan@desk.example"
SAID = {
    "name": "Su Wan",
    "email": HER,
    "no_consent": "1",
    "wrong": "That is my face beside an investment I have never heard of.",
}
MEANWHILE = "The face is hers and the offer looks like a trap; it cannot wait for the papers."
DAY = timedelta(days=1)


def _hidden(stage: Stage) -> tuple[acts.Filed, str]:
    filed = acts.report(stage.person(), POST, "LIKENESS", "SELF", **SAID)
    stage.settle()
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    acts.take(rui, case)
    acts.hide(rui, case, MEANWHILE)
    stage.settle()
    assert stage.content(POST)["state"] == "disabled"
    return filed, case


def test_a_provisional_measure_nobody_followed_up(stage_at: Callable[[datetime], Stage]) -> None:
    """After seven days the content is back, read back, and told; the case still waits, late, and the leads know."""
    stage = stage_at(at("2026-10-12 10:00"))
    _filed, case = _hidden(stage)
    account = stage.content(POST)["account"]["email"]
    (first,) = stage.letters(account)
    assert MEANWHILE in text_of(first) and "Su Wan" not in text_of(first)
    stage.until(at("2026-10-19 23:00"), step=DAY)  # seven days end with the seventh day
    assert stage.content(POST)["state"] == "disabled"
    stage.later(hours=2, step=timedelta(minutes=30))
    shown = stage.content(POST)
    assert shown["state"] == "live" and shown["account"]["warnings"] == 0
    letters = stage.letters(account)
    assert len(letters) == 3  # imposed, about to end, ended
    assert any(case in text_of(one) for one in stage.letters(LEAD))
    rui = stage.desk("rui")
    assert acts.cases_of(rui, TITLE) == [case]
    page = rui.sees(f"/desk/case/{case}")
    assert "late by" in page and "For the time being:" not in page


def test_she_takes_her_report_back(stage_at: Callable[[datetime], Stage]) -> None:
    """The last report withdrawn ends the case and what was held for it."""
    stage = stage_at(at("2026-10-12 10:00"))
    filed, case = _hidden(stage)
    account = stage.content(POST)["account"]["email"]
    her = stage.person()
    acts.track(her, filed)
    her.does(f"/track/{filed.reference}/withdraw")
    stage.settle()
    assert stage.content(POST)["state"] == "live"
    assert len(stage.letters(account)) == 2  # imposed, and given back
    assert "withdrawn" in text_of(stage.letters(HER)[-1])
    rui = stage.desk("rui")
    assert acts.cases_of(rui, TITLE) == []
    assert "Closed" in rui.sees(f"/desk/case/{case}")
    assert rui.post(f"/desk/case/{case}/take").status_code == 409


def test_a_decided_case_closes_after_its_windows(stage_at: Callable[[datetime], Stage]) -> None:
    """Half a year nobody contests it: then the case closes, and every letter it owed was written."""
    stage = stage_at(at("2026-03-02 10:00"))
    filed = acts.report(stage.person(), POST, "LIKENESS", "SELF", **SAID)
    stage.settle()
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    acts.take(rui, case)
    acts.decide(rui, case, "LIKENESS", ["remove"], reason="Her face is recognisable and she never agreed.")
    stage.settle()
    account = stage.content(POST)["account"]["email"]
    assert len(stage.letters(account)) == 1 and len(stage.letters(HER)) == 2
    stage.until(at("2026-08-27 10:00"), step=30 * DAY)
    assert "Decided" in _state(stage, case)
    stage.until(at("2026-09-02 10:00"), step=2 * DAY)
    assert "Closed" in _state(stage, case)
    assert stage.content(POST)["state"] == "removed"  # closing changes nothing
    her = stage.person()
    page = acts.track(her, filed)
    assert "Her face is recognisable" in page
    assert her.get(f"/track/{filed.reference}/appeal").status_code == 409


def _state(stage: Stage, case: str) -> str:
    page = stage.desk("mei").sees(f"/desk/case/{case}")
    after_the_frame = page.index(case, page.index("Sign out"))
    return page[after_the_frame:][:200]
