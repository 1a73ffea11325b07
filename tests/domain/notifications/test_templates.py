"""The folders of letters: both languages, both forms with the same words, nothing from elsewhere, quiet subjects."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.domain.notifications.letters import ALL, BARE, FULL, LANGUAGES, TO_STAFF, page
from webapp.domain.notifications.rendering import FOLDER, render

CONTEXTS = {"everything": FULL, "hardly anything": BARE}
EVERY = [pytest.param(name, code, id=f"{name}-{code}") for name in ALL for code in LANGUAGES]


def test_the_folders_are_the_letters() -> None:
    """Three files a language, for each letter of law.md §8 that the flows trigger, and no other folder."""
    assert {p.name for p in FOLDER.iterdir() if not p.name.startswith("_")} == set(ALL)
    for name in ALL:
        for code in LANGUAGES:
            assert {p.name for p in (FOLDER / name / code).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_a_letter_is_in_its_language_and_brings_nothing_from_elsewhere(name: str, code: str) -> None:
    """No picture, no script, no style sheet; only links to this installation's own pages."""
    for context in CONTEXTS.values():
        text = page(name, code, context)
        assert not re.search(r"<(img|script|link|style|iframe|form|input|object)|url\(|@import", text)
        assert set(re.findall(r'(?:href|src)="([^"]*)"', text)) <= {v for v in FULL.values() if isinstance(v, str)}
        assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (code == "zh")
        assert ('lang="zh-CN"' in text) == (code == "zh")


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_text_and_page_say_the_same(name: str, code: str) -> None:
    """Whoever reads the plain part reads every word of the other, in the same order."""

    def words(of: str) -> list[str]:
        return re.findall(r"\w+", of.casefold())

    for context in CONTEXTS.values():
        letter = render(name, code, context)
        shown = re.sub(r"<[^>]+>", " ", re.sub(r"<head>.*?</head>", "", letter.html, flags=re.S))
        seen = words(html.unescape(shown))
        told = [w for w in words(letter.text) if w not in ("secret", "查询密码")]  # the page shows it without its name
        assert [w for w in seen if w not in ("secret", "查询密码")] == told


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_a_letter_reads_well(name: str, code: str) -> None:
    """A greeting for people, no blank gaps, no lone punctuation left by an empty branch, one line as subject."""
    for context in CONTEXTS.values():
        letter = render(name, code, context)
        assert "\n\n\n" not in letter.text
        assert "\n" not in letter.subject and letter.subject.strip()
        assert not re.search(r"\(\s*\)|（\s*）|: *\n*$|undefined|None\b|\{|\}", letter.text)
        if name not in TO_STAFF:
            assert letter.text.startswith("您好：" if code == "zh" else "Hello,")


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_urgent_kinds_have_a_subject_line_that_says_nothing(name: str, code: str) -> None:
    """Whoever looks over a shoulder learns only that there is a letter (law.md §8)."""
    subject = render(name, code, FULL | {"neutral": "R-7K3M-9PQT"}).subject
    assert subject == ("给您的一封信：R-7K3M-9PQT" if code == "zh" else "A message for you: R-7K3M-9PQT")


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_what_people_typed_is_text_not_markup(name: str, code: str) -> None:
    """In the page every value is escaped; in the text it stays as it was typed."""

    def marked(value: Any) -> Any:
        if isinstance(value, str):
            return f"<b>{value}</b>" if value.isupper() else value
        if isinstance(value, list):
            return [marked(item) for item in value]
        return {k: marked(v) for k, v in value.items()} if isinstance(value, dict) else value

    letter = render(name, code, {name: marked(value) for name, value in FULL.items()})
    assert "<b>" not in letter.html
