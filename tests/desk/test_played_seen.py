"""What the workshop made of a film plays in a real browser, and its middle is reached without its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser

from tests.conftest import PASSWORD, Cast
from tests.desk.recordings import case_of_recording
from tests.desk.test_bench_seen import DESK, chromium, shot, site  # noqa: F401  # two of them are fixtures
from tests.detectors.recorded import film, melody
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core.db import db

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def one_detector(app: APIFlask) -> Iterator[None]:
    with looking_with(app, "workers.detectors.phash.PerceptualHash"):
        yield


def half_and_half(seconds: int = 12) -> Iterator[Any]:
    """Blue, from the middle on orange, with a bar that walks."""
    for number in range(seconds * 10):
        picture = np.full((180, 320, 3), (230, 120, 20) if number >= seconds * 5 else (30, 60, 200), np.uint8)
        picture[60:120, 2 * number : 2 * number + 30] = 250
        yield picture


def test_a_film_made_anew_plays_and_any_place_in_it_is_reached(
    chromium: Browser,  # noqa: F811  # the fixture of that name
    site: str,  # noqa: F811  # the fixture of that name
    cast: Cast,
) -> None:
    data = film(half_and_half(), samples=melody((60, 64, 67, 72) * 7, beat=0.42))
    address = (
        f"/desk/case/{case_of_recording(data, 'video/mp4', 'clip.mp4', played=False, kind='MINOR_HARM').reference}"
    )
    process_all("work", "scan", "later", "media")
    db.session.rollback()
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]  # width and height
    context.set_default_timeout(10_000)
    context.request.post(f"{site}/desk/sign-in", form={"email": "rui@desk.example", "password": PASSWORD})
    page = context.new_page()
    page.goto(f"{site}{address}?lang=en")
    shot(page, "main", "played-covered")
    button = page.locator("[data-hold]").first
    button.hover()
    page.mouse.down()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    assert page.evaluate("(({duration}) => Math.round(duration))(document.querySelector('video'))") == 12
    page.mouse.up()
    page.locator("[data-at]").first.evaluate(
        "(at) => { at.value = '9'; at.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.wait_for_function(
        "() => { const v = document.querySelector('video'); return !v.seeking && v.currentTime >= 9; }"
    )
    middle = page.evaluate(
        """() => {
          const video = document.querySelector('video'), paper = document.createElement('canvas');
          paper.width = paper.height = 8;
          const pen = paper.getContext('2d');
          pen.drawImage(video, 0, 0, video.videoWidth, 30, 0, 0, 8, 8);
          return [...pen.getImageData(4, 4, 1, 1).data];
        }"""
    )
    assert middle[:3] == pytest.approx([230, 120, 20], abs=12), "behind the middle, in its own colours"
    page.mouse.down()
    page.wait_for_timeout(400)
    shot(page, "main", "played-held")
    page.mouse.up()
    context.close()
