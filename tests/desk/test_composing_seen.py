"""The composer in a real browser: a rule found by its law, a basket, a reason begun with `::`, choices side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import PASSWORD, Cast
from tests.desk.conftest import matched_case
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from tests.domain.decisions.story import account
from webapp.core.db import transaction

pytestmark = pytest.mark.browser


def test_a_decision_is_composed(chromium: Browser, site: str, cast: Cast) -> None:  # noqa: F811  # fixtures of that name
    case = matched_case()
    with transaction():
        case.subject.respondent = account()
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{site}/desk/sign-in?lang=en")
    page.fill("[name=email]", "rui@desk.example")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{site}/desk/case/{case.reference}")
    with page.expect_navigation():
        page.click("[data-take]")
    page.check("[data-finding][value=supported]", force=True)

    # The rule is found by its law; what it stands on and its usual measures follow.
    find = page.get_by_role("combobox", name="Rule broken")
    find.fill("civil code 1019")
    expect(page.get_by_role("option", name="Infringement of likeness")).to_have_attribute("aria-selected", "true")
    find.press("Enter")
    expect(page.locator("#ground")).to_have_value("LIKENESS")
    expect(page.locator("[data-stands-on=LIKENESS]")).to_contain_text("NON_CONSENSUAL_MATERIAL_DEEPFAKE")
    expect(page.locator("[data-stands-on=COPY_IMAGE]")).to_be_hidden()
    find.fill("copyright pict")
    find.press("Enter")

    # The usual measures go into the basket together; each can be taken out, others added.
    page.click("[data-usual-all]")
    chosen = page.get_by_role("list", name="Chosen measures").get_by_role("listitem")
    expect(chosen).to_have_text(["Remove the content✕"])
    page.check("[name=action][value=block_hash]")
    page.select_option("#days-block_hash", "90")
    expect(chosen).to_have_text(["Remove the content✕", "Keep copies out · 90 days✕"])
    page.get_by_role("button", name="Take out: Remove the content").click()
    expect(chosen).to_have_text(["Keep copies out · 90 days✕"])

    # Several choices side by side; one is taken into the form.
    page.click("[data-what-if]")
    table = page.locator("[data-compare] table")
    expect(table.locator("thead th")).to_have_text(["As chosen", "The usual measures", "Nothing for the account"])
    table.get_by_role("button", name="Take this one").first.click()
    expect(chosen).to_have_text(["Remove the content✕"])

    # A reason begun with two colons; nothing is sent while a gap is open.
    page.select_option("#template-in", "en")
    reason = page.locator("#reason")
    reason.press_sequentially("::same")
    expect(page.get_by_role("listbox", name="Ready text").get_by_role("option", name="Work: the same")).to_be_visible()
    reason.press("Enter")
    expect(page.locator("[data-gaps]")).to_have_text("2 gaps to fill; Tab goes to the next")
    page.keyboard.insert_text("Dusk")
    page.keyboard.press("Tab")
    page.click("[data-preview]")
    expect(page.locator("[data-gaps]")).to_have_text("1 gap to fill; Tab goes to it")
    page.keyboard.insert_text("its whole length")
    with page.expect_navigation():
        page.click("[data-preview]")
    expect(page.locator(".told")).to_contain_text("The reason")
    expect(page.locator(".letter mark").first).to_contain_text("the same as the work “Dusk”")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults == []
    context.close()
