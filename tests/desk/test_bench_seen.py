"""The bench in a real browser: the reference really lies on the reported picture, keys and buttons do what they say."""

from __future__ import annotations

import io
import logging
import os
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from apiflask import APIFlask
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import PASSWORD, Cast
from tests.desk.drawn import case_of_files, collage, copied_text, face_found, image, mirrored_third, said
from tests.public.phone import CHROMIUM, SWITCHES
from webapp.core.db import db, transaction
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cases.queries import evidence_of
from webapp.domain.matching import service as matching

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 720}
ALIKE = 12.0  # mean difference of grey levels on one picture drawn twice; different pictures have 40 and more


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def site(app: APIFlask) -> Iterator[str]:
    """The app behind a real socket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # Closing waits for the last answer: a page that is left still sends something, and the next test has new tables.
    server.daemon_threads = False  # type: ignore[attr-defined]  # of the threaded one
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def signed_in(context: BrowserContext, site: str, case: Case, lang: str = "en", *, clock: bool = False) -> Page:
    """The case, open before a reviewer. `clock`: the page's time can be moved on."""
    reference = case.reference
    db.session.rollback()
    page = context.new_page()
    if clock:
        page.clock.install()
    page.goto(f"{site}/desk/sign-in?lang={lang}")
    page.fill("input[name=email]", "rui@desk.example")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    page.goto(f"{site}/desk/case/{reference}?lang={lang}")
    return page


def shot(page: Page, what: str, name: str = "") -> Image.Image:
    """A picture of a part of the page; kept in the folder REDRESS_SHOTS names, for people to look at."""
    data = page.locator(what).first.screenshot()
    if name and (folder := os.environ.get("REDRESS_SHOTS")):
        Path(folder, f"{name}.png").write_bytes(data)
    return Image.open(io.BytesIO(data)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, in grey levels; the rim and the corner label left out."""
    box = (8, 8, one.width - 8, one.height - 40)
    return float(ImageStat.Stat(ImageChops.difference(one, other).convert("L").crop(box)).mean[0])


@pytest.mark.parametrize(("altered", "lang"), [(mirrored_third, "en"), (collage, "zh")])
def test_the_reference_lies_exactly_on_the_reported_picture(
    chromium: Browser, site: str, cast: Cast, altered: object, lang: str
) -> None:
    reference = image(5)
    copy, findings = altered(reference)  # type: ignore[operator]  # one of the two above
    reason = "part_of_the_reference" if altered is mirrored_third else "reference_inside_the_picture"
    detector = "features" if altered is mirrored_third else "phash"
    case = case_of_files(copy, reference, {detector: said(reason=reason, findings=findings)})
    context = chromium.new_context(viewport=DESK, color_scheme="dark" if lang == "zh" else "light")  # type: ignore[arg-type]
    page = signed_in(context, site, case, lang)
    page.keyboard.press("b")
    page.wait_for_load_state("networkidle")
    name = f"{altered.__name__}-{lang}"  # type: ignore[attr-defined]  # a function
    shot(page, "main", name)
    overlay = page.locator("[data-overlay]")
    if altered is collage:  # small in a corner: the overlay shows that corner larger
        assert float(overlay.locator("svg").get_attribute("data-width") or 0) < 500
    slide = overlay.locator("[data-slide]")
    overlay.scroll_into_view_if_needed()
    slide.fill("0")
    reported = shot(page, "[data-overlay] .veil")
    slide.fill("100")
    laid = shot(page, "[data-overlay] .veil", f"{name}-laid")
    assert difference(reported, laid) < ALIKE
    # And the test would see it if it lay elsewhere.
    page.evaluate("document.querySelector('.overlay__top').setAttribute('transform', 'scale(1.1)')")
    assert difference(reported, shot(page, "[data-overlay] .veil")) > 3 * difference(reported, laid)
    context.close()


def test_faces_stand_upright_beside_each_other(chromium: Browser, site: str, cast: Cast) -> None:
    reference = Image.new("RGB", (600, 560), "#e8e2d0")
    copy, findings = face_found(reference)
    case = case_of_files(
        copy,
        reference,
        {"face": said("possible", "similar_face", findings, 0.47), "phash": said("none", "no_agreement")},
    )
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    page = signed_in(context, site, case)
    page.keyboard.press("b")
    page.wait_for_load_state("networkidle")
    shot(page, "main", "faces-en")
    one, other = (page.locator(".face .veil").nth(n).screenshot() for n in (0, 1))
    both = [Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other)]
    assert difference(both[0], both[1].resize(both[0].size)) < ALIKE
    assert "of 3 faces" in page.locator(".faces").inner_text()
    context.close()


def test_copied_passages_carry_one_number_on_both_sides(chromium: Browser, site: str, cast: Cast) -> None:
    query, reference, findings = copied_text()
    case = case_of_files(query, reference, {"text": said("strong", "copied_text", findings)})
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    page = signed_in(context, site, case)
    shot(page, "main", "text")
    sides = [page.locator(".text-pane").nth(n) for n in (0, 1)]
    told = [{m.locator("a").inner_text(): m.inner_text()[1:] for m in side.locator("mark").all()} for side in sides]
    assert told[0] == told[1] and list(told[0]) == ["1", "2"]
    assert page.locator(".text-pane b").count() == 0
    page.keyboard.press(".")
    page.keyboard.press(".")
    assert page.locator(".passage--here a").all_inner_texts() == ["2", "2"]
    context.close()


@pytest.mark.parametrize("moving", ["no-preference", "reduce"])
def test_blinking_is_slow_can_be_stopped_and_never_starts_by_itself(
    chromium: Browser, site: str, cast: Cast, moving: str
) -> None:
    reference = image(5)
    copy, findings = mirrored_third(reference)
    case = case_of_files(copy, reference, {"features": said(findings=findings)})
    context = chromium.new_context(viewport=DESK, reduced_motion=moving)  # type: ignore[arg-type]  # one of the two above
    page = signed_in(context, site, case)
    page.evaluate(
        "const top = document.querySelector('[data-top]'); window.turns = [];"
        "new MutationObserver(() => turns.push(performance.now())).observe(top, { attributeFilter: ['visibility'] })"
    )
    page.keyboard.press("f")
    page.wait_for_timeout(1500)
    turns = page.evaluate("turns")
    button = page.locator("[data-blink]")
    if moving == "reduce":  # each press shows the other one, nothing moves by itself
        assert len(turns) == 1 and button.inner_text().startswith("Swap")
    else:
        # A flash is there and back again: at most three a second.
        assert len(turns) >= 2 and min(b - a for a, b in pairwise(turns)) > 1000 / 6
        assert button.get_attribute("aria-pressed") == "true" and button.inner_text().startswith("Stop")
        page.keyboard.press("f")
        assert button.get_attribute("aria-pressed") == "false"
        assert page.locator("[data-top]").get_attribute("visibility") == "visible"
    context.close()


def test_without_script_the_reference_lies_there_at_half_strength(chromium: Browser, site: str, cast: Cast) -> None:
    reference = image(5)
    copy, findings = collage(reference)
    case = case_of_files(copy, reference, {"phash": said(reason="reference_inside_the_picture", findings=findings)})
    context = chromium.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]  # width and height
    page = signed_in(context, site, case)
    for veil in page.locator(".veil__toggle").all():
        veil.check(force=True)
    page.wait_for_load_state("networkidle")
    assert page.locator(".overlay__top").get_attribute("opacity") == "0.5"
    assert page.locator("[data-controls]").is_hidden()
    shot(page, "[data-overlay]", "plain")
    context.close()


def test_what_comes_meanwhile_is_announced_and_shown_when_wished(chromium: Browser, site: str, cast: Cast) -> None:
    """Nothing jumps and nothing typed is lost."""
    reference = image(5)
    copy, findings = mirrored_third(reference)
    case = case_of_files(
        copy, reference, {"phash": said("none", "no_agreement")}, unlooked={"features": ("queued", "")}
    )
    ids = {e.role: e.id for e in evidence_of(case.id)}
    with transaction():
        case_verbs.take(case.id, cast.rui)
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    page = signed_in(context, site, case, clock=True)
    page.fill(".rail textarea[name=reason]", "The same brush strokes")
    assert page.locator("[data-news-show]").is_hidden()
    with transaction():
        for role in ("alleged", "reference"):
            matching.record_scan(ids[role], "features", "1", state="done", data=b"signal")
        matching.record_match(ids["alleged"], ids["reference"], "features", "1", said(findings=findings))
    page.clock.fast_forward(5000)
    page.locator("[data-news-show]").wait_for()
    assert page.locator("[data-news]").inner_text() == "There are new comparison results."
    assert "212 points agree" not in page.locator("#matches").inner_text()
    page.locator("[data-news-show]").click()
    page.get_by_text("212 points agree").first.wait_for()
    assert page.locator("[data-news-show]").is_hidden()
    assert page.locator(".rail textarea[name=reason]").input_value() == "The same brush strokes"
    page.locator("[data-slide]").fill("30")  # what came is alive like what was there
    assert float(page.locator("[data-clip]").get_attribute("width") or 0) < 300
    context.close()
