"""A singer's voice is cloned. Her agent reports it with an authority that ran out in September.

The report is received and sent back with what is missing in words; the time to decide stands still. Reminders come on
the third and the seventh day. On the ninth the agent brings a new authority: the desk checks it, the report is upheld
in time, the post goes, both sides read why. In the other telling nobody answers: the report is put aside on the
eleventh day and taken up again from the same page a fortnight later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1006"
TITLE = "Night Ferry"
AGENT, OFFICE = "Fang Qi", "fang.qi@artists.example.org"
SINGER = "Su Wan"
REASON = "Timbre and phrasing are those of a known singer; no consent to a voice model was shown."
MATTERS = "Reports about the voice and the name of Su Wan on every platform"


def _reported(stage: Stage) -> tuple[acts.Person, acts.Filed]:
    """The form takes the report and says at once what the law still wants."""
    agent = stage.person()
    filed = acts.report(
        agent,
        POST,
        "VOICE",
        "AGENT",
        files={"POA": picture(21)},
        claimant_name=SINGER,
        matters=MATTERS,
        reach="all",
        valid_from="2025-10-01",
        valid_to="2026-09-30",
        wrong="A model trained on her three albums sings a song she never sang. She allowed it to nobody.",
        time_position="0:00–2:40",
        name=AGENT,
        email=OFFICE,
        language="en",
        no_consent="y",
        good_faith="y",
    )
    assert "Written authority" in filed.receipt
    stage.settle()
    return agent, filed


def _sent_back(stage: Stage, filed: acts.Filed) -> str:
    # Both leave in one instant, in no order.
    receipt, returned = sorted(stage.letters(OFFICE), key=lambda letter: "missing" in str(letter["Subject"]))
    assert filed.reference in text_of(receipt)
    said = text_of(returned)
    assert "Something is missing" in returned["Subject"] and "- Written authority" in said
    assert "Civil Code" in said and "12 November 2026" in said  # why, and until when: ten days
    assert "stands still until then" in said
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    page = rui.sees(f"/desk/case/{case}")
    assert "ran out on 30 September 2026" in page and "stands still" in page
    assert 'chip--warn">' in rui.get(f"/desk/case/{case}").text
    return case


def _supply(agent: acts.Person, filed: acts.Filed) -> None:
    """First with a day that has passed, then as it should be."""
    page = sides.opens(agent, filed)
    assert "Written authority" in page
    path, term = f"/track/{filed.reference}/complete", {"matters": MATTERS, "valid_from": "2026-10-01"}
    agent.does(path, term | {"valid_to": "2026-10-31", "file_POA": sides.paper(22, "old.jpg")})
    assert "Something is still missing" in agent.sees(f"/track/{filed.reference}")
    agent.does(path, term | {"valid_to": "2027-09-30", "file_POA": sides.paper(23, "authority-2027.jpg")})
    assert "Nothing is missing any more" in agent.sees(f"/track/{filed.reference}")


def _upheld(stage: Stage, case: str) -> None:
    """Rui checks the authority, forwards the notice and decides."""
    rui = stage.desk("rui")
    page = acts.take(rui, case)
    assert "ran out on" not in page and "Runs until" in page
    (report,) = acts.form(rui, case).reports
    rui.does(f"/desk/case/{case}/standing", {"report": report, "level": "V2", "until": "2027-09-30", "do": "verify"})
    assert "checked, until 30 September 2027" in rui.sees(f"/desk/case/{case}")
    rui.does(f"/desk/case/{case}/forward", {"report": report, "do": "send"})
    acts.decide(rui, case, "VOICE", ["remove"], reason=REASON)
    stage.settle()
    now = stage.content(POST)
    assert now["state"] == "removed"
    page = rui.sees(f"/desk/case/{case}")
    assert "done late" not in page and "late by" not in page and "done in time" in page
    hers, theirs = stage.letters(OFFICE)[-1], stage.letters(sides.account_of(stage, POST))[-1]
    assert REASON in text_of(hers) and "your report is right" in text_of(hers)
    assert REASON in text_of(theirs)
    for letter in stage.letters(sides.account_of(stage, POST)):
        for secret in (AGENT, OFFICE, MATTERS):
            assert secret not in text_of(letter)
    _account, _case, said = sides.answers(stage, POST)
    assert REASON in said and AGENT not in said


def test_a_new_authority_comes_on_the_ninth_day(stage_at: Callable[[datetime], Stage]) -> None:
    """Sent back on 2 November, whole on the 11th and decided that evening."""
    stage = stage_at(at("2026-11-02 10:00"))
    agent, filed = _reported(stage)
    case = _sent_back(stage, filed)
    stage.until(at("2026-11-05 09:00"))
    assert len(stage.letters(OFFICE)) == 2
    stage.until(at("2026-11-05 18:00"))
    assert len(stage.letters(OFFICE)) == 3 and "reminder" in stage.letters(OFFICE)[-1]["Subject"]
    stage.until(at("2026-11-09 18:00"))
    assert len(stage.letters(OFFICE)) == 4 and "Written authority" in text_of(stage.letters(OFFICE)[-1])
    stage.until(at("2026-11-11 15:00"))
    _supply(agent, filed)
    stage.settle()
    assert len(stage.letters(OFFICE)) == 4  # the page says it; no letter is needed
    stage.until(at("2026-11-11 18:00"))  # within the four hours of a first look
    _upheld(stage, case)
    assert REASON in sides.opens(agent, filed) and len(stage.letters("lan@desk.example")) == 0


def test_put_aside_after_ten_days_and_taken_up_again(stage_at: Callable[[datetime], Stage]) -> None:
    """The agent is abroad; the same page opens the report again."""
    stage = stage_at(at("2026-11-02 10:00"))
    agent, filed = _reported(stage)
    case = _sent_back(stage, filed)
    stage.until(at("2026-11-12 23:50"), step=stage.DAY)
    assert "Put aside" not in stage.letters(OFFICE)[-1]["Subject"]
    stage.until(at("2026-11-13 01:00"))
    lapsed = stage.letters(OFFICE)[-1]
    assert "Put aside" in lapsed["Subject"] and "nothing about whether you are right" in text_of(lapsed)
    rui = stage.desk("rui")
    assert case not in acts.cases_of(rui) and stage.content(POST)["state"] == "live"
    stage.until(at("2026-11-27 10:00"), step=stage.DAY)
    assert "take" in sides.opens(agent, filed).lower()
    agent.does(f"/track/{filed.reference}/reopen")
    stage.settle()
    (again,) = acts.cases_of(stage.desk("rui"), TITLE)
    assert again == case
    _supply(agent, filed)
    stage.until(at("2026-11-27 13:00"))
    _upheld(stage, case)
