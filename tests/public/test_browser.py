"""The public pages in a real browser, on a phone: the uploader, what belongs to a choice, the way without script."""

from __future__ import annotations

import pytest

from tests.public.phone import Phone

pytestmark = pytest.mark.browser


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


def test_what_belongs_to_a_choice_shows_with_it_and_the_arrows_stay_in_the_section(plain_phone: Phone) -> None:
    page = plain_phone.page
    page.goto(f"{plain_phone.site}/report?lang=en")
    live, help_now = page.get_by_label("It is live now"), page.get_by_text("You did nothing wrong.")
    plain_phone.choose("VH_LIVE_NO_HUMAN")
    live.check()
    assert not help_now.is_visible()
    plain_phone.choose("INTIMATE_DEEPFAKE")
    assert help_now.is_visible()
    assert not live.is_visible()
    page.locator("input[value=INTIMATE_DEEPFAKE]").press("ArrowDown")
    assert page.locator("input[value=MINOR_SEXUAL]").is_checked()


def test_a_paper_is_sent_to_its_own_place(phone: Phone, photos: dict[str, str]) -> None:
    phone.to_the_files(kind="VOICE", basis="AGENT")
    phone.page.set_input_files("#POA", [photos["face.jpg"]])
    kept = phone.page.locator("[data-name=POA] .file[data-id]")
    kept.wait_for()
    phone.page.reload()
    assert phone.page.locator("[data-name=POA] .file", has_text="face.jpg").count() == 1
    assert phone.page.locator("[data-name=proof] .file").count() == 0
    assert phone.faults == []


def test_from_the_start_page_to_the_receipt_about_an_intimate_picture(plain_phone: Phone) -> None:
    """Four short pages, nothing to upload, no name, no paper."""
    page = plain_phone.page
    page.goto(f"{plain_phone.site}/?lang=en")
    plain_phone.press("a[href='/report?section=person']")
    page.check("input[value=INTIMATE_DEEPFAKE]")
    plain_phone.go_on()
    page.check("input[value=SELF]")
    plain_phone.go_on()
    page.fill("#address", "https://example.org/v/123")
    plain_phone.go_on()
    assert page.locator("#name, input[type=file]").count() == 0
    page.fill("#email", "li.na@example.org")
    page.check("#no_consent")
    plain_phone.go_on()
    assert page.get_by_text("you can send it now").count() == 0
    plain_phone.go_on()
    page.wait_for_url("**/report/receipt")
