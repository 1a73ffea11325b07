"""The whole story in a real browser: she reports a copy of her painting, a reviewer sees why it matches and decides,
the platform takes it down and it is read back, both sides get a letter, and she follows it all on her phone.

Screenshots go to var/screenshots (the README's are copies of these).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import ROOT, House, until

pytestmark = [pytest.mark.browser, pytest.mark.axe, pytest.mark.timeout(180)]

SHOTS = ROOT / "var" / "screenshots"
POST = "lumo-1001"
TITLE = "黄昏荷塘"
ORIGINAL = "shen-he-lotus-at-dusk.jpg"
EMAIL = "shen.he@painter.example.org"
NAME = "沈荷"
WRONG = "这是我的油画《荷塘黄昏》，被裁切调色后当壁纸发布，从未授权。"
REASON = "裁切、调色后的画面与举报人提供的原作笔触一致，未见授权。"


class Person:
    """Somebody with a browser of their own, who notes what the browser complained of."""

    def __init__(self, browser: Browser, width: int, height: int, language: str) -> None:
        self.context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def shot(self, name: str, full: bool = False) -> None:
        """A screenshot into var/screenshots."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full)

    def examine(self) -> None:
        """axe finds nothing serious on the page as it is now."""
        found = Axe().run(self.page).response["violations"]
        assert [
            (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")
        ] == []


def test_the_main_job_end_to_end(house: House, chromium: Browser, tmp_path: Path) -> None:
    """Every sentence of the product's promise, seen."""
    original = tmp_path / ORIGINAL
    with urlopen(f"{house.platform}/demo/originals/{ORIGINAL}", timeout=10) as answer:
        original.write_bytes(answer.read())
    her = Person(chromium, 390, 844, "zh-CN")
    reference, secret = _she_reports(her, house, original)
    _her_receipt_arrives(house, reference)
    desk = Person(chromium, 1280, 720, "en-US")
    _the_reviewer_decides(desk, house)
    _the_platform_took_it_down(desk, house)
    _both_sides_are_told(house, reference)
    _she_follows_it(her, house, reference, secret)
    respondent, second = Person(chromium, 390, 844, "zh-CN"), Person(chromium, 1280, 720, "en-US")
    _the_respondent_reads_why(respondent, house)
    _it_comes_back_and_the_desk_is_told(desk, house)
    _an_appeal_is_answered_by_somebody_else(respondent, second, house)
    assert her.faults == desk.faults == respondent.faults == second.faults == []


def _she_reports(her: Person, house: House, original: Path) -> tuple[str, str]:
    page = her.page
    page.goto(f"{house.platform}/p/{POST}?lang=zh")
    page.click(f"a[href*='/report?'][href*='{POST}']")
    page.wait_for_url("**/report?**")
    her.examine()
    page.click("#section-work summary")
    page.check("input[value=COPY_IMAGE]")
    page.click("button[value=go]")
    page.check("input[value=SELF]")
    page.click("button[value=go]")
    page.fill("#work_title", "荷塘黄昏")
    page.fill("#wrong", WRONG)
    page.click("button[value=go]")
    page.wait_for_url("**/report/files")
    page.set_input_files("input[name=reference]", original)
    expect(page.get_by_text(ORIGINAL).first).to_be_visible()
    page.set_input_files("input[name=TITLE]", original)
    expect(page.locator(".file[data-id]")).to_have_count(2)
    expect(page.locator("[role=progressbar], progress")).to_have_count(0)
    page.locator("label[for], legend", has_text="原作").first.evaluate("it => it.scrollIntoView({ block: 'start' })")
    her.shot("report-files")
    her.examine()
    page.click("button[value=go]")
    page.fill("#name", NAME)
    page.fill("#email", EMAIL)
    page.fill("#postal_address", "杭州市湖滨路 8 号")
    page.check("#good_faith")
    page.click("button[value=go]")
    page.wait_for_url("**/report/review")
    her.examine()
    page.click("button[value=go]")
    page.wait_for_url("**/report/receipt")
    her.shot("receipt")
    her.examine()
    text = page.inner_text("main")
    reference = re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    secret = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert reference and secret
    return reference[0], secret[0]


def _her_receipt_arrives(house: House, reference: str) -> None:
    letter = until(lambda: house.letters(EMAIL))[0]
    assert reference in letter["text"] and reference in letter["html"] and f"/track/{reference}" in letter["text"]
    assert re.search("[\u4e00-\u9fff]", letter["subject"])


def _sign_in(desk: Person, house: House, address: str) -> None:
    page = desk.page
    page.goto(f"{house.web}/desk/?lang=en")
    page.fill("input[name=email]", address)
    page.fill("input[name=password]", "redress-demo-2026")
    page.keyboard.press("Enter")
    expect(page.locator(".whoami summary")).to_be_visible()


def _the_reviewer_decides(desk: Person, house: House) -> None:
    _sign_in(desk, house, "reviewer@demo.example")
    page = desk.page
    _reload_until(page, f"tr:has-text('{TITLE}') img[src*='/thumb']")
    desk.shot("queue")
    desk.examine()
    page.locator("tr", has_text=TITLE).locator("a[href*='/desk/case/C-']").first.click()
    page.wait_for_url("**/desk/case/C-**")
    page.click("[data-take]")
    _reload_until(page, "#match-1 .marks polygon")  # where the two show the same is drawn on them
    expect(page.locator("#match-1 .match__says")).to_contain_text("The same picture")
    for veil in page.locator(".exhibit .veil__toggle").all()[:2]:
        veil.check(force=True)
    page.wait_for_timeout(400)
    desk.shot("case")
    desk.examine()
    page.locator("input[data-finding][value=supported]").first.check()
    page.locator("input[name=action][value=remove]").check()
    page.fill("#reason", REASON)
    page.click("[data-what-if]")
    expect(page.locator("[data-says]")).to_contain_text("0 points active, +2 makes 2: warn the account")
    page.keyboard.press("Escape")  # the table of choices beside each other
    page.click("[data-preview]")
    expect(page.locator("main")).to_contain_text("0 points active, +2 makes 2: warn the account")
    expect(page.locator("main")).to_contain_text(REASON)
    desk.shot("preview", full=True)
    desk.examine()
    page.locator("button[data-submit], button[data-confirm]").first.click()
    page.wait_for_url(lambda url: "preview" not in url and "decide" not in url)


def _reload_until(page: Page, selector: str) -> None:
    def there() -> bool:
        if page.locator(selector).count():
            return True
        page.wait_for_timeout(400)
        page.reload()
        return False

    until(there)


def _the_platform_took_it_down(desk: Person, house: House) -> None:
    state = until(
        lambda: (found := house.content(POST))["state"] == "removed" and found["account"]["warnings"] and found
    )
    assert state["account"]["state"] == "active"
    page = desk.page
    page.goto(f"{house.web}/desk/actions")
    _reload_until(page, "tbody tr:nth-child(2) :text('Holds: read back')")
    desk.shot("actions")
    desk.examine()


def _both_sides_are_told(house: House, reference: str) -> None:
    mine = until(lambda: len(found := house.letters(EMAIL)) == 2 and found)
    assert REASON in mine[0]["text"] and reference in mine[0]["text"]
    account = house.content(POST)["account"]
    theirs = until(lambda: house.letters(account["email"]))[0]
    assert REASON in theirs["text"] and "/respond/C-" in theirs["text"]
    for secret in (NAME, EMAIL, WRONG, reference, "荷塘黄昏"):
        assert secret not in theirs["text"] and secret not in theirs["html"] and secret not in theirs["subject"]
    assert all(m["repeats"] == 0 for m in [*mine, theirs])


def _she_follows_it(her: Person, house: House, reference: str, secret: str) -> None:
    page = her.page
    her.context.clear_cookies()
    page.goto(f"{house.web}/track?lang=zh")
    page.fill("input[name=reference]", reference.lower().replace("-", " "))
    page.fill("input[name=secret]", secret)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/track/{reference}")
    expect(page.locator("main")).to_contain_text(REASON)
    her.shot("track")
    her.examine()


def _the_respondent_reads_why(respondent: Person, house: House) -> None:
    account = house.content(POST)["account"]
    link = re.search(r"http\S+/respond/C-\S+", house.letters(account["email"])[0]["text"])
    assert link
    respondent.page.goto(link[0])
    expect(respondent.page.locator("main")).to_contain_text(REASON)
    text = respondent.page.inner_text("body")
    assert NAME not in text and EMAIL not in text and WRONG not in text
    respondent.shot("respond", full=True)
    respondent.examine()


def _it_comes_back_and_the_desk_is_told(desk: Person, house: House) -> None:
    page = desk.page
    page.goto(f"{house.platform}/demo/tools?lang=en")
    page.locator(f"form:has([value='{POST}']) button, button[value='{POST}']").first.click()
    assert house.content(POST)["state"] == "live"
    page.goto(f"{house.web}/desk/actions")
    page.locator("tr", has_text="Remove the content").locator("[data-read-now]").click()
    _reload_until(page, "tr.is-alarm")
    expect(page.locator("tr.is-alarm")).to_contain_text("No longer holds")
    desk.shot("drift")


def _an_appeal_is_answered_by_somebody_else(respondent: Person, second: Person, house: House) -> None:
    page = respondent.page
    page.locator("main a[href$='/appeal']").click()
    page.locator("main textarea").first.fill("画是我自己画的，有创作过程的录像。")
    page.locator("main form button.button--primary").click()
    expect(page.locator("main")).to_contain_text("我们收到了您的申诉")
    _sign_in(second, house, "second@demo.example")
    desk = second.page
    desk.goto(f"{house.web}/desk/second")
    desk.locator("tbody a[href*='/desk/appeals/A-']").first.click()
    expect(desk.locator("main")).not_to_contain_text(REASON)
    desk.get_by_text("Take the appeal").click()
    desk.locator("label:has(input[value=not_supported])").click()
    desk.get_by_text("Record my findings").click()
    expect(desk.locator("main")).to_contain_text(REASON)
    expect(desk.locator(".measure:visible")).to_have_count(0)
    second.examine()
    desk.fill("#reason", "创作过程的录像显示为独立创作。")
    desk.locator("form[data-decision] button.button--primary").click()
    desk.get_by_text("Decide the appeal").click()
    expect(desk.locator("main")).to_contain_text("Reversed")
    until(lambda: (found := house.content(POST))["state"] == "live" and not found["account"]["warnings"])
