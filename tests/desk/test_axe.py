"""Axe on every page of the desk, in both languages and both colour schemes: whatever page is new is looked at, too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.conftest import PASSWORD, Cast
from tests.desk.conftest import Browser as Plain
from tests.desk.conftest import choice, known_account, matched_case
from tests.desk.drawn import case_of_files, copied_text, face_found, image, mirrored_third, said
from tests.desk.test_bench_seen import DESK, chromium, site  # noqa: F401  # they are fixtures
from tests.public.phone import RULES
from webapp.core.db import db, transaction
from webapp.desk.access import UNATTENDED
from webapp.domain.cases import service as case_verbs
from webapp.domain.wellbeing import service as wellbeing
from webapp.domain.wellbeing.service import Looked

pytestmark = [pytest.mark.browser, pytest.mark.axe]
BOTH = [("zh", "light"), ("en", "dark")]  # every language once, every scheme once: words and colours do not meet
ONLY = RULES | {"resultTypes": ["violations"]}  # what was fine is not listed: on long pages that is most of the time


def addresses(app: APIFlask, browser: Plain) -> list[str]:
    """Every page that needs nothing but a sign-in; lists, pictures and answers for scripts are none."""
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("desk.") and "GET" in (r.methods or ())]
    found = []
    for rule in rules:
        if rule.arguments or rule.endpoint in UNATTENDED:
            continue
        answer = browser.get(str(rule))
        if answer.status_code == 200 and "<html" in answer.text[:200]:
            found.append(str(rule))
    return found


@pytest.fixture
def desk(app: APIFlask, cast: Cast) -> dict[str, str]:
    """A desk with something on every page: a pair with all that can be found in it, held; a text; a decided case;
    and Ada has looked at much. Gives addresses."""
    portrait = Image.new("RGB", (600, 560), "#e8e2d0")
    people, faces = face_found(portrait)
    _copy, places = mirrored_third(image(5))
    query, text, copied = copied_text()
    words = [{"kind": "text", "of": "query", "text": query.decode()}]
    words += [{"kind": "text", "of": "reference", "text": text.decode("gb18030")}]
    answers = {
        "features": said(findings=places),
        "face": said("weak", "weak_likeness", faces),
        "picture_text": said("possible", "copied_text", copied + words),
        "phash": said("none", "no_agreement"),
    }
    held = known_account(case_of_files(people, portrait, answers, unlooked={"dct256": ("failed", "decoder_memory")}))
    read = case_of_files(query, text, {"text": said("strong", "copied_text", copied)}, content_ref="p2")
    decided = matched_case(3)
    names = {"held": held.reference, "read": read.reference, "decided": decided.reference}
    with transaction():
        case_verbs.take(held.id, cast.ada)
        case_verbs.take(decided.id, cast.rui)
        wellbeing.add(cast.ada, {"heavy": Looked(41, 600), "light": Looked(7, 80)})
    form = choice(decided)
    rui = Plain(app, app.response_class)
    rui.sign_in("rui")
    assert rui.post(f"/desk/case/{names['decided']}/decide", data=form).status_code == 302
    db.session.rollback()
    return {name: f"/desk/case/{reference}" for name, reference in names.items()} | {"card": "/desk/detectors/phash"}


def signed_in(browser: Browser, site: str, lang: str, scheme: str) -> Iterator[Page]:  # noqa: F811
    """Ada's page: an administrator sees every page."""
    context = browser.new_context(viewport=DESK, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    page = context.new_page()
    page.goto(f"{site}/desk/sign-in?lang={lang}")
    page.fill("input[name=email]", "ada@desk.example")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    yield page
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    violations = Axe().run(page, options=ONLY).response["violations"]
    found = [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in violations]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{wide} px wide"] if wide > DESK["width"] else [])


@pytest.mark.timeout(300)  # it walks through the whole desk
@pytest.mark.parametrize(("lang", "scheme"), BOTH)
def test_axe_finds_nothing_at_the_desk(
    app: APIFlask,
    chromium: Browser,  # noqa: F811  # the fixture of that name
    site: str,  # noqa: F811  # the fixture of that name
    desk: dict[str, str],
    lang: str,
    scheme: str,
) -> None:
    """On any page, nor in what opens over a case."""
    plain = Plain(app, app.response_class)
    plain.sign_in("ada")
    listed = [*addresses(app, plain), *desk.values()]
    assert len(listed) > 20
    found: dict[str, list[str]] = {}
    for page in signed_in(chromium, site, lang, scheme):
        for address in listed:
            page.goto(f"{site}{address}")
            found[address] = faults(page)
        page.goto(f"{site}{desk['held']}")
        _open_what_opens(page, found)
    assert {where: what for where, what in found.items() if what} == {}


def _open_what_opens(page: Page, found: dict[str, list[str]]) -> None:
    page.keyboard.press("?")
    found["the sheet of keys"] = faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    found["the palette"] = faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    found["why to skip"] = faults(page)
    page.keyboard.press("Escape")
    page.evaluate("for (const one of document.querySelectorAll('main details:not([data-popover])')) one.open = true")
    found["the case, unfolded"] = faults(page)
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.insert_text("Nothing in common.")
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("p")
    found["the preview"] = faults(page)
