"""The small forms around the report: sending it, opening it again, a message, a button."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from webapp.core.forms import Form
from webapp.core.i18n import lazy
from webapp.public.forms.base import STATEMENT_MAX, TOO_LONG, filled


class ReviewForm(Form):
    """Step 6: nothing to fill in, only to confirm; the key makes a second press the same report."""

    form_key = HiddenField()


class OpenForm(Form):
    """Reference and secret of a report, as printed on the receipt."""

    reference = StringField(
        lazy("Reference"), validators=[filled(lazy("Please type the reference, for example R-7K3M-9QF2."))]
    )
    secret = StringField(lazy("Secret"), validators=[filled(lazy("Please type the secret from your receipt."))])


class AnswerForm(Form):
    """A message to the reviewer."""

    text = TextAreaField(
        lazy("Your message"),
        validators=[filled(lazy("Please write your message.")), Length(max=STATEMENT_MAX, message=TOO_LONG)],
    )


class PlainForm(Form):
    """A button with the anti-forgery token and nothing else."""
