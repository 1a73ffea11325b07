"""Intimate pictures, forged by machine, found on a phone in the evening: hidden within two hours, gone within a day.

She gives no papers and sends no picture. No letter names the matter in its subject. One reviewer hides it at once; that
it goes for good takes a second person. Where nobody acts, the law's 48 hours are on the desk and the leads are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from tests.journeys import acts
from tests.journeys.stage import Stage, at, text_of

POST = "lumo-1018"
TITLE = "她不想让你看到的"
HER = "lin.yue@mail.example.org"
LEAD = "lan@desk.example"
SAID = {"email": HER, "no_consent": "1", "language": "zh"}
ELECTED = SAID | {
    "elected": "US_TIDA",
    "signature": "林月",
    "wrong": "这是我的脸，我从未拍过、也从未同意发布这样的画面。",
}
REASON = "画面可识别出特定成年人的私密影像，没有同意发布的迹象。"
DELICATE = re.compile("私密|色情|深度伪造|裸|intimate|deepfake|nude|sex", re.IGNORECASE)


def test_hidden_the_same_evening_and_gone_the_next_morning(stage_at: Callable[[datetime], Stage]) -> None:
    """From the phone to the platform, with every clock met."""
    stage = stage_at(at("2026-11-20 21:40"))
    her = stage.person("zh")
    filed = _she_reports(her)
    stage.settle()
    _only_numbers_travel(stage, filed)
    stage.later(minutes=50)
    rui = stage.desk("rui")
    case = acts.cases_of(rui, TITLE)[0]
    _one_reviewer_hides_it(stage, rui, case)
    stage.until(at("2026-11-21 09:00"))
    _two_people_remove_it(stage, case)
    _everybody_is_told(stage)
    assert "删除内容" in acts.track(her, filed)
    stage.until(at("2026-12-05 12:00"))
    letter = stage.letters(HER)[-1]  # two weeks later somebody asks how she is (N28)
    assert "12338" in text_of(letter) and not DELICATE.search(letter["Subject"])


def _she_reports(her: acts.Person) -> acts.Filed:
    her.does("/report", {"kind": "INTIMATE_DEEPFAKE", "platform": "demo", "content_ref": POST})
    her.does("/report/who", {"basis": "SELF"})
    assert her.get("/report/files").location.endswith("/report/contact")  # nobody is to send the pictures
    contact = her.get("/report/contact").text
    assert re.findall(r'name="(name|signature|postal_address|files?)"', contact) == []  # nor to say who she is
    filed = acts.report(her, POST, "INTIMATE_DEEPFAKE", "SELF", **SAID)
    assert "12338" in filed.receipt and "2026年11月21日 21:40" in filed.receipt
    return filed


def _only_numbers_travel(stage: Stage, filed: acts.Filed) -> None:
    (receipt,) = stage.letters(HER)
    assert filed.reference in text_of(receipt) and not DELICATE.search(receipt["Subject"])
    (urgent,) = stage.letters(LEAD)
    said = f"{urgent['Subject']} {text_of(urgent)}"
    assert re.search(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", said)
    assert not DELICATE.search(said) and TITLE not in said and POST not in said and "林月" not in said


def _one_reviewer_hides_it(stage: Stage, rui: acts.Person, case: str) -> None:
    page = acts.take(rui, case)
    assert "Urgent" in page and "林月" not in page and HER not in page
    assert "/desk/media/" not in rui.get(f"/desk/case/{case}").text  # sealed: nothing is shown by itself
    said = acts.hide(rui, case, REASON)
    assert "In force until" in said
    stage.settle()
    assert stage.content(POST)["state"] == "disabled"
    account = stage.content(POST)["account"]["email"]
    (told,) = stage.letters(account)
    assert "/respond/" in text_of(told) and "林月" not in text_of(told) and not DELICATE.search(told["Subject"])
    clocks = rui.sees(f"/desk/case/{case}")
    assert "Decide whether to hide it meanwhile" in clocks and "late by" not in clocks


def _two_people_remove_it(stage: Stage, case: str) -> None:
    rui = stage.desk("rui")
    acts.take(rui, case)
    said = acts.decide(rui, case, "INTIMATE_DEEPFAKE", ["remove", "block_hash"], reason=REASON)
    assert "waits for a second person" in said
    stage.settle()
    assert stage.content(POST)["state"] == "disabled"  # one person alone cannot
    mei = stage.desk("mei")
    assert "it is decided" in acts.agree(mei, case)
    stage.settle()
    now = stage.content(POST)
    assert now["state"] == "removed" and "hash_blocked" in now["limits"]
    page = mei.sees(f"/desk/case/{case}")
    assert "done in time" in page and "done late" not in page and "late by" not in page


def _everybody_is_told(stage: Stage) -> None:
    hers = stage.letters(HER)
    assert REASON in text_of(hers[-1]) and "12338" in text_of(hers[-1])
    account = stage.content(POST)["account"]["email"]
    decision = stage.letters(account)[-1]
    assert REASON in text_of(decision)
    for letter in [*hers, *stage.letters(account), *stage.letters(LEAD)]:
        assert not DELICATE.search(letter["Subject"]), letter["Subject"]
        assert not list(letter.iter_attachments())


def test_nobody_acts_and_the_law_s_48_hours_are_broken_in_the_open(stage_at: Callable[[datetime], Stage]) -> None:
    """She chose the procedure of the American act: its clock leads from the start, and the breach is on record."""
    stage = stage_at(at("2026-11-20 21:40"))
    acts.report(stage.person("zh"), POST, "INTIMATE_DEEPFAKE", "SELF", **ELECTED)
    stage.settle()
    rui = stage.desk("rui")
    case = acts.cases_of(rui, TITLE)[0]
    page = rui.sees(f"/desk/case/{case}")
    assert "Remove intimate imagery and identical copies" in page and "Set by law" in page
    stage.until(at("2026-11-22 21:30"))
    before = len(stage.letters(LEAD))
    assert before > 1  # the house's shorter clocks rang first
    stage.until(at("2026-11-22 21:50"))
    rung = stage.letters(LEAD)[before:]
    assert rung and all(case in f"{one['Subject']} {text_of(one)}" for one in rung)
    page = stage.desk("rui").sees(f"/desk/case/{case}")
    assert "late by" in page
    acts.take(rui := stage.desk("rui"), case)
    acts.decide(rui, case, "INTIMATE_DEEPFAKE", ["remove", "block_hash"], reason=REASON)
    acts.agree(stage.desk("mei"), case)
    stage.settle()
    assert stage.content(POST)["state"] == "removed"
    assert "done late" in stage.desk("rui").sees(f"/desk/case/{case}")
