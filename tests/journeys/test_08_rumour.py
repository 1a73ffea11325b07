"""A rumour of burst dykes, reported by three who share their words or their address, and by a passer-by.

It is one case and one decision: three voices may be one source, which the desk is shown as a hint and nothing more. The
content stays, marked as disputed and shown less; everybody who left an address is written to, the passer-by reads it
with reference and secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.journeys import acts
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1004"
TITLE = "紧急通知！今晚全城停水停电"
ONE, TWO = "li.ming@mail.example.org", "wang.fang@mail.example.org"
COPIED = "市应急办没有发过这份通知，官网可以查到，照片也是合成的。"
OWN = "我就住在堤边，今晚水位正常，根本没有停水停电这回事。"
REASON = "市应急办公开说明未发布该通知；画面与报道的地点不符。"


def test_one_case_one_decision_three_letters(stage_at: Callable[[datetime], Stage]) -> None:
    """Four reports of one post, from the first to the last letter."""
    stage = stage_at(at("2026-11-18 09:00"))
    sent = _four_people_report(stage)
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    _the_desk_is_shown_a_hint(rui, case, sent)
    before = len(stage.mailbox.letters)
    said = acts.decide(rui, case, "FABRICATION_RUMOUR", ["label_disputed", "demote"], reason=REASON)
    assert "is decided" in said  # a rumour that is no disaster needs no second person
    stage.settle()
    shown = stage.content(POST)
    assert shown["state"] == "live" and "disputed" in shown["labels"] and "demoted" in shown["limits"]
    assert "no_posting" in shown["account"]["limits"]  # three points: the ladder's next rung
    _everybody_hears(stage, sent, before)


def _four_people_report(stage: Stage) -> list[acts.Filed]:
    told = ((ONE, COPIED), (TWO, COPIED.replace("官网", "网站")), (TWO, OWN), ("", "看到这条在家族群里转，我不信。"))
    sent = []
    for email, wrong in told:
        someone = stage.person("zh")
        sent.append(acts.report(someone, POST, "FABRICATION_RUMOUR", "ANY", email=email, wrong=wrong))
        stage.later(minutes=40)
    return sent


def _the_desk_is_shown_a_hint(rui: acts.Person, case: str, sent: list[acts.Filed]) -> None:
    page = acts.take(rui, case)
    hint = page[page.index("Perhaps one source") :][:200]
    assert "the same address" in hint and "nearly the same words" in hint and "no finding" in hint
    assert all(one.reference in hint for one in sent[:3]) and sent[3].reference not in hint
    assert ONE not in page and TWO not in page
    assert len(acts.form(rui, case).reports) == 4  # each is answered on its own


def _everybody_hears(stage: Stage, sent: list[acts.Filed], before: int) -> None:
    letters = stage.mailbox.letters[before:]
    account = stage.content(POST)["account"]["email"]
    to_reporters = [one for one in letters if str(one["To"]) != account]
    assert sorted(str(one["To"]) for one in to_reporters) == sorted([ONE, TWO, TWO])
    assert all(REASON in text_of(one) for one in to_reporters)
    for filed in sent[:3]:
        assert sum(filed.reference in text_of(one) for one in to_reporters) == 1  # each hears of her own report only
    (theirs,) = [one for one in letters if str(one["To"]) == account]
    assert REASON in text_of(theirs)
    for secret in (ONE, TWO, COPIED, OWN, *(filed.reference for filed in sent)):
        assert secret not in text_of(theirs)
    assert REASON in acts.track(stage.person("zh"), sent[3])
