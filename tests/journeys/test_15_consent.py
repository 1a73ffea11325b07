"""A mother finds her child's face on a stranger's page. The account holds a consent, and her own name is under it.

The notice rests on her guardianship. The account's counter-notice under the Civil Code brings the consent to light; the
mother reads the copy, remembers, and gives the claim up: the content is back that day, and no point stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1012"
TITLE = "The man on the field"
MOTHER, CHILD = "zhao.lan@mail.example.org", "Zhao Xiaoyu"
REASON = "A particular child can be recognised, and no consent was shown."
ANSWER = {
    "statement": "The parents agreed in writing on the day of the picture.",
    "defence": "CONSENT",
    "real_name": "Old Town Film",
    "contact": "studio@film.example.org",
    "truth": "y",
}


def test_a_consent_turns_up_and_the_claim_is_given_up(stage_at: Callable[[datetime], Stage]) -> None:
    """Removed on Monday, answered on Tuesday, back on Wednesday."""
    stage = stage_at(at("2026-11-09 08:00"))
    her = stage.person()
    filed = acts.report(
        her,
        POST,
        "LIKENESS",
        "GUARD",
        files={"GUARDPROOF": picture(71), "reference": picture(72)},
        claimant_name=CHILD,
        wrong="That is my child's face on another body. Nobody asked us.",
        name="Zhao Lan",
        email=MOTHER,
        language="en",
        no_consent="y",
        good_faith="y",
    )
    stage.later(hours=2)
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    acts.take(rui, case)
    (report,) = acts.form(rui, case).reports
    rui.does(f"/desk/case/{case}/standing", {"report": report, "level": "V2", "do": "verify"})
    acts.decide(rui, case, "LIKENESS", ["remove"], reason=REASON)
    stage.until(at("2026-11-10 19:00"))
    assert stage.content(POST)["state"] == "removed"
    account, case, page = sides.answers(stage, POST)
    assert CHILD not in page and "Zhao Lan" not in page
    account.does(f"/respond/{case}/counter", ANSWER | {"files": sides.paper(73, "consent.jpg")})
    stage.until(at("2026-11-11 08:00"))
    assert "agreed in writing" in text_of(stage.letters(MOTHER)[-1])
    _given_up(stage, her, filed)
    now = stage.content(POST)
    assert now["state"] == "live" and now["account"]["warnings"] == 0 and now["account"]["limits"] == []
    assert "You withdrew your claim" in text_of(stage.letters(MOTHER)[-1])
    assert "The claim was withdrawn" in text_of(stage.letters(sides.account_of(stage, POST))[-1])
    assert "Content restored" in sides.answers(stage, POST)[2]
    stage.until(at("2026-11-25 08:00"), step=7 * stage.DAY)
    assert stage.content(POST)["state"] == "live"


def _given_up(stage: Stage, her: acts.Person, filed: acts.Filed) -> None:
    page = sides.opens(her, filed)
    assert "I no longer hold on to my claim" in page and "studio@film" not in page and "consent.jpg" not in page
    path = f"/track/{filed.reference}/give-up"
    assert "cannot take this step back" in her.sees(path)
    her.does(path)
    stage.settle()
