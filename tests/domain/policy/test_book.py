"""The rule book: complete in both languages, cross-checked, and a typo says where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from webapp.domain.policy.queries import FOLDER, BookError, book, load


def test_the_six_kinds_are_there_in_form_order() -> None:
    """The first issue's six kinds, as data."""
    assert [code for code, _ in book().ordered_kinds()] == [
        "LIKENESS",
        "VOICE",
        "COPY_IMAGE",
        "AI_LABEL_MISSING",
        "FABRICATION_RUMOUR",
        "FRAUD",
    ]


def test_every_measure_on_content_or_account_can_be_undone_and_read_back() -> None:
    """A penalty that cannot be reversed or checked is not one the book may offer."""
    for code, action in book().actions.items():
        if action.target != "none":
            assert action.inverse and action.reads and action.shows and action.effect, code


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("kinds.toml", 'priority = "P1"', 'priority = "P9"', "LIKENESS.priority names 'P9'"),
        ("kinds.toml", "points = 3", "points = -3", "kinds.toml: kinds.LIKENESS.points"),
        ("actions.toml", 'target = "content"', 'target = "contents"', "actions.toml: actions.label_ai.target"),
        ("bases.toml", 'mark = "V"', 'mrak = "V"', "bases.toml: bases.S2"),
        ("book.toml", "claim_minutes = 10", "claim_minutes = = 10", "book.toml: "),
    ],
)
def test_a_typo_names_file_and_place(tmp_path: Path, file: str, before: str, after: str, sentence: str) -> None:
    """An operator who edits the book is told what to mend."""
    folder = tmp_path / "book"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BookError) as error:
        load(folder)
    assert sentence in str(error.value)
