"""The public pages in a real browser, on a phone: the uploader, the way without script, and axe on every page."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.builders import picture

PHONE = {"width": 360, "height": 740}
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def site(app: APIFlask) -> Iterator[str]:
    """The app behind a real socket: its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Phone:
    """A page on a phone that remembers what the browser complained of."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def go_on(self) -> None:
        """Press "Continue"."""
        self.press("button[value=go]")

    def press(self, what: str) -> None:
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.click(what)

    def to_the_files(self, lang: str = "en", kind: str = "LIKENESS") -> None:
        """Walk to the step with the files."""
        self.page.goto(f"{self.site}/report?lang={lang}")
        self.page.check(f"input[value={kind}]")
        self.go_on()
        self.page.check("input[value=SELF]")
        self.go_on()
        self.page.fill("#address", "https://example.org/v/123")
        self.page.fill("#wrong", "我从未同意使用我的脸。I never agreed to this.")
        self.go_on()
        self.page.wait_for_url("**/report/files")

    def to_the_receipt(self) -> None:
        """From the files to the receipt."""
        self.go_on()
        self.page.fill("#name", "Li Na")
        self.page.fill("#email", "li.na@example.org")
        self.page.check("#good_faith")
        self.go_on()
        self.page.wait_for_url("**/report/review")
        self.go_on()
        self.page.wait_for_url("**/report/receipt")

    def examine(self) -> list[str]:
        """What axe finds, and whether the page is wider than the phone."""
        violations = Axe().run(self.page, options=RULES).response["violations"]
        found = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in violations]
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        return found + ([f"{wide} px wide"] if wide > PHONE["width"] else [])


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Phone]:
    """A phone with scripts."""
    context = chromium.new_context(viewport=PHONE)
    yield Phone(context.new_page(), site)
    context.close()


@pytest.fixture
def plain_phone(chromium: Browser, site: str) -> Iterator[Phone]:
    """A phone with scripts switched off."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield Phone(context.new_page(), site)
    context.close()


@pytest.fixture
def photos(tmp_path: Path) -> dict[str, str]:
    """Files on the phone: two pictures and a program that calls itself one."""
    contents = {"face.jpg": picture(1), "selfie.png": picture(2, format="PNG"), "trick.jpg": b"MZ" + b"\0" * 900}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {name: str(tmp_path / name) for name in contents}


def test_files_are_sent_as_they_are_picked_with_a_preview_and_can_be_removed(
    phone: Phone, photos: dict[str, str]
) -> None:
    phone.to_the_files()
    page = phone.page
    page.set_input_files("#alleged", [photos["face.jpg"], photos["trick.jpg"]])
    page.locator(".file[data-id]", has_text="face.jpg").wait_for()
    refused = page.locator(".file--failed")
    refused.get_by_text("This is a program").wait_for()
    assert refused.locator("[role=alert]").count() == 1
    assert page.locator(".file[data-id] img.file__thumb").evaluate("img => img.naturalWidth") > 0
    refused.get_by_role("button", name="Remove trick.jpg").click()
    page.get_by_role("button", name="Remove face.jpg").press("Enter")  # by keyboard
    page.locator(".file").first.wait_for(state="detached")
    assert page.locator("[data-status]").first.text_content() == "face.jpg was removed."
    assert page.evaluate("document.activeElement.id") == "alleged"
    page.reload()
    assert page.locator(".file").count() == 0
    assert phone.faults == []


def test_files_can_be_dragged_in(phone: Phone) -> None:
    phone.to_the_files()
    drop = """zone => {
        const files = new DataTransfer();
        files.items.add(new File(['The words of the page.'], 'page.txt', {type: 'text/plain'}));
        zone.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
    }"""
    phone.page.locator("[data-drop]").first.evaluate(drop)
    phone.page.locator(".file[data-id]", has_text="page.txt").wait_for()
    assert phone.faults == []


def test_a_broken_connection_is_said_and_the_file_can_be_tried_again(phone: Phone, photos: dict[str, str]) -> None:
    phone.to_the_files()
    page = phone.page
    page.route("**/report/files", lambda route: route.abort())
    page.set_input_files("#alleged", photos["face.jpg"])
    page.get_by_text("The connection broke off").wait_for()
    page.unroute("**/report/files")
    page.get_by_role("button", name="Try again").click()
    page.locator(".file[data-id]").wait_for()


def test_continue_waits_for_a_file_on_its_way(phone: Phone, photos: dict[str, str]) -> None:
    phone.to_the_files()
    page = phone.page
    page.set_input_files("#reference", photos["selfie.png"])
    phone.go_on()
    page.wait_for_url("**/report/contact")
    page.goto(f"{phone.site}/report/files")
    assert page.locator(".file", has_text="selfie.png").count() == 1


def test_the_whole_way_without_script(plain_phone: Phone, photos: dict[str, str]) -> None:
    plain_phone.to_the_files()
    page = plain_phone.page
    page.set_input_files("#alleged", [photos["face.jpg"], photos["trick.jpg"]])
    plain_phone.go_on()
    assert "This is a program" in (page.locator("#alleged-error").text_content() or "")
    plain_phone.to_the_receipt()
    reference = (page.locator("#reference").text_content() or "").strip()
    page.click("a.button--primary")
    page.wait_for_url(f"**/track/{reference}")
    assert page.locator(".file", has_text="face.jpg").count() == 1


@pytest.mark.axe
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_from_the_first_page_to_the_tracking_page(
    chromium: Browser, site: str, photos: dict[str, str], lang: str, scheme: str
) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    phone = Phone(context.new_page(), site)
    page = phone.page
    found: dict[str, list[str]] = {}
    for path in ("/", "/how", "/track", "/nothing-here"):
        page.goto(f"{site}{path}?lang={lang}")
        found[path] = phone.examine()
    page.goto(f"{site}/report?lang={lang}")
    phone.go_on()
    found["kind, with a mistake"] = phone.examine()
    phone.to_the_files(lang)
    page.set_input_files("#alleged", [photos["face.jpg"], photos["trick.jpg"]])
    page.locator(".file--failed").wait_for()
    page.locator(".file[data-id]").wait_for()
    found["files"] = phone.examine()
    page.locator(".file--failed button").click()
    phone.go_on()
    phone.go_on()
    found["contact, with mistakes"] = phone.examine()
    page.goto(f"{site}/report/files")
    phone.to_the_receipt()
    found["receipt"] = phone.examine()
    phone.press("a.button--primary")
    found["tracking"] = phone.examine()
    phone.press("a[href$=withdraw]")
    found["withdraw"] = phone.examine()
    context.close()
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert phone.faults == []
