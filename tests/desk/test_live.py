"""Two people at one desk in real browsers: they see each other, ask for a case, hand it over; nothing typed is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD, Cast
from tests.desk.conftest import fresh, matched_case
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from tests.public.phone import RULES
from tests.workers.yard import until
from webapp.core.db import db
from webapp.core.presence import Presence
from webapp.domain.decisions.models import DecisionDraft, HeldChoice
from workers import embedded

pytestmark = pytest.mark.browser
Sit = Callable[[str], Page]


@pytest.fixture
def desk(app: APIFlask, tmp_path: Path) -> Iterator[None]:
    """A queue server for who is here, and a minute to undo."""
    process = subprocess.Popen(embedded.prepare(tmp_path / "queue"), stdout=subprocess.DEVNULL)
    until(lambda: embedded.answers(tmp_path / "queue"), 5)
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"undo_seconds": 60})
    app.extensions["presence"] = Presence(f"unix://{tmp_path / 'queue' / 'queue.sock'}")
    yield
    app.extensions.pop("presence")
    app.config["SETTINGS"] = before
    process.kill()
    process.wait()


@pytest.fixture
def sit(chromium: Browser, site: str, desk: None, cast: Cast) -> Iterator[Sit]:  # noqa: F811  # the fixtures of that name
    """Somebody of the cast at a screen of their own, signed in."""
    screens, faults = [], list[str]()

    def enter(name: str, lang: str = "en") -> Page:
        context = chromium.new_context(viewport=DESK, base_url=site)  # type: ignore[arg-type]  # width and height
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
        page.goto(f"/desk/sign-in?lang={lang}")
        page.fill("input[name=email]", f"{name}@desk.example")
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
        screens.append(context)
        return page

    yield enter
    for context in screens:
        context.close()
    assert faults == []


def pulse(page: Page) -> None:
    """What the page asks every five seconds, now."""
    with page.expect_response("**/desk/pulse?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def look(page: Page, name: str) -> None:
    """Keep the screen in the folder REDRESS_SHOTS names, for people to look at."""
    if folder := os.environ.get("REDRESS_SHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")))


def serious(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def drafts() -> list[DecisionDraft]:
    db.session.rollback()
    return list(db.session.query(DecisionDraft))


def test_what_is_typed_is_kept_by_itself_and_undone_with_one_key(sit: Sit) -> None:
    case = matched_case()
    place = f"/desk/case/{case.reference}"
    rui = sit("rui")
    rui.goto(place)
    with rui.expect_navigation():
        rui.keyboard.press("t")
    with rui.expect_response(f"**{place}/draft"):
        rui.fill("#reason", "Her picture, put up mirrored.")
    expect(rui.locator("[data-draft-status]")).to_contain_text("Draft kept")
    rui.fill("#note", "Left at once")
    rui.goto("/desk/")  # leaving keeps what the two seconds had not
    until(lambda: any("Left at once" in one.content for one in drafts()), 5)
    rui.goto(place)
    expect(rui.locator("#draft")).to_contain_text("This is your draft of")
    assert (rui.input_value("#reason"), rui.input_value("#note")) == ("Her picture, put up mirrored.", "Left at once")
    look(rui, "draft")
    assert serious(rui) == []
    rui.locator("body").click(position={"x": 5, "y": 300})
    rui.keyboard.press("2")
    with rui.expect_navigation():
        rui.keyboard.press("Control+Enter")
    toast = rui.locator("[data-toast]")
    expect(toast).to_contain_text(f"{case.reference} goes out in")
    first = int(rui.locator("[data-left]").inner_text())
    expect(rui.locator("[data-left]")).not_to_have_text(str(first))  # it counts down
    look(rui, "undo")
    assert serious(rui) == []
    with rui.expect_navigation():
        rui.keyboard.press("u")
    assert rui.url.endswith(place) and rui.input_value("#note") == "Left at once"
    assert rui.locator("[data-finding]:checked").get_attribute("value") == "not_supported"
    look(rui, "undone")
    db.session.rollback()
    assert [one.state for one in db.session.query(HeldChoice)] == ["undone"]
    assert fresh(case).state == "open"


def test_colleagues_see_each_other_and_a_case_changes_hands_at_once(sit: Sit) -> None:
    case = matched_case()
    place = f"/desk/case/{case.reference}"
    rui, mei = sit("rui"), sit("mei")
    rui.goto(place)
    with rui.expect_navigation():
        rui.keyboard.press("t")
    mei.goto(place)
    rui.fill("#reason", "It is her")
    pulse(mei)
    pulse(rui)
    pulse(mei)
    expect(rui.locator("[data-here]")).to_contain_text("Mei is looking, too")
    expect(mei.locator("[data-here]")).to_contain_text("Rui is typing")
    mei.keyboard.press("h")
    mei.keyboard.insert_text("I know this account.")
    look(mei, "ask")
    with mei.expect_navigation():
        mei.locator(".hands__form button").click()
    pulse(rui)
    wish = rui.locator(".toast--ask")
    expect(wish).to_contain_text(f"Mei asks for {case.reference}. I know this account.")
    look(rui, "wish")
    assert serious(rui) == []
    rui.locator("body").click(position={"x": 5, "y": 300})
    with rui.expect_navigation():
        rui.keyboard.press("h")
    expect(rui.locator("[data-toasts]")).to_contain_text(f"{case.reference} is with Mei now.")
    pulse(mei)
    expect(mei.locator("[data-toasts-live]")).to_contain_text("The case is yours now.")
    look(mei, "yours")
    mei.locator("[data-toasts-live] [data-open]").click()
    expect(mei.locator("#decision")).to_be_visible()
    look(rui, "handed")


def test_the_open_page_is_told_that_its_case_changed(sit: Sit) -> None:
    case = matched_case()
    mei = sit("mei", "zh")
    mei.goto(f"/desk/case/{case.reference}")
    before = mei.locator(".strip time").first.inner_text()
    matched_case()  # another report joins
    pulse(mei)
    expect(mei.locator("[data-news^='changed:']")).to_be_visible()
    assert mei.locator(".strip time").first.inner_text() == before
    look(mei, "changed")
    assert serious(mei) == []
