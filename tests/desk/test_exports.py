"""Statements for the EU database: what is ready, what is held back and where, files of up to 100, for those who may."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.domain.appeals.story import choice, decided, rejected, removed, reports
from webapp.domain.decisions import dsa


def test_each_decision_says_whether_it_can_be_sent(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Ready, held back with the field and the sort of data, and no restriction."""
    removed(cast, content_ref="q1")
    named = reports("li@example.org", content_ref="q2")
    decided(named, cast.rui, choice(named, reason="Ask the owner at owner@example.org about it."))
    nothing = reports("wu@example.org", content_ref="q3")
    decided(nothing, cast.rui, rejected(nothing))
    page = at_desk("lan").get("/desk/statements").text
    assert ">ready<" in page
    assert "an e-mail address" in page and "_explanation" in page
    assert "no restriction" in page
    assert "owner@example.org" not in page
    assert "Nothing was decided since then." in at_desk("lan").get("/desk/statements?since=2999-01-01").text
    assert "That is not a day." in at_desk("lan").get("/desk/statements?since=tomorrow").text


def test_files_are_those_of_the_command(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """The download is what the command writes; that it was taken is written down."""
    removed(cast)
    lan = at_desk("lan")
    made = lan.post("/desk/statements/batches", data={"since": ""}).text
    assert "batch-0001.json" in made and "1 statement" in made
    file = lan.post("/desk/statements/batches/1", data={"since": ""})
    assert file.headers["Content-Disposition"] == 'attachment; filename="batch-0001.json"'
    assert json.loads(file.data) == dsa.batches().batches[0]
    assert lan.post("/desk/statements/batches/2", data={}).status_code == 404
    log = lan.get("/desk/audit?verb=statements.export").text
    assert "Took statements for the EU database" in log and "1 statement" in log


def test_statements_are_for_leads(at_desk: Callable[[str], Browser]) -> None:
    rui = at_desk("rui")
    assert rui.get("/desk/statements").status_code == 403
    assert rui.post("/desk/statements/batches").status_code == 403
    assert "/desk/statements" not in rui.get("/desk/").text
