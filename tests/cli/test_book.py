"""`flask book`: an operator looks at the rules, and tries a changed copy before using it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from apiflask import APIFlask

from webapp.domain.policy.queries import FOLDER, book


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An operator's own copy of the shipped book."""
    return Path(shutil.copytree(FOLDER, tmp_path / "own"))


def edit(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_show_lists_every_kind_clock_and_rung(app: APIFlask) -> None:
    said = app.test_cli_runner().invoke(args=["book", "show"]).output
    for code in (*book().kinds, *book().clocks, *book().regimes):
        assert code in said
    assert "10 d US_BUSINESS_DAYS to 14 d US_BUSINESS_DAYS" in said


def test_a_sound_copy_is_said_to_be_sound(app: APIFlask, copy: Path) -> None:
    said = app.test_cli_runner().invoke(args=["book", "check", str(copy)])
    assert said.exit_code == 0
    assert "is sound: 31 kinds, 10 regimes" in said.output
    assert "the same as the book in force" in said.output


def test_a_changed_copy_is_asked_for_a_new_version(app: APIFlask, copy: Path) -> None:
    edit(copy, "book.toml", "claim_minutes = 10", "claim_minutes = 20")
    assert "raise `version`" in app.test_cli_runner().invoke(args=["book", "check", str(copy)]).output
    edit(copy, "book.toml", f'version = "{book().version}"', 'version = "ours-1"')
    assert "'ours-1' is not described in editions.toml" in _refusal(app, copy)
    with (copy / "editions.toml").open("a", encoding="utf-8") as file:
        file.write('["ours-1"]\nsince = "2026-12-01"\nchanges = { zh = "二十分钟", en = "Twenty minutes" }\n')
    said = app.test_cli_runner().invoke(args=["book", "check", str(copy)]).output
    assert "Rule book ours-1 is sound" in said
    assert f"In force now is {book().version}" in said


def test_a_slip_ends_the_check_with_file_line_and_sentence(app: APIFlask, copy: Path) -> None:
    text = (copy / "kinds/person.toml").read_text(encoding="utf-8")
    line = text[: text.index('priority = "P1"')].count("\n") + 1
    edit(copy, "kinds/person.toml", 'priority = "P1"', 'priority = "P9"')
    sentence = "LIKENESS.priority names 'P9', which is not in priorities.toml."
    assert _refusal(app, copy) == f"Error: kinds/person.toml, line {line}: {sentence}\n"


def _refusal(app: APIFlask, folder: Path) -> str:
    said = app.test_cli_runner().invoke(args=["book", "check", str(folder)])
    assert said.exit_code == 1
    return said.output
