"""The forms by which a party answers: appeal, counter-notice, proof drawer, proof of suit, what a notice lacked.

Which fields a counter-notice or a completion asks for is the book's; here is only how each is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from webapp.core.forms import Form
from webapp.core.i18n import lazy, pick
from webapp.domain.appeals.rules import LONGEST
from webapp.domain.policy.queries import book
from webapp.public.forms import LINE_MAX, TOO_LONG

# Fields of fields.toml that are a sentence to agree to, and those that need room.
BOXES = ("truth", "mistake", "jurisdiction", "service")
LONG = ("evidence", "postal_address", "source", "loss", "matters", "wrong", "item")
LONG_MAX = 2000


class AppealForm(Form):
    """Why somebody else should look at it again."""

    text = TextAreaField(
        lazy("Why should it be decided differently?"),
        validators=[
            DataRequired(lazy("Please write in your own words what should be looked at again.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )


class ProofForm(Form):
    """Something for the proof drawer: what it is to show, and a few words."""

    defence = SelectField(lazy("What do the files show?"), default="")
    note = TextAreaField(lazy("A few words about it"), validators=[Length(max=LONG_MAX, message=TOO_LONG)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.defence.choices = [("", lazy("Please choose, if one fits")), *_defences()]


class SuitForm(Form):
    """Proof that a claimant went to court or to an authority."""

    kind = RadioField(
        lazy("What did you do?"),
        choices=[
            SelectChoice("suit", lazy("I went to court")),
            SelectChoice("complaint", lazy("I complained to the competent authority")),
        ],
        validators=[DataRequired(lazy("Please say whether you went to court or complained to an authority."))],
    )


def _defences() -> list[tuple[str, str]]:
    return [(code, pick(words)) for code, words in book().defences.items()]


class CounterForm(Form):
    """A counter-notice: the statement and its ground; the regime's own fields are added by `counter_form`."""

    statement = TextAreaField(
        lazy("Why does your content not infringe?"),
        validators=[
            DataRequired(lazy("Please say in your own words why it does not infringe.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
    defence = SelectField(lazy("Your ground"), default="")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.defence.choices = [("", lazy("None of these")), *_defences()]

    def typed(self, codes: Iterable[str]) -> dict[str, str]:
        """Field of the book → what was typed; a ticked box is 'yes'."""
        found = {code: self.data.get(code) for code in codes}
        return {code: "yes" if value is True else str(value) for code, value in found.items() if value}


def counter_form(fields: Mapping[str, str]) -> type[CounterForm]:
    """The form for these fields of fields.toml (code → need)."""
    made: dict[str, Any] = {code: _field(code, pick(book().fields[code])) for code in fields}
    return type("CounterFormOf", (CounterForm,), made)


def completion_form(asked: Iterable[tuple[str, str, str]]) -> type[Form]:
    """The form for (name, form, words) of what a notice lacks; files are no fields of it."""
    made: dict[str, Any] = {}
    for name, form, words in asked:
        if form == "statement":
            made[name] = BooleanField(words)
        else:
            made[name] = _choice(words) if form == "choice" else _field(name, words)
    return type("CompletionForm", (Form,), made)


def _choice(words: str) -> Any:
    """A question that may be answered "I do not know" (evidence.toml, form 'choice')."""
    answers = {"": lazy("Please choose"), "yes": lazy("Yes"), "no": lazy("No"), "unknown": lazy("I do not know")}
    return SelectField(words, default="", choices=[SelectChoice(value, words) for value, words in answers.items()])


def _field(code: str, words: str) -> Any:
    if code in BOXES:
        return BooleanField(words)
    if code in LONG or code.startswith("text_"):
        return TextAreaField(words, validators=[Length(max=LONG_MAX, message=TOO_LONG)])
    return StringField(words, validators=[Length(max=LINE_MAX, message=TOO_LONG)])
