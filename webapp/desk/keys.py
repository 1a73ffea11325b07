"""What the keyboard does at the desk: one list, from which the sheet behind `?` is drawn.

A template gives what a key presses `data-key`, a script listens with `onKey`; a test holds both against this list.
Every key means the same on every page, and none works while somebody types into a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString

from webapp.core.i18n import _, lazy
from webapp.desk.blueprint import bp


@dataclass(frozen=True)
class Key:
    """What to press (each entry one key, or several held together with '+') and what then happens, in words."""

    press: tuple[str, ...]
    words: LazyString


@dataclass(frozen=True)
class Group:
    """Keys that belong together."""

    title: LazyString
    keys: tuple[Key, ...]


KEYS = (
    Group(
        lazy("The queue"),
        (
            Key(("j", "k"), lazy("next and previous case in the queue")),
            Key(("Enter",), lazy("open it")),
            Key(("t",), lazy("take the case")),
            Key(("y",), lazy("put it into the basket, or take it out")),
            Key(("x",), lazy("skip the case, and say why")),
            Key(("h",), lazy("hand it over to a colleague")),
            Key(("e",), lazy("escalate it")),
        ),
    ),
    Group(
        lazy("Looking"),
        (
            Key(("Space",), lazy("hold: show the picture, or play the chosen place; let go: blur and stop")),
            Key(("b",), lazy("show or blur all pictures")),
            Key(("n", "N"), lazy("next and previous pair of files")),
            Key(("[", "]"), lazy("previous and next medium")),
            Key(("o",), lazy("lay the reference over the reported picture")),
            Key(("f",), lazy("blink between the two, and stop")),
            Key((",", "."), lazy("previous and next copied passage, or place that agrees")),
            Key(("s",), lazy("ask for a second pair of eyes")),
            Key(("q",), lazy("ask a question of one of the parties")),
        ),
    ),
    Group(
        lazy("Deciding"),
        (
            Key(("1", "2", "3"), lazy("supported, not supported, cannot tell: for the next report without a finding")),
            Key(("g",), lazy("rule broken")),
            Key(("m",), lazy("measures")),
            Key(("a",), lazy("the account")),
            Key(("w",), lazy("what the decision would do")),
            Key(("r",), lazy("reason")),
            Key(("i",), lazy("internal note")),
            Key(("p",), lazy("preview the decision")),
            Key(("Ctrl+Enter",), lazy("submit, and open the next case")),
            Key(("u",), lazy("undo what was done last")),
        ),
    ),
    Group(
        lazy("Everywhere"),
        (
            Key(("Ctrl+K",), lazy("go to a case, a person or a page")),
            Key(("/",), lazy("search")),
            Key(("Esc",), lazy("leave a field, close what is open")),
            Key(("?",), lazy("this sheet")),
        ),
    ),
)


@bp.context_processor
def _for_sheet() -> dict[str, Any]:
    """For the frame of the desk."""
    return {"key_groups": KEYS, "key_cap": _cap}


def _cap(press: str) -> str:
    """What stands on the key, or on several held together."""
    return press.replace("+", " ").replace("Enter", "⏎").replace("Space", _("Space"))
