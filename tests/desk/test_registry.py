"""The registry at the desk, and the panel of a case that says what the index found, how fresh it was, and how often."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.builders import picture
from tests.conftest import Cast
from tests.desk.conftest import Browser, see
from tests.domain.decisions.story import choice, decided, opened
from webapp.core.db import db, transaction
from webapp.domain.cases.models import Case
from webapp.domain.index import queries as index
from webapp.domain.index import service as index_service
from webapp.domain.index.looking import Answer, Candidate
from webapp.domain.registry import queries
from webapp.domain.registry.models import Registration
from webapp.domain.staff.models import Staff
from webapp.domain.staydown import queries as staydown
from webapp.domain.staydown import service


def register(
    desk: Browser, number: str = "W-1", title: str = "Lotus at Dusk", data: bytes = b"", **form: str
) -> object:
    values = {"number": number, "kind": "work", "title": title, "holder": "Zhou Yun"} | form
    return desk.post("/desk/registry", data=values | {"file": (io.BytesIO(data or picture(1)), "lotus.jpg")})


def test_a_lead_registers_adds_a_file_and_ends(at_desk: Callable[[str], Browser]) -> None:
    desk = at_desk("lan")
    assert "Nothing is registered yet." in desk.get("/desk/registry").text
    assert register(desk).status_code == 302  # type: ignore[attr-defined]  # a response
    page = desk.get("/desk/registry").text
    assert "W-1 is registered." in page
    assert "Lotus at Dusk" in page
    register(desk, data=picture(2))
    assert "The file was added to W-1." in desk.get("/desk/registry").text
    one = queries.page()[0]
    assert len(one.items) == 2
    desk.post(f"/desk/registry/{one.id}/end")
    page = desk.get("/desk/registry").text
    assert "The registration W-1 has ended." in page
    db.session.rollback()
    assert db.session.get_one(Registration, one.id).state == "ended"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": " "}, "Please give the title."),
        ({"registered_on": "2999-01-01"}, "Please give a day that does not lie ahead."),
        ({"data": b"<html>no picture</html>"}, "This is a web page or script"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    at_desk: Callable[[str], Browser], values: dict[str, str], sentence: str
) -> None:
    answer = register(at_desk("lan"), "W-77", **values)  # type: ignore[arg-type]  # by keyword
    assert answer.status_code == 422  # type: ignore[attr-defined]  # a response
    assert sentence in answer.text  # type: ignore[attr-defined]  # a response
    assert 'value="W-77"' in answer.text  # type: ignore[attr-defined]  # a response


def test_reviewers_look_and_change_nothing(at_desk: Callable[[str], Browser]) -> None:
    desk = at_desk("rui")
    assert register(desk).status_code == 403  # type: ignore[attr-defined]  # a response
    assert desk.post("/desk/registry/x/end").status_code == 403
    assert "Register a work" not in desk.get("/desk/registry").text


def test_the_list_is_searched(at_desk: Callable[[str], Browser]) -> None:
    desk = at_desk("lan")
    register(desk, "W-1", "Lotus")
    register(desk, "W-2", "Persimmons", picture(2))
    desk.get("/desk/registry")  # the two sentences that they are registered were read
    page = desk.get("/desk/registry?search=persim").text
    assert "W-2" in page
    assert "W-1" not in page


def case_about(staff: Staff | None, ref: str) -> Case:
    return opened(staff, alleged=[picture(1)], content_ref=ref, address=f"http://127.0.0.1:8001/posts/{ref}")


def file_of(case: Case) -> str:
    return staydown.alleged(case.id)[0]


def test_a_case_says_what_was_found_in_the_registry(app: APIFlask, at_desk: Callable[[str], Browser]) -> None:
    desk = at_desk("lan")
    register(desk)
    item = queries.page()[0].items[0].evidence_id
    case = case_about(None, "p1")
    page = desk.get(f"/desk/case/{case.reference}").text
    assert "not looked up yet" in page
    with transaction():
        see(item)
        index_service.enter(item, "registered")
        answer = Answer("done", 12431, 3.2, 0, [Candidate(item, "registered", 9)])
        index_service.record_lookup(file_of(case), answer)
    page = desk.get(f"/desk/case/{case.reference}").text
    assert "looked up among 12431 references, index 3 s old" in page
    assert "Registered work" in page
    assert "Lotus at Dusk" in page
    assert "near by its hash, not compared yet" in page
    assert desk.get(f"/desk/media/{item}/thumb").status_code == 200
    with transaction():
        index_service.record_lookup(file_of(case), Answer("stale", 12, 300.0, 4))
    assert "looked up in a stale index: 4 references were missing" in desk.get(f"/desk/case/{case.reference}").text


def test_both_cases_tell_a_sighting(app: APIFlask, cast: Cast, at_desk: Callable[[str], Browser]) -> None:
    old = case_about(cast.rui, "p1")
    decided(old, cast.rui, choice(old, ("remove", None), ("block_hash", 90)))
    new = case_about(None, "p2")
    with transaction():
        service.follow(old.id)
        answer = Answer("done", 1, 0.0, 0, [Candidate(file_of(old), "decided", None, identical=True)])
        index_service.record_lookup(file_of(new), answer)
        service.see(file_of(new), file_of(old), "identical")
    desk = at_desk("mei")
    page = desk.get(f"/desk/case/{new.reference}").text
    assert "Sighting number 1 of content blocked until" in page
    assert "the same file, byte for byte" in page
    assert "Violation found" in page
    assert old.reference in page
    assert "Content blocked in an earlier case was found in this one" in page
    page = desk.get(f"/desk/case/{old.reference}").text
    assert "seen again 1 time" in page
    assert new.reference in page
    assert "The blocked content was reported again" in page
    assert index.sizes() == {"decided": 1}
