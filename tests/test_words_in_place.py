"""Nothing is said past the translations: no sentence built in code, no bare words in templates or scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[1]
MARKS = {"_", "lazy", "N_", "n_", "gettext", "ngettext"}
# Who shows its first or `message` argument to a person.
TELLERS = {"flash", "ValidationError", "DataRequired", "Email", "Length"} | {
    f"{kind}Field"
    for kind in ("String", "TextArea", "Radio", "Email", "Boolean", "Select", "File", "Password", "Submit")
}
# The same in every language: the product's name, keys of a keyboard, what a hash is called, names of files handed out.
NAMES = re.compile(r"Redress|SHA-256|Ctrl|Enter|Space|Esc\b|C-7K3M-9QF2|R-0000-0000|https://|batch-|\.json")
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title", "label", "content")
FACES = ("webapp/templates", "webapp/public/templates", "webapp/desk/templates")
IN_TAGS = ("body_class", "form_attributes")  # blocks that fill an attribute, not the page
ATTRIBUTES = ("_upload_words",)  # macros that are attributes of the tag they are called in
TEMPLATES = sorted(p for face in FACES for p in (ROOT / face).rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.func.id, node


def test_a_sentence_to_translate_is_whole() -> None:
    """An f-string, a sum or a filled-in format inside `_()` is another sentence every time, and in no catalog."""
    built = (ast.JoinedStr, ast.BinOp, ast.Call)
    assert [at for at, name, call in _calls() if name in MARKS and call.args and isinstance(call.args[0], built)] == []


def test_code_tells_people_nothing_untranslated() -> None:
    """Messages, labels and validators get their words from `_` or `lazy`, never as a bare string."""
    bare = []
    for at, name, call in _calls():
        if name in TELLERS:
            told = [*call.args[:1], *(k.value for k in call.keywords if k.arg in ("message", "label", "description"))]
            bare += [
                at
                for t in told
                if isinstance(t, ast.JoinedStr) or (isinstance(t, ast.Constant) and isinstance(t.value, str))
            ]
    assert bare == []


class _Words(HTMLParser):
    """Collects what a page says by itself: text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.said += [value or "" for name, value in attrs if name in SPOKEN or name.startswith("data-say")]


def _markup(tree: nodes.Node) -> Iterator[str]:
    """What the template holds as plain markup, in its order."""
    for child in tree.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Macro) and child.name in ATTRIBUTES:
            yield from ("<div ", *_markup(child), ">")
        elif not (isinstance(child, nodes.Block) and child.name in IN_TAGS):
            yield from _markup(child)


def _literals(tree: nodes.Node, translated: bool = False) -> Iterator[str]:
    """Strings in expressions, without those handed to gettext."""
    for child in tree.iter_child_nodes():
        inside = translated or (
            isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in MARKS
        )
        if isinstance(child, nodes.Const) and isinstance(child.value, str) and not inside:
            yield child.value
        yield from _literals(child, inside)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_say_nothing_by_themselves(path: Path) -> None:
    """Text, read-out attributes and capitalised strings of a template all come through `_()` or the rule book."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
    page = _Words()
    page.feed("".join(_markup(tree)))
    bare = [s.strip() for s in page.said if re.search(r"[A-Za-z]{2,}", NAMES.sub("", s))]
    bare += [
        s for s in _literals(tree) if re.fullmatch(r"[A-Z][a-z]+( [\w',-]+)*[.?!…]?", s) and not NAMES.fullmatch(s)
    ]
    assert bare == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_take_their_words_from_the_page(path: Path) -> None:
    """A string of several plain words in a script would be English on every page."""
    code = re.sub(r"(?m)(?<![:\"'`])//.*$|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    strings = [text for _quote, text in re.findall(r"([\"'`])((?:\\.|(?!\1).)*)\1", code)]
    assert [s for s in strings if re.fullmatch(r"[A-Z][a-z',]*( [a-z',]+)+[.!?…]?", s)] == []
