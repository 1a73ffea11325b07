"""At the desk too a Chinese page is Chinese throughout, for every role, with what goes wrong there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk.conftest import Browser, choice, matched_case
from tests.reading import english

TYPED = (
    "This is my painting, mirrored and recoloured.",
    "The same picture, mirrored.",
    "Evening on the river",
    "p1",
    "demo",
)


def _english(page: str) -> list[str]:
    return english(page, *TYPED)


@pytest.fixture
def lead(at_desk: Callable[[str], Browser]) -> Browser:
    """The lead's browser, reading Chinese."""
    one = at_desk("lan")
    one.set_cookie("lang", "zh")
    return one


def test_signing_in_is_chinese(stranger: Browser) -> None:
    stranger.set_cookie("lang", "zh")
    assert english(stranger.get("/desk/sign-in").text) == []
    assert english(stranger.sign_in("nobody").text) == []


def test_the_case_its_refusals_and_its_preview_are_chinese(lead: Browser) -> None:
    case = matched_case()
    address = f"/desk/case/{case.reference}"
    assert _english(lead.get("/desk/").text) == []
    assert _english(lead.get(address).text) == []
    lead.post(f"{address}/take")
    for form in ({}, choice(case, reason=""), choice(case, action=["suspend"]), choice(case, action=[])):
        assert _english(lead.post(f"{address}/preview", data=form).text) == []
    assert _english(lead.post(f"{address}/preview", data=choice(case)).text) == []
    lead.post(f"{address}/decide", data=choice(case))
    assert _english(lead.get(address).text) == []
    for path in (
        "/desk/actions",
        "/desk/messages",
        "/desk/audit",
        "/desk/tasks",
        "/desk/staff",
        "/desk/case/C-0000-0000",
    ):
        assert _english(lead.get(path).text) == []


def test_the_page_of_people_is_chinese(at_desk: Callable[[str], Browser]) -> None:
    ada = at_desk("ada")
    ada.set_cookie("lang", "zh")
    assert english(ada.get("/desk/staff").text) == []
    assert english(ada.post("/desk/staff", data={"email": "nowhere"}).text, "nowhere") == []
