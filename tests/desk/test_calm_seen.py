"""Covered pictures and held recordings in a real browser: what is seen when, what plays when, and what is counted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Locator, Page

from tests.conftest import PASSWORD, Cast
from tests.desk.drawn import case_of_files, image, mirrored_third, said
from tests.desk.recordings import case_of_recording, film, tone
from tests.desk.test_bench_seen import DESK, chromium, shot, site  # noqa: F401  # two of them are fixtures
from tests.processing import process_all
from tests.public.phone import RULES
from webapp.core.db import db, transaction
from webapp.domain.cases.models import Case
from webapp.domain.wellbeing import queries, service
from webapp.domain.wellbeing.service import Looked

pytestmark = pytest.mark.browser
Enter = Callable[[Case | str], Page]
LONG = 600  # milliseconds: longer than a click
REPORTED = ".exhibit .veil >> nth=0"


@pytest.fixture
def enter(chromium: Browser, site: str, cast: Cast) -> Iterator[Enter]:  # noqa: F811  # the fixtures of that name
    """Rui's browser, at a case or a page."""
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height

    context.set_default_timeout(8000)

    def go(place: Case | str) -> Page:
        address = place if isinstance(place, str) else f"/desk/case/{place.reference}"
        db.session.rollback()
        page = context.new_page()
        context.request.post(f"{site}/desk/sign-in", form={"email": "rui@desk.example", "password": PASSWORD})
        page.goto(f"{site}{address}?lang=en")
        return page

    yield go
    context.close()


def pair_case(kind: str = "COPY_IMAGE") -> Case:
    """A copy beside its reference, as a detector found it."""
    reference = image(5)
    copy, findings = mirrored_third(reference)
    return case_of_files(copy, reference, {"features": said(findings=findings)}, kind=kind)


def detail(part: Locator) -> float:
    """How much detail is to be seen there: the mean difference of neighbouring pixels, rim and label left out."""
    with Image.open(io.BytesIO(part.screenshot())) as seen:
        grey = seen.convert("L").crop((60, 40, seen.width - 60, seen.height - 60))
    return float(ImageStat.Stat(ImageChops.difference(grey, ImageChops.offset(grey, 2, 0))).mean[0])


def colour(part: Locator) -> float:
    """How much colour is to be seen there: the mean saturation, 0 for grey."""
    with Image.open(io.BytesIO(part.screenshot())) as seen:
        middle = seen.convert("HSV").crop((60, 40, seen.width - 60, seen.height - 60))
    return float(ImageStat.Stat(middle.getchannel("S")).mean[0])


def press(page: Page, part: Locator, milliseconds: int) -> None:
    """Hold the pointer on it."""
    part.hover()
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def hide(page: Page, hidden: bool) -> None:
    """Another tab comes to the front, or this one again."""
    page.evaluate(
        """hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange')); }""",
        hidden,
    )


def open_veils(page: Page) -> int:
    """How many pictures are kept open or held."""
    return page.locator(".veil__toggle:checked, .veil[data-open]").count()


def test_what_is_light_opens_by_a_click_and_what_is_heavy_only_while_held(enter: Enter) -> None:
    page = enter(pair_case("COPY_IMAGE"))
    picture = page.locator(REPORTED)
    covered = detail(picture)
    press(page, picture, 20)
    assert detail(picture) > 1.6 * covered  # a click keeps it open
    press(page, picture, 20)
    assert detail(picture) < 1.2 * covered
    picture.hover()
    page.mouse.down()
    page.wait_for_timeout(LONG)
    assert detail(picture) > 1.6 * covered  # held
    page.mouse.up()
    page.mouse.move(5, 5)
    assert detail(picture) < 1.2 * covered and open_veils(page) == 0


def test_heavy_pictures_are_grey_and_cover_the_moment_they_are_let_go_of(enter: Enter) -> None:
    page = enter(pair_case("MINOR_HARM"))
    picture = page.locator(REPORTED)
    shot(page, "main", "calm-heavy")
    covered = detail(picture)
    assert colour(picture) < 12
    press(page, picture, 20)
    page.mouse.move(5, 5)
    assert detail(picture) < 1.2 * covered and open_veils(page) == 0  # a click opens nothing
    picture.hover()
    page.mouse.down()
    page.wait_for_timeout(50)
    assert detail(picture) > 1.6 * covered and colour(picture) > 30
    page.mouse.up()
    page.mouse.move(5, 5)
    assert detail(picture) < 1.2 * covered
    picture.locator("input").focus()  # and by keyboard, on the picture itself
    page.keyboard.down(" ")
    assert detail(picture) > 1.6 * covered
    page.keyboard.up(" ")
    assert detail(picture) < 1.2 * covered
    page.keyboard.press("b")  # nothing that has to be held is ever opened by a key for all
    assert open_veils(page) == 0


def test_space_held_anywhere_shows_the_pair_and_one_key_covers_all(enter: Enter) -> None:
    page = enter(pair_case())
    picture = page.locator(REPORTED)
    covered = detail(picture)
    page.locator("h1").click()
    page.keyboard.down(" ")
    assert detail(picture) > 1.6 * covered and open_veils(page) >= 2
    page.keyboard.up(" ")
    assert open_veils(page) == 0
    page.keyboard.press("b")
    assert open_veils(page) > 2
    page.keyboard.press("b")
    assert open_veils(page) == 0 and detail(picture) < 1.2 * covered
    top = page.evaluate("scrollY")
    page.focus(".site-nav summary")
    page.keyboard.press("Escape")
    assert page.evaluate("scrollY") == top


def test_what_is_open_is_covered_again_when_the_page_is_hidden_left_or_forgotten(enter: Enter) -> None:
    page = enter(pair_case())
    press(page, page.locator(REPORTED), 20)
    assert open_veils(page) == 1
    hide(page, True)
    assert open_veils(page) == 0
    hide(page, False)
    assert open_veils(page) == 0
    press(page, page.locator(REPORTED), 20)
    page.evaluate("document.querySelector('[data-calm]').dataset.calmIdle = '1'")
    page.wait_for_function("() => !document.querySelector('.veil__toggle:checked')", timeout=5000)
    press(page, page.locator(REPORTED), 20)
    page.goto(page.url.replace("/desk/case/", "/desk/settings?"))
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert open_veils(page) == 0


def test_only_the_compared_part_can_be_shown(enter: Enter) -> None:
    page = enter(pair_case())
    reference = page.locator(".exhibit .veil >> nth=1")
    covered = detail(reference)
    assert page.locator(".veil__part image[href]").count() == 0  # nothing is fetched before it is wished
    page.locator("[data-parts] input").first.check()
    page.wait_for_load_state("networkidle")
    shot(page, "main", "calm-parts")
    assert detail(reference) > 1.3 * covered and open_veils(page) == 0
    page.keyboard.press("b")
    assert detail(reference) < 1.1 * covered and not page.locator("[data-parts] input").first.is_checked()


def test_a_film_plays_held_and_muted_and_is_covered_when_it_stops(enter: Enter, tmp_path: Path) -> None:
    page = enter(case_of_recording(film(tmp_path), "video/webm", "film.webm", kind="MINOR_HARM"))
    asked = [r.url for r in page.context.pages[-1].locator("video").all() if r.get_attribute("src")]
    assert asked == []  # nothing was fetched
    screen, button = page.locator(".player__screen"), page.locator("[data-hold]")
    button.hover()
    page.mouse.down()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.3", timeout=10000)
    assert page.evaluate("document.querySelector('video').muted") is True
    assert colour(screen) > 60  # red
    shot(page, "main", "calm-film")
    page.mouse.up()
    stopped = page.evaluate("document.querySelector('video').currentTime")
    page.mouse.move(5, 5)
    assert page.evaluate("document.querySelector('video').paused") is True
    assert colour(screen) < 12
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('video').currentTime") == stopped
    page.locator("h1").click()
    page.keyboard.down(" ")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.up(" ")
    assert page.evaluate("document.querySelector('video').paused") is True


def test_sound_plays_between_two_clicks_where_light_at_the_chosen_speed(enter: Enter) -> None:
    case = case_of_recording(tone(), "audio/wav", "voice.wav")
    address = f"/desk/case/{case.reference}"
    process_all("work", "later", "media")  # a worker draws how loud it is
    page = enter(address)
    assert page.locator(".player__wave").evaluate("one => one.complete && one.naturalWidth") == 1024
    button = page.locator("[data-hold]")
    page.select_option("[data-pace]", "200")
    page.check("[data-sound]")
    page.locator("[data-loud]").fill("20")
    button.click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.4", timeout=10000)
    now = page.evaluate(
        "(({muted, volume, playbackRate}) => [muted, volume, playbackRate])(document.querySelector('audio'))"
    )
    assert now == [False, 0.2, 2]
    shot(page, "main", "calm-sound")
    hide(page, True)
    assert page.evaluate("document.querySelector('audio').paused") is True
    hide(page, False)
    page.locator("[data-at]").fill("3")
    page.wait_for_function("() => document.querySelector('audio').currentTime >= 3")
    assert page.locator("[data-time]").inner_text() == "0:03 / 0:04"


def test_what_no_browser_plays_says_so(enter: Enter) -> None:
    page = enter(case_of_recording(b"OggS nothing", "audio/ogg", "voice.ogg"))
    page.locator("[data-hold]").click()
    page.locator("[data-broken]").wait_for()
    assert page.locator("[data-hold]").get_attribute("aria-pressed") == "false"


def test_what_was_seen_is_counted_once_a_file_by_class_and_time(enter: Enter, cast: Cast) -> None:
    case, rui = pair_case("MINOR_HARM"), cast.rui.id
    page = enter(case)
    press(page, page.locator(REPORTED), 1400)
    press(page, page.locator(REPORTED), 1200)
    with page.expect_response("**/desk/exposure") as told:
        hide(page, True)
    assert told.value.json() == {"pause": ""}
    db.session.rollback()
    [seen] = queries.mine(rui)
    assert (seen.harm, seen.items) == ("heavy", 1) and 2 <= seen.seconds <= 5


def test_a_spent_budget_shows_in_the_bar_of_the_open_page(enter: Enter, cast: Cast) -> None:
    case = pair_case("MINOR_HARM")
    with transaction():
        service.add(cast.rui, {"heavy": Looked(39, 60)})
    page = enter(case)
    assert page.locator("[data-pause-hint]").is_hidden()
    press(page, page.locator(REPORTED), 100)
    hide(page, True)
    hide(page, False)
    page.locator("[data-pause-hint]").wait_for()
    page.click("[data-pause-hint]")
    assert "40 files of the class “Heavy”" in page.locator("main").inner_text()
    shot(page, "body", "calm-pause")


@pytest.mark.axe
def test_axe_finds_nothing_around_a_film(enter: Enter, tmp_path: Path) -> None:
    page = enter(case_of_recording(film(tmp_path, 5), "video/webm", "film.webm"))
    page.emulate_media(color_scheme="dark")
    page.goto(f"{page.url}?lang=en")
    shot(page, "body", "calm-film-en")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]
