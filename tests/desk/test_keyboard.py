"""The desk without a mouse, in a real browser: a case from the queue to its decision, fifteen in a row, the palette."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import PASSWORD, Cast
from tests.desk.conftest import known_account, matched_case
from tests.desk.drawn import case_of_files, copied_text, image, mirrored_third, said
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from webapp.core.db import db
from webapp.domain.cases import queries as cases
from webapp.domain.decisions import queries as decisions

pytestmark = pytest.mark.browser
Enter = Callable[[str], Page]
REASON = "Her picture, put up mirrored, without leave."


class Desk:
    """A page of the desk and only its keyboard. Remembers what the browser complained of."""

    def __init__(self, page: Page, site: str) -> None:  # noqa: F811  # the address the fixture gives
        self.page = page
        self.site = site
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def leads(self, key: str) -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letters into what has the focus."""
        self.page.keyboard.insert_text(text)

    def focused(self) -> str:
        """What has the focus: its name and value, else its words."""
        return str(
            self.page.evaluate(
                "(at => at.name ? `${at.name}=${at.value}` : at.textContent.trim())(document.activeElement)"
            )
        )

    def tab_to(self, wanted: str) -> None:
        """Go on by Tab until something has the focus."""
        for _step in range(40):
            if self.focused() == wanted:
                return
            self.press("Tab")
        raise AssertionError(f"{wanted} is nowhere; at {self.focused()}")

    @property
    def reference(self) -> str:
        """The case that is open."""
        return str(self.page.locator("[data-case]").get_attribute("data-case"))


@pytest.fixture
def desk(chromium: Browser, site: str, cast: Cast) -> Iterator[Desk]:  # noqa: F811  # the fixtures of that name
    """Rui at the queue, signed in by keyboard."""
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    one = Desk(context.new_page(), site)
    one.page.goto(f"{site}/desk/sign-in?lang=en")
    one.page.focus("input[name=email]")
    one.type("rui@desk.example")
    one.press("Tab")
    one.type(PASSWORD)
    one.leads("Enter")
    yield one
    assert one.faults == []
    context.close()


def decide(desk: Desk, *, supported: bool) -> None:
    """Findings, measure and reason for the open case, then the next one: what a reviewer's fingers do."""
    desk.press("1" if supported else "2")
    if supported:
        desk.press("m")
        desk.tab_to("action=remove")
        if not desk.page.evaluate("document.activeElement.checked"):
            desk.press("Space")
    desk.press("r")
    desk.page.keyboard.press("Control+a")
    desk.type(REASON if supported else "The two pictures have nothing in common.")
    desk.leads("Control+Enter")


def test_a_case_is_decided_without_the_mouse(desk: Desk) -> None:
    first, second = matched_case(1), known_account(matched_case(2))
    ids = {case.reference: case.id for case in (first, second)}
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/?lang=en")
    desk.press("j", "j")
    assert second.reference in desk.focused()
    desk.leads("Enter")
    assert desk.reference == second.reference
    desk.leads("t")
    desk.press("1")
    assert desk.page.locator("[data-finding]:checked").get_attribute("value") == "supported"
    desk.press("m")
    desk.tab_to("action=remove")
    desk.press("Space")
    desk.press("r")
    desk.type(REASON)
    desk.press("p", "Escape")  # in the field p is a letter, and Esc leaves it
    assert desk.page.locator("#reason").input_value() == f"{REASON}p"
    desk.press("r", "Backspace", "Escape")
    desk.leads("p")
    assert "What this decision does" in desk.page.inner_text("main")
    desk.leads("Control+Enter")
    assert desk.reference == first.reference, "the next case is there"
    db.session.rollback()
    assert cases.get(ids[second.reference]).state == "decided"
    verdict = decisions.verdict_of(ids[second.reference])
    assert verdict is not None
    assert verdict.reason == REASON


def test_fifteen_cases_are_worked_through_by_keyboard_alone(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    made = [matched_case(number).id for number in range(1, 16)]
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/?lang=en")
    desk.page.get_by_role("button", name="Start reviewing").focus()
    began = time.perf_counter()
    desk.leads("Enter")
    for number in range(15):
        decide(desk, supported=number % 3 > 0)
    took = time.perf_counter() - began
    db.session.rollback()
    assert [cases.get(case_id).state for case_id in made] == ["decided"] * 15
    assert desk.page.url.endswith("/desk/")
    with capsys.disabled():
        print(f"\n15 cases by keyboard: {took:.1f} s, {took / 15:.2f} s each")


def test_numbers_answer_report_after_report(desk: Desk) -> None:
    case = matched_case(1)
    for name in ("b", "c"):
        matched_case(1, email=f"{name}@example.org", name=name.upper())
    reference = case.reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{reference}")
    desk.leads("t")
    desk.press("1", "3", "2")
    chosen = desk.page.locator("[data-finding]:checked")
    assert [one.get_attribute("value") for one in chosen.all()] == ["supported", "cannot_tell", "not_supported"]


def test_the_palette_takes_what_is_pasted(desk: Desk) -> None:
    case = matched_case(1)
    reference = case.reference
    db.session.rollback()
    desk.press("Control+k")
    desk.type(reference.lower())
    desk.page.locator(f".palette__title >> text=/^{reference}$/").wait_for()
    desk.leads("Enter")
    assert desk.reference == reference
    desk.press("Control+k")
    desk.type("rule book")
    desk.page.locator(".palette__title >> text=/^Rule book$/").wait_for()
    desk.leads("Enter")
    assert desk.page.url.endswith("/desk/book")


def test_an_act_of_the_page_is_in_the_palette(desk: Desk) -> None:
    reference = matched_case(1).reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{reference}")
    desk.press("Control+k")
    desk.type("skip")
    desk.page.locator(".palette__title >> text=/^Skip$/").wait_for()
    desk.press("Enter")
    desk.page.locator("[data-popover][open] >> text=Why not you, not now?").wait_for()
    desk.press("Escape")
    assert desk.page.locator("[data-popover][open]").count() == 0
    desk.leads("t")
    desk.press("Control+k")
    desk.type("ask the reporter")
    desk.page.locator(".palette__title >> text=/^Ask the reporter$/").wait_for()
    desk.press("Enter")
    assert desk.page.evaluate("document.activeElement.matches('details[open] textarea')"), "what has no key of its own"


def test_keys_are_letters_in_fields_and_can_be_switched_off(desk: Desk) -> None:
    reference = matched_case(1).reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{reference}")
    desk.press("?")
    desk.page.locator("#keys[open]").wait_for()
    assert desk.page.evaluate("document.activeElement.matches('[data-keys-on]')")
    desk.press("Space", "Escape")
    desk.press("x")
    assert desk.page.locator("[data-popover][open]").count() == 0
    desk.press("Control+k")
    desk.page.locator("#palette[open]").wait_for()  # what is held together with Ctrl still works


def test_the_pages_turn_while_nothing_has_the_focus(desk: Desk) -> None:
    reference = image(5)
    copy, findings = mirrored_third(reference)
    case = case_of_files(copy, reference, {"features": said(findings=findings)}).reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{case}")
    desk.press("PageDown")
    desk.page.wait_for_function("document.querySelector('[data-bench]').scrollTop > 200")
    desk.press("Home")
    desk.page.wait_for_function("document.querySelector('[data-bench]').scrollTop === 0")
    desk.press("o")  # it lies open below: the key goes there, and only from there it closes it
    assert desk.page.evaluate("document.activeElement.matches('[data-overlay][open] [data-slide]')")
    desk.press("o")
    assert desk.page.locator("[data-overlay]").first.get_attribute("open") is None


def test_everything_that_decides_is_in_sight_at_once(desk: Desk) -> None:
    """At 1280 × 720: no scrolling to the side, the queue, the evidence and the button that submits."""
    reference = matched_case(1).reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{reference}")
    desk.leads("t")
    wide, high = desk.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert (wide, high) == (DESK["width"], DESK["height"])
    for what in ("[data-submit]", ".next__link[aria-current=true]", "[data-match] .veil >> nth=0"):
        box = desk.page.locator(what).bounding_box()
        assert box, what
        assert box["y"] + box["height"] <= DESK["height"] + 1, what


def test_media_are_tabs_that_keys_turn(desk: Desk) -> None:
    picture = image(5)
    copy, findings = mirrored_third(picture)
    query, text, copied = copied_text()
    case_of_files(copy, picture, {"features": said(findings=findings)})
    answers = {"text": said("strong", "copied_text", copied)}
    case = case_of_files(query, text, answers, email="b@example.org", name="B").reference
    db.session.rollback()
    desk.page.goto(f"{desk.site}/desk/case/{case}")
    chosen = desk.page.locator("[data-tabs] [aria-selected=true]")
    seen = [chosen.inner_text()]
    desk.press("]")
    seen.append(chosen.inner_text())
    assert set(seen) == {"Pictures 1", "Texts 1"}
    assert desk.page.locator("[data-medium]:visible").count() == 1
    desk.press("[")
    assert chosen.inner_text() == seen[0]
    desk.press("n", "n")  # the next pair is of the other medium: its tab comes to the front
    assert chosen.inner_text() == seen[1]
