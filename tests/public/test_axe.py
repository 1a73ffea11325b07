"""Axe on every page of the report, in both languages and both colour schemes, with and without mistakes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.public.phone import PHONE, Phone

pytestmark = pytest.mark.browser


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
    for kind, basis in (("DECEASED", "NR2"), ("VOICE", "AGENT"), ("INTIMATE_DEEPFAKE", "NR1"), ("COPY_MUSIC", "HEIR")):
        page.goto(f"{site}/report?lang={lang}")
        phone.choose(kind)
        found[f"kind {kind}"] = phone.examine()
        phone.go_on()
        if page.locator("details").count():
            page.click("details summary")
        found[f"who {kind}"] = phone.examine()
        page.check(f"input[value={basis}]")
        phone.go_on()
        found[f"standing {kind}"] = phone.examine()
        phone.go_on()
        found[f"standing {kind}, with mistakes"] = phone.examine()
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
