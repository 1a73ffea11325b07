"""A picture made by a machine and posted as a photograph, without its label. Somebody who merely saw it reports it.

Nobody is to be punished for a forgotten label: the account gets one button and three days. It presses it: the platform
shows the label, the case closes without points, the reporter hears of it. An account that does nothing finds the case
back at the desk, with the label suggested.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.journeys import acts, sides
from tests.journeys.stage import Person, Stage, at, text_of

POST = "lumo-1005"
TITLE = "Riverside last night"
SHE = "passer.by@mail.example.org"
WRONG = "The towers have no doors and the lettering is nonsense. A machine made this, and nothing says so."


def _reported_and_offered(stage: Stage) -> tuple[Person, acts.Filed, str]:
    """She reports; the desk looks the next morning and lets the account put it right."""
    her = stage.person()
    filed = acts.report(her, POST, "AI_LABEL_MISSING", "ANY", wrong=WRONG, email=SHE, language="en")
    stage.until(at("2026-11-24 10:00"))
    rui = stage.desk("rui")
    case = acts.cases_of(rui, TITLE)[0]
    assert "Let the account put it right itself" in acts.take(rui, case)
    said = rui.sees(rui.does(f"/desk/case/{case}/cure").location)
    assert "2026-11-27" in said or "27 Nov" in said, said  # three days: the whole day counts
    assert "stands still" in said  # the desk's clocks wait for the account
    stage.settle()
    return her, filed, case


def test_one_tap_and_it_is_labelled_without_a_strike(stage_at: Callable[[datetime], Stage]) -> None:
    """Told on Tuesday, labelled on Wednesday."""
    stage = stage_at(at("2026-11-23 15:00"))
    her, filed, case = _reported_and_offered(stage)
    (offer,) = stage.letters(sides.account_of(stage, POST))
    assert "your account gets no points" in text_of(offer)
    for secret in (SHE, WRONG, filed.reference):
        assert secret not in text_of(offer)
    stage.until(at("2026-11-25 20:00"))
    account = stage.person()
    page = account.follow(offer, "/respond/")
    assert "Add the AI label now" in page
    done = account.does(f"/respond/{case}/cure")
    stage.settle()
    assert "your account gets no points" in account.sees(done.location)
    assert stage.content(POST)["labels"] == ["ai_generated"]
    assert stage.content(POST)["state"] == "live"
    assert stage.content(POST)["account"]["warnings"] == 0
    told = stage.letters(SHE)[-1]
    assert "the account put it right itself" in text_of(told) and filed.reference in text_of(told)
    assert "put it right" in sides.opens(her, filed)
    desk = stage.desk("rui")
    assert case not in acts.cases_of(desk)
    assert "done late" not in desk.sees(f"/desk/case/{case}")
    again = account.post(f"/respond/{case}/cure", follow_redirects=True)
    assert again.status_code in (200, 409)  # a second tap ends in a sentence
    stage.settle()
    assert len(stage.letters(SHE)) == 2


def test_nothing_happens_and_the_desk_labels_it(stage_at: Callable[[datetime], Stage]) -> None:
    """The offer lapses on Friday night; on Saturday a reviewer does what the book names for it."""
    stage = stage_at(at("2026-11-23 15:00"))
    her, filed, case = _reported_and_offered(stage)
    stage.until(at("2026-11-28 09:00"))
    account = stage.person()
    offer = stage.letters(sides.account_of(stage, POST))[0]
    assert "Add the AI label now" not in account.follow(offer, "/respond/")
    assert len(stage.letters(sides.account_of(stage, POST))) == 2  # told that the time is over
    rui = stage.desk("rui")
    assert case in acts.cases_of(rui, TITLE)
    acts.take(rui, case)
    assert acts.form(rui, case).ticked == ("label_ai",)
    acts.decide(rui, case, "AI_LABEL_MISSING", ["label_ai"], reason="The doors lead nowhere: a model painted this.")
    stage.settle()
    state = stage.content(POST)
    assert state["labels"] == ["ai_generated"] and state["state"] == "live"
    assert state["account"]["warnings"] == 0  # the first one is free (kinds/label.toml)
    assert "a model painted this" in text_of(stage.letters(SHE)[-1])
    assert "a model painted this" in text_of(stage.letters(sides.account_of(stage, POST))[-1])
    assert "a model painted this" in sides.opens(her, filed)
