"""A painter's signature was cut off her picture. The rules on works online (RTCI) give her fifteen days, and once more
twenty working days while her papers are legalised abroad.

She does not sue, the picture comes back, and the same law bars the same notice about the same picture: the form says so
before anything is sent. Somebody else is not barred.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Person, Stage, at, text_of

POST = "lumo-1002"
TITLE = "紫色荷梦"
SHE = "shen.he@painter.example.org"
NOTICE = {
    "work_title": "Violet Lotus",
    "wrong": "My signature and my mark in the corner were cut away.",
    "name": "Shen He",
    "postal_address": "3 Willow Lane, Suzhou",
    "language": "en",
    "good_faith": "y",
}
ANSWER = {
    "statement": "We bought the picture with the right to crop it.",
    "defence": "LICENCE",
    "real_name": "Art Drop Prints",
    "contact": "prints@drop.example.org",
    "postal_address": "88 Harbour Street, Ningbo",
    "item": "Violet lotus dream",
    "truth": "y",
}
EMBASSY = "The papers wait at the consulate in Lagos."


def _files() -> dict[str, bytes]:
    return {"reference": picture(61), "TITLE": picture(62)}


def _removed_and_answered(stage: Stage) -> tuple[Person, acts.Filed]:
    her = stage.person()
    filed = acts.report(her, POST, "RMI_REMOVED", "SELF", files=_files(), email=SHE, **NOTICE)
    stage.until(at("2026-11-02 16:00"))
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    assert "waits to be completed" not in acts.take(rui, case)
    acts.decide(rui, case, "RMI_REMOVED", ["remove"], reason="The mark of the original is cut away.")
    stage.until(at("2026-11-04 18:00"))
    account, case, _page = sides.answers(stage, POST)
    account.does(f"/respond/{case}/counter", ANSWER | {"files": sides.paper(63, "licence.jpg")})
    stage.settle()
    assert "Art Drop Prints" in sides.opens(her, filed)  # read: the waiting runs from today
    return her, filed


def _extended(stage: Stage, her: Person, filed: acts.Filed) -> None:
    """She asks in a message; the desk needs a document for it, and can do it once."""
    sides.opens(her, filed)
    her.does(f"/track/{filed.reference}/message", {"text": EMBASSY})
    rui = stage.desk("rui")
    (counter,) = set(re.findall(r"/desk/counters/([0-9A-Za-z-]{20,})", rui.get("/desk/counters").text))
    page = rui.get(f"/desk/counters/{counter}")
    report = re.search(r'name="report" value="([^"]+)"', page.text)
    assert report
    path = f"/desk/counters/{counter}/extend"
    sides.tries(rui, path, {"report": report[1]})
    rui.does(path, {"report": report[1], "document": sides.paper(64, "consulate.jpg")})
    assert "17 Dec 2026" in rui.sees(f"/desk/counters/{counter}")
    sides.tries(rui, path, {"report": report[1], "document": sides.paper(65, "again.jpg")})


def test_longer_once_then_back_and_never_the_same_notice_again(stage_at: Callable[[datetime], Stage]) -> None:
    """19 November becomes 17 December: twenty of China's working days."""
    stage = stage_at(at("2026-11-02 09:00"))
    her, filed = _removed_and_answered(stage)
    assert "19 Nov 2026" in sides.opens(her, filed)
    stage.until(at("2026-11-17 10:00"), step=3 * stage.DAY)
    _extended(stage, her, filed)
    stage.settle()
    assert "17 Dec 2026" in sides.opens(her, filed)
    assert "17 Dec 2026" in sides.answers(stage, POST)[2]
    stage.until(at("2026-12-17 23:50"), step=5 * stage.DAY)
    assert stage.content(POST)["state"] == "removed"
    stage.until(at("2026-12-18 00:10"))
    assert stage.content(POST)["state"] == "live"
    assert "NO SECOND NOTICE" in text_of(stage.letters(SHE)[-1])
    _barred(stage)


def _barred(stage: Stage) -> None:
    """The review says it in words, and sending leads back to it; another painter's notice goes through."""
    said = acts.refused_report(stage.person(), POST, "RMI_REMOVED", "SELF", email=SHE, **NOTICE)
    assert "do not let the same notice be sent again" in said
    other = acts.report(
        stage.person(),
        POST,
        "RMI_REMOVED",
        "SELF",
        files=_files(),
        email="other@painter.example.org",
        **(NOTICE | {"name": "Lin Mo"}),
    )
    assert other.reference
