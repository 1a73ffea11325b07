"""The public pages in a real browser, on a phone: walking through the form, and what axe says of a page."""

from __future__ import annotations

import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE = {"width": 360, "height": 740}
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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

    def choose(self, kind: str) -> None:
        """Open the section of a kind and choose it."""
        section = self.page.locator("details", has=self.page.locator(f"input[value={kind}]"))
        if section.get_attribute("open") is None:
            section.locator("summary").click()
        self.page.check(f"input[value={kind}]")

    def to_the_files(self, lang: str = "en", kind: str = "LIKENESS", basis: str = "SELF") -> None:
        """Walk to the step with the files."""
        self.page.goto(f"{self.site}/report?lang={lang}")
        self.choose(kind)
        self.go_on()
        self.page.check(f"input[value={basis}]")
        self.go_on()
        if self.page.url.endswith("/standing"):
            self.page.fill("#claimant_name", "Li Ming")
            self.page.fill("#valid_to", "2099-12-31")
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
        self.page.check("#no_consent")
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
