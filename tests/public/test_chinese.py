"""A Chinese page has nothing left in English: the way of a report, mistakes, refusals, the libraries' own words."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from tests.public.conftest import ADDRESS, STEPS, Visitor, receipt
from tests.reading import english
from webapp.public.errors import PAGES, page

TYPED = (
    "This is my painting, mirrored.",
    "Evening",
    "Zhou Yun",
    ADDRESS,
    "nowhere",
    "x" * 201,
    "8 Lake Road, Hangzhou",
)


@pytest.fixture
def reader(app: APIFlask) -> Visitor:
    """A reporter reading Chinese."""
    return Visitor(app.test_client(), "zh")


@pytest.mark.parametrize(
    "path", ["/", "/how", "/report", "/track", "/report/receipt", "/nothing-here", "/respond/C-0000-0000"]
)
def test_a_page_is_chinese_throughout(reader: Visitor, path: str) -> None:
    assert english(reader.get(path).text) == []


@pytest.mark.parametrize("path", ["/how", "/report/discard"])
def test_the_wrong_way_to_open_a_page_is_told_in_chinese(reader: Visitor, path: str) -> None:
    wrong = reader.post(path) if path == "/how" else reader.get(path)
    assert wrong.status_code == 405 and english(wrong.text) == []


@pytest.mark.parametrize("kind", ["COPY_IMAGE", "LIKENESS", "VOICE", "FABRICATION_RUMOUR", "FRAUD"])
def test_every_step_and_its_mistakes_are_chinese(reader: Visitor, kind: str) -> None:
    steps: list[str] = [*STEPS, "/report/review"]
    for path in steps:
        reader.fill(until=path, kind={"kind": kind})
        assert english(reader.get(path).text, *TYPED) == []
        empty = reader.post(
            path, {"address": "nowhere", "email": "nowhere", "name": "x" * 201, "kind": "", "basis": "?"}
        )
        assert english(reader.get(path).text if empty.status_code == 302 else empty.text, *TYPED) == []


@pytest.mark.parametrize(
    ("kind", "basis", "elected"),
    [
        ("VOICE", "AGENT", ()),
        ("DECEASED", "NR2", ()),
        ("MINOR_SEXUAL", "ANY", ()),
        ("INTIMATE_DEEPFAKE", "SELF", ("US_TIDA",)),
        ("COPY_MUSIC", "HEIR", ("US_DMCA",)),
        ("LIKENESS", "ANY", ()),
        ("VH_LIVE_NO_HUMAN", "ANY", ()),
        ("AI_LABEL_WRONG", "SELF", ()),
        ("OTHER_IP", "RH", ()),
    ],
)
def test_what_a_kind_and_a_standing_ask_is_chinese(
    reader: Visitor, kind: str, basis: str, elected: tuple[str, ...]
) -> None:
    """Every page of the form with its own questions; then the same form empty, so that it says what is missing."""
    answers: dict[str, Any] = {"kind": {"kind": kind}, "who": {"basis": basis, "elected": list(elected)}}
    own = (*TYPED, "Zhou Ming", "Reports of every sort", "VH-0001")
    for path in reader.fill(**answers):
        assert english(reader.get(path).text, *own) == []
        empty = reader.post(path, {"kind": kind, "basis": "?", "valid_to": "soon", "valid_from": "2999-01-01"})
        if empty.status_code != 302:
            assert english(empty.text, *own, "soon") == []
    assert english(reader.get("/report/review").text, *own) == []


def test_the_receipt_the_tracking_page_and_its_mistakes_are_chinese(reader: Visitor) -> None:
    reader.fill()
    reader.send()
    page = reader.get("/report/receipt")
    reference, secret = receipt(page)
    assert english(page.text, secret) == []
    for path in (f"/track/{reference}", f"/track/{reference}/withdraw"):
        assert english(reader.get(path).text, *TYPED) == []
    assert english(reader.post(f"/track/{reference}/message", {"text": ""}).text, *TYPED) == []
    assert english(reader.post("/track", {"reference": reference, "secret": "wrong"}).text, "wrong") == []


def test_a_file_that_cannot_be_taken_is_told_in_chinese(reader: Visitor) -> None:
    reader.fill(until="/report/files")
    for data, name in (
        (b"", "a.png"),
        (b"MZ" + bytes(300), "a.png"),
        (b"<svg/>", "a.svg"),
        (b"PK\x03\x04" + bytes(99), "a.zip"),
    ):
        told = reader.send_file(data, name)
        assert told.status_code == 422 and english(told.get_json()["error"], "ZIP", "SVG") == []


def test_a_page_open_too_long_is_told_in_chinese(app: APIFlask, reader: Visitor) -> None:
    """Flask-WTF's own sentence about the missing token never reaches a person."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        late = reader.post("/report", {"kind": "FRAUD"})
        assert english(late.text) == [] and "页面打开时间过长" in late.text
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("code", sorted(PAGES))
def test_every_failure_has_a_chinese_page(app: APIFlask, code: int) -> None:
    """Too many tries, too large, broken: also those no test can bring about with a click."""
    with app.test_request_context("/", headers={"Cookie": "lang=zh"}):
        body, status = page(code)
    assert status == code and english(body) == []
