"""Sound and film in a real browser: what is the same is heard while it is held and gone to on both sides."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Cast
from tests.desk.drawn import said
from tests.desk.test_axe import faults
from tests.desk.test_bench_seen import DESK, chromium, signed_in, site  # noqa: F401  # two of them are fixtures
from tests.desk.timed import SPOKEN, SUNG, case_of_recordings, film, wav
from webapp.core.db import transaction
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
        context = chromium.new_context(viewport=DESK, **more)  # type: ignore[arg-type]  # width and height
        contexts.append(context)
        page = signed_in(context, site, case, lang)
        page.wait_for_load_state("networkidle")
        return page

    yield go
    for context in contexts:
        context.close()


def keep(page: Page, name: str) -> None:
    """A picture for people to look at, where REDRESS_SHOTS names a folder."""
    if folder := os.environ.get("REDRESS_SHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")))
        bench = page.locator(".zone--bench")
        bench.evaluate("(one) => { one.style.height = 'auto'; one.style.overflow = 'visible' }")
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
    return case_of_recordings(files, answers, kind="COPY_VIDEO", content_ref="p2", moments=((1.0, 2.5), (5.0, 6.5, 8.0)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages(enter: Enter, lang: str) -> None:
    page = enter(sung(kind="VOICE"), lang)
    keep(page, f"sung-{lang}")
    page = enter(filmed(), lang)
    keep(page, f"filmed-{lang}")
