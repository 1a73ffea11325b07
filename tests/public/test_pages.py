"""Every page answers in both languages, carries its language, and a wrong turn ends in a sentence, never a trace."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from tests.public.conftest import STEPS, Visitor, said
from webapp.domain.policy.queries import book


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/how", "/report", "/track", "/track/R-AAAA-BBBB"])
def test_a_page_opens_in_the_language_asked_for(app: APIFlask, lang: str, path: str) -> None:
    page = Visitor(app.test_client(), lang).get(path)
    assert page.status_code == 200
    assert f'<html lang="{ {"zh": "zh-CN", "en": "en"}[lang] }">' in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/report/who", "/report/content", "/report/files", "/report/contact", "/report/review"]
)
def test_every_step_opens_in_both_languages(app: APIFlask, lang: str, path: str) -> None:
    visitor = Visitor(app.test_client(), lang)
    visitor.fill(until=path)
    assert visitor.get(path).status_code == 200


def test_the_language_can_be_changed_on_any_page_and_is_remembered(visitor: Visitor) -> None:
    assert 'lang="zh-CN"' in visitor.get("/how?lang=zh").text
    visitor.lang = ""
    assert 'lang="zh-CN"' in visitor.get("/").text


def test_the_language_switch_keeps_the_prefilled_content(visitor: Visitor) -> None:
    page = visitor.get("/report?platform=demo&content=p7")
    assert "platform=demo&amp;content=p7&amp;lang=zh" in page.text


def test_how_publishes_every_kind_with_its_hours(visitor: Visitor) -> None:
    page = said(visitor.get("/how"))
    for kind in book().kinds.values():
        assert kind.words.en in page
        assert f"{book().priorities[kind.priority].decision_hours} hours" in page


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        # No such page, no such report, no such decision: the same kind of answer.
        ("GET", "/nothing-here", 404),
        ("GET", "/respond/C-0000-0000", 404),
        ("POST", "/track/R-0000-0000/message", 404),
        ("GET", "/report/preview/0", 404),
        # Known address, wrong way to open it.
        ("POST", "/how", 405),
    ],
)
def test_a_wrong_turn_ends_in_a_sentence(visitor: Visitor, method: str, path: str, status: int) -> None:
    page = visitor.get(path) if method == "GET" else visitor.post(path)
    assert page.status_code == status
    assert "Traceback" not in page.text
    assert f"Error {status}" in said(page)


def test_no_page_needs_inline_script_or_style(visitor: Visitor) -> None:
    pages = [visitor.get(path).text for path in ("/", "/how", "/track", "/report")]
    visitor.fill()
    pages += [visitor.get(path).text for path in [*STEPS, "/report/review"]]
    for page in pages:
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page
