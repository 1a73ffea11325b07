"""The figures in a real browser: every chart is drawn, in both languages and both colour schemes."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser

from tests.conftest import PASSWORD, Cast
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from tests.domain.decisions.story import decided, opened
from webapp.core.db import db, transaction
from webapp.domain.figures import service

pytestmark = pytest.mark.browser
DRAWN = "[...document.querySelectorAll('.figure__picture')].map((one) => one.naturalWidth)"


@pytest.mark.parametrize(("lang", "scheme"), [("zh", "dark"), ("en", "light")])
def test_charts_are_drawn(app: APIFlask, cast: Cast, chromium: Browser, site: str, lang: str, scheme: str) -> None:  # noqa: F811
    """Nothing of them is refused by the page's policy, and the page needs no sideways scrolling."""
    decided(opened(cast.rui), cast.rui)
    for day in service.due(1):
        found, moment = service.count(day)
        with transaction():
            service.keep(day, found, moment)
    db.session.rollback()
    context = chromium.new_context(viewport=DESK, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{site}/desk/sign-in?lang={lang}")
    page.fill("input[name=email]", "lan@desk.example")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    page.goto(f"{site}/desk/figures?days=7")
    for picture in page.query_selector_all(".figure__picture"):
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    widths = page.evaluate(DRAWN)
    assert len(widths) >= 5
    assert set(widths) == {700, 560}
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]
    assert refused == []
    context.close()
