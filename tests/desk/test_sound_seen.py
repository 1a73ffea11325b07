"""Sound and film in a real browser: what is the same is heard while it is held and gone to on both sides."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import PASSWORD, Cast
from tests.desk.drawn import said
from tests.desk.test_axe import faults
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # two of them are fixtures
from tests.desk.timed import SPOKEN, SUNG, case_of_recordings, film, wav
from webapp.core.db import db, transaction
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


@pytest.fixture
def enter(chromium: Browser, site: str, cast: Cast) -> Iterator[Enter]:  # noqa: F811  # the fixtures of that name
    """The page of a case that Rui holds."""
    contexts = []

    def go(case: Case, lang: str = "en", **more: object) -> Page:
        with transaction():
            case_verbs.take(case.id, cast.rui)
        address = f"{site}/desk/case/{case.reference}?lang={lang}"
        db.session.rollback()
        context = chromium.new_context(viewport=DESK, **more)  # type: ignore[arg-type]  # width and height
        contexts.append(context)
        context.request.post(
            f"{site}/desk/sign-in", form={"email": "rui@desk.example", "password": PASSWORD}, max_redirects=0
        )
        page = context.new_page()
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()


def keep(page: Page, name: str) -> None:
    """A picture for people to look at, where REDRESS_SHOTS names a folder."""
    if folder := os.environ.get("REDRESS_SHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")))
        page.locator("#matches").screenshot(path=str(Path(folder, f"{name}-bench.png")))


def sung(**report: object) -> Case:
    """A song: the recording found in two places, the tune alike, the voice compared."""
    answers = {
        "recording": said("strong", "recording_inside", SUNG, 0.1),
        "melody": said("possible", "similar_melody", SUNG[:3], 0.4),
        "voice": said("possible", "similar_voice", SPOKEN, 0.5),
    }
    files = [(wav(8), "audio/wav", 8.0), (wav(16), "audio/wav", 16.0)]
    return case_of_recordings(files, answers, **report)


def filmed() -> Case:
    """A film of which six seconds, from the fourth on, are in the reported one."""
    region = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    findings = [
        {"kind": "length", "of": "query", "seconds": 6.0},
        {"kind": "length", "of": "reference", "seconds": 12.0},
        {"kind": "times", "spans": [[0.0, 6.0, 4.0, 10.0]]},
        {"kind": "moments", "pairs": [[1.0, 5.0], [2.5, 6.5], [4.0, 8.0]]},
        {"kind": "ticks", "at": [n / 2 for n in range(12)]},
        {"kind": "transform", "matrix": [1, 0, 0, 0, 1, 0], "at": [1.0, 5.0]},
        {"kind": "region", "of": "query", "points": region, "at": [1.0, 5.0]},
    ]
    answers = {"film": said("strong", "part_of_film", findings, 0.1)}
    files = [(film(6, 4), "video/mp4", 6.0), (film(12), "video/mp4", 12.0)]
    return case_of_recordings(
        files, answers, kind="COPY_VIDEO", content_ref="p2", moments=((1.0, 2.5), (5.0, 6.5, 8.0))
    )


def until(page: Page, expression: str) -> None:
    """Wait for something in the page; its policy forbids to evaluate a string inside it."""
    for _try in range(160):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def now_at(page: Page, side: str) -> float:
    """Where a player is, in seconds, once it is where it was sent."""
    medium = f"document.querySelector('[data-side={side}]').querySelector('audio, video')"
    until(page, f"{medium}.readyState > 0 && !{medium}.seeking")
    return float(page.evaluate(f"{medium}.currentTime"))


def playing(page: Page) -> list[tuple[str, bool]]:
    """(side, muted) of what plays now."""
    found = page.evaluate(
        "[...document.querySelectorAll('.is-playing')].map((one) =>"
        " [one.dataset.side, one.querySelector('audio, video').muted])"
    )
    return [(side, muted) for side, muted in found]


def heads(page: Page) -> list[float]:
    """Where the lines stand that go along with the players."""
    return [float(one.get_attribute("x1") or 0) for one in page.locator(".timelines [data-head]").all()[:2]]


def test_a_place_is_heard_while_held_first_the_report_then_the_work(enter: Enter) -> None:
    """With its sound, although players are silent; nothing was fetched before, and nothing goes on after."""
    page = enter(sung(kind="NEIGHBOUR_PERF"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    keep(page, "sung-en")
    button = page.locator("[data-place]").nth(1)
    button.scroll_into_view_if_needed()
    assert not [one for one in asked if "/play" in one] and playing(page) == []
    button.hover()
    page.mouse.down()
    until(page, "document.querySelector('.place--query')")
    assert playing(page) == [("query", False)]
    until(page, "document.querySelector('.place--reference')")
    assert playing(page) == [("reference", False)]
    page.mouse.up()
    until(page, "!document.querySelector('.place--reference')")
    assert playing(page) == [] and now_at(page, "query") >= 7.9 and 11.9 <= now_at(page, "reference") < 14
    assert page.evaluate("[...document.querySelectorAll('audio')].every((one) => one.muted)")
    # By keyboard alike; and Space outside of any button plays the place one is at.
    button.focus()
    page.keyboard.down("Enter")
    until(page, "document.querySelector('.place--query')")
    page.keyboard.up("Enter")
    assert playing(page) == []
    page.evaluate("document.activeElement.blur()")
    page.keyboard.down(" ")
    until(page, "document.querySelector('.place--query')")
    page.keyboard.up(" ")
    assert playing(page) == []


def test_steps_and_clicks_bring_both_players_to_the_same_moment(enter: Enter) -> None:
    page = enter(filmed())
    keep(page, "filmed-en")
    page.keyboard.press(".")
    assert (now_at(page, "query"), now_at(page, "reference")) == (0.0, 4.0)
    assert heads(page) == pytest.approx([0.0, 1000 / 3], abs=1)
    line = page.locator("[data-axis=query]")
    tick = page.locator(".line__tick").nth(6).bounding_box()
    assert tick is not None and line.is_visible()
    page.mouse.click(tick["x"] + tick["width"] / 2, tick["y"] + tick["height"] / 2)
    until(page, "document.querySelector('[data-side=query] video').currentTime > 2.5")
    assert now_at(page, "query") == pytest.approx(3.0, abs=0.2)
    assert now_at(page, "reference") == pytest.approx(7.0, abs=0.2)
    page.locator(".moment [data-go]").nth(1).click()
    until(page, "document.querySelector('[data-side=query] video').currentTime < 2.7")
    assert (now_at(page, "query"), now_at(page, "reference")) == pytest.approx((2.5, 6.5), abs=0.15)
    # What stands still stays covered: the poster, the strip, the frames.
    covered = "getComputedStyle(document.querySelector('{}')).filter.includes('blur')"
    for what in ("[data-side=query] video", ".line .veil img", ".moment .veil img"):
        assert page.evaluate(covered.format(what)), what
    assert playing(page) == []
    # The picture overlay lies on the frames of the moment.
    overlay = page.locator(".moment [data-overlay]")
    overlay.locator("summary").click()
    assert overlay.locator("image").count() == 2 and "/at-1000" in str(
        overlay.locator("image").first.get_attribute("href")
    )


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(enter: Enter) -> None:
    for case, lang, scheme in ((sung(kind="VOICE"), "zh", "light"), (filmed(), "en", "dark")):
        page = enter(case, lang, color_scheme=scheme)
        if lang == "zh":
            keep(page, "sung-zh")
        page.evaluate(
            "for (const one of document.querySelectorAll('main details:not([data-popover])')) one.open = true"
        )
        assert faults(page) == []


def test_without_script_everything_is_there_to_read(enter: Enter) -> None:
    page = enter(sung(kind="VOICE"), java_script_enabled=False)
    assert page.locator(".place__words").first.inner_text() == "0:01–0:05 of the report is 0:03–0:07 of the work"
    assert page.locator("[data-place]:visible, [data-go]:visible").count() == 0
    page.get_by_text("Write down what you hear").first.click()
    page.locator("[name=text]").first.fill("A choir, then one voice.")
    with page.expect_navigation():
        page.get_by_role("button", name="Write down", exact=True).first.click()
    assert "A choir, then one voice." in page.locator(".heard").first.inner_text()
