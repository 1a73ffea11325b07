"""Both languages always: every sentence of the interface, every wording of the book, with the same gaps."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Words

ROOT = Path(__file__).parents[1]
KEYWORDS: Any = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy": None, "N_": None, "n_": (1, 2)}
HAN = re.compile(r"[\u4e00-\u9fff]")
HOLES = re.compile(r"%\((\w+)\)[sd]")


def _catalog() -> Catalog:
    path = ROOT / "webapp/translations/zh/LC_MESSAGES/messages.po"
    return read_po(io.BytesIO(path.read_bytes()), locale="zh")


def _wanted() -> set[Any]:
    mapping, options = parse_mapping_cfg(io.StringIO((ROOT / "babel.cfg").read_text()))
    found = extract_from_dir(str(ROOT), mapping, options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_has_its_chinese() -> None:
    """What the code says in English exists in Chinese; nothing is left empty or marked doubtful."""
    catalog = _catalog()
    known = {_ids(m)[0]: m for m in catalog if m.id}
    assert sorted(_wanted() - set(known)) == []
    unsaid = [i for i, m in known.items() if not all(_strings(m)) or m.fuzzy]
    assert unsaid == []


def test_translations_keep_the_holes() -> None:
    """A placeholder lost in translation would lose a date or a name."""
    wrong = []
    for message in _catalog():
        if message.id:
            holes = set().union(*(HOLES.findall(i) for i in _ids(message)))
            wrong += [s for s in _strings(message) if set(HOLES.findall(s)) != holes]
    assert wrong == []


def _words(part: Any, place: str) -> list[tuple[str, Words]]:
    if isinstance(part, Words):
        return [(place, part)]
    if isinstance(part, dict):
        return [w for key, value in part.items() for w in _words(value, f"{place}.{key}")]
    if hasattr(type(part), "model_fields"):
        return [w for name in type(part).model_fields for w in _words(getattr(part, name), f"{place}.{name}")]
    return []


@pytest.mark.parametrize(("place", "words"), _words(book(), "book"), ids=lambda v: v if isinstance(v, str) else "")
def test_the_book_speaks_both_languages(place: str, words: Words) -> None:
    """The Chinese wording is Chinese, the English one is not, and both fill the same gaps.

    A wording that is only gaps and punctuation ("{a}: {b}") has no words in either language.
    """
    assert HAN.search(words.zh) or not re.search("[A-Za-z]", re.sub(r"{\w+}", "", words.en))
    assert not HAN.search(words.en) or place.endswith("house")
    assert set(re.findall(r"{(\w+)}", words.zh)) == set(re.findall(r"{(\w+)}", words.en))
