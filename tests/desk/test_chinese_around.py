"""The pages around the case in Chinese: no English is left on any of them, whatever state they show."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.desk.test_counters import forwarded
from tests.desk.test_second_look import REASON, TEXT, answers, appealed, proposed
from tests.domain.appeals.story import paper, removed, report_of
from tests.reading import english
from webapp.core.db import transaction
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals

# What people typed themselves, and names.
OWN = (
    REASON,
    TEXT,
    "I drew it myself.",
    "This is my painting, mirrored and recoloured.",
    "Evening on the river",
    "My layered source file of 2019.",
    "Two different pictures.",
    "Both are one picture.",
    "paper.pdf",
    "batch-0001.json",
    "Demo",
    "Rui",
    "Mei",
    "Lan",
    "@chenmo",
    "Chen Mo",
)


def reader(at_desk: Callable[[str], Browser], name: str) -> Browser:
    """Somebody who reads Chinese."""
    one = at_desk(name)
    one.set_cookie("lang", "zh")
    return one


def test_an_appeal_is_chinese_from_the_list_to_the_end(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    decision = removed(cast)
    licence = paper(source="respondent")
    with transaction():
        appeals.add_proof(decision.case_id, licence, "LICENCE", "")
    reference, _case = appealed(decision)
    own = (*OWN, reference)
    mei, address = reader(at_desk, "mei"), f"/desk/appeals/{reference}"
    assert english(mei.get("/desk/second").text, *own) == []
    assert english(mei.get(address).text, *own) == []
    mei.post(f"{address}/take")
    assert english(mei.get(address).text, *own) == []
    assert english(mei.post(f"{address}/find", data={}).text, *own) == []
    mei.post(f"{address}/find", data=answers(decision.case_id, "not_supported"))
    assert english(mei.get(address).text, *own) == []
    assert english(mei.post(f"{address}/preview", data={"do": "keep"}).text, *own) == []
    form = answers(decision.case_id, "not_supported") | {"do": "anew", "reason": "Two different pictures."}
    head = mei.post(f"{address}/preview", data=form).text.split('class="letters"')[0]
    assert english(head, *own) == []
    mei.post(f"{address}/decide", data=form)
    assert english(mei.get(address).text, *own) == []
    assert english(mei.get("/desk/second").text, *own) == []


def test_counter_notices_are_chinese(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    counter = forwarded(cast)
    address = f"/desk/counters/{counter.id}"
    rui = reader(at_desk, "rui")
    assert english(rui.get("/desk/counters").text, *OWN) == []
    assert english(rui.get(address).text, *OWN) == []
    form = {"report": report_of(counter.case_id).id, "form": "arrived", "note": ""}
    assert english(rui.post(f"{address}/arrived", data=form).text, *OWN) == []
    proof = paper()
    with transaction():
        appeals.prove(queries.get(counter.id), report_of(counter.case_id), "suit", proof)
    assert english(rui.get(address).text, *OWN) == []
    assert english(rui.post(f"{address}/judgment", data={}).text, *OWN) == []


def test_lists_for_leads_are_chinese(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    proposed(cast)
    forwarded(cast, content_ref="q9")
    lan = reader(at_desk, "lan")
    for path in ("/desk/second", "/desk/deadlines", "/desk/messages?show=done", "/desk/audit", "/desk/actions"):
        assert english(lan.get(path).text, *OWN) == [], path
    assert english(lan.get("/desk/statements?since=x").text, *OWN) == []
    assert english(lan.post("/desk/statements/batches", data={}).text, *OWN) == []
