"""Step 5: how to reach the reporter where that is asked, and the statements a notice needs."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, Length, ValidationError

from webapp.core.i18n import NATIVE, language, lazy
from webapp.public.filing import Filing
from webapp.public.forms.base import LINE_MAX, NAME_MAX, TOO_LONG, StepForm, with_boxes

ASKED = ("name", "email", "postal_address", "signature")


class ContactForm(StepForm):
    """Name and addresses only where the kind, the regime or the person's wish to be answered need them."""

    name = StringField(lazy("Your name"), validators=[Length(max=NAME_MAX, message=TOO_LONG)])
    email = EmailField(lazy("Your e-mail address"), validators=[Length(max=254, message=TOO_LONG)])
    postal_address = TextAreaField(lazy("Your postal address"), validators=[Length(max=LINE_MAX, message=TOO_LONG)])
    language = RadioField(lazy("In which language shall we write to you?"))
    signature = StringField(lazy("Signature"), validators=[Length(max=NAME_MAX, message=TOO_LONG)])

    @classmethod
    def of(cls, filing: Filing, **kwargs: Any) -> StepForm:
        """With a box for each statement; good faith comes last."""
        return with_boxes(cls, filing.statements("contact"))(filing, **kwargs)

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        self.keep(*ASKED)
        if filing.held is not None:
            del self.language  # as with the earlier report
            return
        self.language.choices = list(NATIVE.items())
        if self.language.data not in NATIVE:
            self.language.data = language()

    def answers(self) -> dict[str, Any]:
        """Where it is allowed, no address means: this person stays nameless."""
        kept = super().answers()
        nameless = self.filing.kind.anonymous and not kept.get("email") and self.filing.held is None
        return kept | {"anonymous": nameless}

    def validate_email(self, field: EmailField) -> None:
        """An address letters reach, unless none is needed."""
        if not field.data:
            if not self.filing.kind.anonymous:
                raise ValidationError(lazy("Please give an e-mail address, so that we can answer you."))
            return
        Email(
            message=lazy("This e-mail address is not complete. Example: name@example.org"),
            allow_smtputf8=False,  # no letter of ours reaches an address with other letters before the @
        )(self, field)

    def validate_name(self, field: StringField) -> None:
        """Rights of a person or a work need a name behind them."""
        if not field.data and self.filing.demands("name"):
            raise ValidationError(lazy("Please give your name. The account behind the content does not see it."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Without good faith nothing can be accepted where it is asked; the other statements may follow."""
        good = bool(super().validate(extra_validators))
        for ask in self.boxes():
            if ask.blocks and not self[ask.name].data:
                sentence = lazy("We can only accept a report made in good faith. Please tick the box if it is.")
                self[ask.name].errors = [sentence]
                good = False
        return good
