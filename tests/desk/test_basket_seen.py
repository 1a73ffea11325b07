"""Search and basket in a real browser: found, ticked by a key, looked at, done while one watches, and undone."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser

from tests.conftest import PASSWORD, Cast
from tests.desk.conftest import matched_case
from tests.desk.test_axe import faults
from tests.desk.test_basket import work
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.search import service

pytestmark = [pytest.mark.browser, pytest.mark.axe]


def test_from_the_search_through_the_basket_and_back(
    app: APIFlask,
    cast: Cast,
    chromium: Browser,  # noqa: F811  # the fixture of that name
    site: str,  # noqa: F811  # the fixture of that name
) -> None:
    ids = [matched_case(n, wrong="这幅水彩畫被鏡像後冒充原創。").id for n in (1, 2)]
    with transaction():
        service.catch_up(1000)
    context = chromium.new_context(viewport=DESK, color_scheme="dark")  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if "Content Security" in line.text else None)
    page.goto(f"{site}/desk/sign-in?lang=en")
    page.fill("input[name=email]", "rui@desk.example")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    with page.expect_navigation():
        page.keyboard.press("/")
    page.keyboard.press("/")
    page.keyboard.insert_text("水彩画")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("mark").first.text_content() == "水彩畫"
    for number in ("1", "2"):
        page.keyboard.press("j")
        page.keyboard.press("y")
        page.locator("[data-basket-count]", has_text=number).wait_for()
    assert faults(page) == []
    page.goto(f"{site}/desk/basket")
    page.click("details.act:has-text('Take') summary:text-is('Take')")
    assert faults(page) == []
    with page.expect_navigation():
        page.click("details[open].act button")
    assert faults(page) == []
    with page.expect_navigation():
        page.click(".desk-head .button--primary")
    assert page.locator("progress").is_visible()
    work()
    page.get_by_role("button", name="Undo …").wait_for()  # the page drew itself anew
    assert faults(page) == []
    assert [cases.holder(case_id) is not None for case_id in ids] == [True, True]
    db.session.rollback()
    with page.expect_navigation():
        page.get_by_role("button", name="Undo …").click()
    assert faults(page) == []
    with page.expect_navigation():
        page.click(".desk-head .button--primary")
    work()
    assert [cases.holder(case_id) for case_id in ids] == [None, None]
    assert said == []
    context.close()
