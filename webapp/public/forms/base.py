"""What all steps of the report share: lengths, sentences, the boxes to tick, and what an address looks like."""

from __future__ import annotations

from collections.abc import Iterable
from types import new_class
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from wtforms import BooleanField
from wtforms.validators import DataRequired

from webapp.core.forms import Form
from webapp.core.i18n import lazy, pick
from webapp.domain.intake.rules import Ask
from webapp.public.filing import Filing

# Long enough for any address, name or statement people send; short enough that a page of the desk can show it.
ADDRESS_MAX, NAME_MAX, STATEMENT_MAX, LINE_MAX = 2000, 200, 5000, 500

TOO_LONG = lazy("This is too long; please keep it under %(max)d characters.")


def filled(message: Any) -> DataRequired:
    """Wants the field to be filled, and says so in our own words."""
    return DataRequired(message)


class StepForm(Form):
    """One step of a draft. `answers` is what the draft keeps of it."""

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filing = filing

    @classmethod
    def of(cls, filing: Filing, **kwargs: Any) -> StepForm:
        """The form with the fields this draft is asked."""
        return cls(filing, **kwargs)

    def keep(self, *names: str) -> None:
        """Drop all of these fields but those that are asked."""
        for name in names:
            if not self.filing.asks_for(name):
                delattr(self, name)

    def answers(self) -> dict[str, Any]:
        """Field name → value, without the anti-forgery token; boxes become the draft's list of statements."""
        asked = {ask.name: ask.code for ask in self.boxes()}
        given = [code for name, code in asked.items() if name != "good_faith" and self.data.get(name)]
        spare = {"csrf_token", *asked} - {"good_faith"}
        kept = {name: value for name, value in self.data.items() if name not in spare}
        others = [code for code in self.filing.filled.statements if code not in asked.values()]
        return kept | ({"statements": [*others, *given]} if asked else {})

    def boxes(self) -> list[Ask]:
        """The statements this form asks for."""
        return [ask for ask in self.filing.asked if ask.form == "statement" and ask.name in self]


F = TypeVar("F", bound=StepForm)


def with_boxes(form: type[F], asked: Iterable[Ask]) -> type[F]:
    """The form class with a box for each statement."""
    fields: dict[str, Any] = {ask.name: BooleanField(pick(ask.words)) for ask in asked}
    made = new_class(form.__name__, (form,), exec_body=lambda namespace: namespace.update(fields))
    return cast(type[F], made)


def looks_like_address(text: str) -> bool:
    """Whether `text` is a web address a person could open, with or without https:// in front."""
    if any(ch.isspace() for ch in text):
        return False
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return "." in host.strip(".") or host == "localhost" or ":" in host
