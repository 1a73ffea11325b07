"""The keys, the palette and the zone beside a case: one list each, and nothing drawn that is not in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh, known_account, matched_case
from webapp.core.db import db, transaction
from webapp.core.i18n import speaking
from webapp.desk import beside as zone
from webapp.desk.keys import KEYS
from webapp.desk.navigation import PAGES
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.search.service import catch_up

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "webapp/desk/templates"
SCRIPTS = ROOT / "static/desk"
# The browser's own, or held together with Ctrl: heard for themselves, and tried in test_keyboard.py.
OWN = {"Enter", "Esc", "Ctrl+Enter", "Ctrl+K"}

Enter = Callable[[str], Browser]


def pressed() -> set[str]:
    """Every key that something on some page answers to."""
    drawn = "\n".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    heard = "\n".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    found = set(re.findall(r'data-key="([^"{]+)"', drawn)) | set(re.findall(r'onKey\("([^"]+)"', heard))
    found |= {page.key for page in PAGES if page.key}
    return {"Space" if key == " " else key for key in found}


def test_the_sheet_of_keys_tells_exactly_the_keys_there_are() -> None:
    told = [press for group in KEYS for key in group.keys for press in key.press]
    assert sorted(told) == sorted(set(told)), "a key means one thing"
    assert set(told) - OWN == pressed()


def test_every_key_a_page_presses_is_shown_on_what_it_presses() -> None:
    hidden = []
    for path in TEMPLATES.rglob("*.html"):
        for line in path.read_text().splitlines():
            key = re.search(r'<(?:button|summary)[^>]*data-key="([^"{]+)"', line)
            if key and f"<kbd>{key[1]}</kbd>" not in line and f">{key[1]}</kbd>" not in line:
                hidden.append((path.name, key[1]))
    assert hidden == []


def test_the_sheet_is_on_every_page_and_says_it_in_words(at_desk: Enter, cast: Cast) -> None:
    page = at_desk("rui").get("/desk/").text
    sheet = page[page.index('id="keys"') :]
    with speaking("en"):
        for group in KEYS:
            assert str(group.title) in sheet
    assert "<kbd>Ctrl ⏎</kbd>" in sheet


# --- the palette -----------------------------------------------------------------------------------------


def found(browser: Browser, wanted: str) -> list[tuple[str, str]]:
    """Title and address of what the palette shows."""
    answer = browser.get("/desk/jump", query_string={"q": wanted})
    assert answer.status_code == 200
    return [(one["title"], one["address"]) for one in answer.json]


def test_a_reference_leads_to_its_case_however_it_is_typed(at_desk: Enter, cast: Cast) -> None:
    case = matched_case()
    reference, rui = case.reference, at_desk("rui")
    for typed in (reference, reference.lower(), reference.replace("-", " "), reference[:6]):
        assert found(rui, typed)[0] == (reference, f"/desk/case/{reference}")


def test_a_report_leads_to_its_place_in_the_case(at_desk: Enter, cast: Cast) -> None:
    case = matched_case()
    report = cases.active_reports(case.id)[0]
    title, address = found(at_desk("rui"), report.reference)[0]
    assert (title, address) == (report.reference, f"/desk/case/{case.reference}#report-{report.id}")


@pytest.mark.parametrize(
    "typed",
    ["https://example.org/v/9", "http://EXAMPLE.org/v/9/", "example.org/v/9#t=3"],
    ids=["whole", "other", "bare"],
)
def test_an_address_leads_to_the_cases_about_what_is_there(at_desk: Enter, cast: Cast, typed: str) -> None:
    case = matched_case(platform="", address="https://example.org/v/9")
    with transaction():
        fresh(case).subject.key = "address:example.org/v/9"
    assert (case.reference, f"/desk/case/{case.reference}") in found(at_desk("rui"), typed)


def test_an_address_leads_there_though_the_platform_told_the_number(at_desk: Enter, cast: Cast) -> None:
    case = matched_case(platform="demo", address="https://demo.example/p/77")
    other = matched_case(2, platform="demo", address="https://demo.example/p/77/comments")
    with transaction():
        catch_up(1000)
    addresses = dict(found(at_desk("rui"), "demo.example/p/77/"))
    assert addresses.get(case.reference) == f"/desk/case/{case.reference}"
    assert other.reference not in addresses


def test_an_account_leads_to_its_cases_with_or_without_its_sign(at_desk: Enter, cast: Cast) -> None:
    case = known_account(matched_case())
    rui = at_desk("rui")
    for typed in ("@chenmo", "chenmo"):
        assert (case.reference, f"/desk/case/{case.reference}") in found(rui, typed)


def test_pages_are_found_by_their_name_by_those_who_may_open_them(at_desk: Enter, cast: Cast) -> None:
    assert ("Rule book", "/desk/book") in found(at_desk("rui"), "rule")
    assert "Parked tasks" not in dict(found(at_desk("rui"), "parked"))
    assert "Parked tasks" in dict(found(at_desk("ada"), "parked"))


def test_colleagues_are_found_only_by_those_who_look_after_them(at_desk: Enter, cast: Cast) -> None:
    assert "Mei" in dict(found(at_desk("ada"), "mei"))
    assert "Mei" not in dict(found(at_desk("rui"), "mei"))


def test_what_is_nowhere_is_handed_on_to_the_search(at_desk: Enter, cast: Cast) -> None:
    assert [title for title, _address in found(at_desk("rui"), "水彩画")] == ["Search for “水彩画”"]


def test_every_page_the_bar_tells_of_opens(at_desk: Enter, cast: Cast) -> None:
    ada = at_desk("ada")
    with ada.application.test_request_context():
        addresses = [page.address for page in PAGES]
    assert [address for address in addresses if ada.get(address).status_code != 200] == []


def test_strangers_are_told_nothing(stranger: Browser) -> None:
    assert stranger.get("/desk/jump?q=C-").status_code == 302


# --- the zone beside a case ------------------------------------------------------------------------------


def test_the_queue_stands_beside_the_open_case(at_desk: Enter, cast: Cast) -> None:
    first, second = matched_case(1), matched_case(2)
    page = at_desk("rui").get(f"/desk/case/{second.reference}").text
    rows = re.findall(r'<a class="next__link" href="([^"]+)"[^>]*?( aria-current="true")?>', page)
    assert [address for address, _here in rows] == [f"/desk/case/{c.reference}" for c in (first, second)]
    assert [bool(here) for _address, here in rows] == [False, True]


def test_a_case_further_down_is_shown_with_what_follows_it(app: APIFlask, cast: Cast) -> None:
    first, second, third, last = [matched_case(n).reference for n in (1, 2, 3, 4)]
    with app.test_request_context("/desk/"):
        front = zone.beside(cases.by_reference(second), cast.rui, most=2)
        deeper = zone.beside(cases.by_reference(third), cast.rui, most=1)
    assert [row.reference for row in front.rows] == [first, second]
    assert [row.reference for row in deeper.rows] == [third]
    assert deeper.after
    assert last not in [row.reference for row in deeper.rows]


def test_the_zone_is_sent_again_only_when_something_changed(at_desk: Enter, cast: Cast) -> None:
    case = matched_case()
    rui = at_desk("rui")
    address, case_id = f"/desk/case/{case.reference}/beside", case.id
    mark = rui.get(address).headers["ETag"]
    assert rui.get(address, headers={"If-None-Match": mark}).status_code == 304
    with transaction():
        case_verbs.take(case_id, cast.mei)
    answer = rui.get(address, headers={"If-None-Match": mark})
    assert answer.status_code == 200
    assert "Mei, until" in answer.text


def test_the_zone_costs_the_same_however_many_wait(at_desk: Enter, cast: Cast, count_queries: list[str]) -> None:
    case = matched_case(1)
    rui, address = at_desk("rui"), f"/desk/case/{case.reference}/beside"
    rui.get(address)
    count_queries.clear()
    rui.get(address)
    few = len(count_queries)
    for number in range(2, 6):
        matched_case(number)
    db.session.rollback()
    count_queries.clear()
    rui.get(address)
    assert len(count_queries) <= few
