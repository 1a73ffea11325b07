"""Filling a letter's folder: subject, text and HTML in one language. A name missing from the context is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).with_name("templates") / "email"
# The context of an urgent kind carries this name; its value stands in the subject line, which says nothing else.
NEUTRAL = "neutral"


@dataclass(frozen=True)
class Rendered:
    """A letter as it will be frozen."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, code: str, context: Mapping[str, Any]) -> Rendered:
    """The letter `name` in language `code`. The subject is always one line, whatever was filled in.

    Urgent kinds get a subject line that names no matter, whichever letter it is: others may see a mailbox (law.md §8).
    """

    def fill(file: str, **more: Any) -> str:
        return _environment().get_template(file).render(context, code=code, **more)

    subject = f"_layout/{code}/neutral.txt" if NEUTRAL in context else f"{name}/{code}/subject.txt"
    line = " ".join(fill(subject).split())
    text = re.sub(r"\n{3,}", "\n\n", fill(f"{name}/{code}/body.txt"))
    return Rendered(line, text.strip() + "\n", fill(f"{name}/{code}/body.html", subject=line))
