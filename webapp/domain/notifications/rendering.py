"""Filling a letter's folder: subject, text and HTML in one language. A name missing from the context is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).with_name("templates") / "email"


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
    """The letter `name` in language `code`. The subject is always one line, whatever was filled in."""

    def fill(file: str) -> str:
        return _environment().get_template(f"{name}/{code}/{file}").render(context, code=code)

    return Rendered(" ".join(fill("subject.txt").split()), fill("body.txt").strip() + "\n", fill("body.html"))
