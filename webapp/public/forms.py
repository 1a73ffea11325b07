"""The forms of the report, one a step: which fields are asked follows from the kind of report in the rule book."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wtforms import BooleanField, EmailField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from webapp.core.forms import Form
from webapp.core.i18n import NATIVE, language, lazy, pick
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Kind

# Long enough for any address, name or statement people send; short enough that a page of the desk can show it.
ADDRESS_MAX, NAME_MAX, STATEMENT_MAX, LINE_MAX = 2000, 200, 5000, 500
STATEMENT_MIN = 10

TOO_LONG = lazy("This is too long; please keep it under %(max)d characters.")


def _filled(message: Any) -> DataRequired:
    return DataRequired(message)


class StepForm(Form):
    """One step. `answers` is what the draft keeps of it."""

    def __init__(self, kind: Kind | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind_entry = kind

    def answers(self) -> dict[str, Any]:
        """Field name → value, without the anti-forgery token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class KindForm(StepForm):
    """Step 1: what it is about. Carries along what a platform's own report link prefilled."""

    kind = RadioField(lazy("What is it about?"), validators=[_filled(lazy("Please choose what your report is about."))])
    platform = HiddenField(validators=[Length(max=60)])
    content_ref = HiddenField(validators=[Length(max=NAME_MAX)])
    address = HiddenField(validators=[Length(max=ADDRESS_MAX)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(code, pick(kind.words)) for code, kind in book().ordered_kinds()]

    def answers(self) -> dict[str, Any]:
        """The kind, and of what was prefilled only what is there and usable."""
        kept = super().answers()
        if not looks_like_address(kept["address"] or ""):
            kept["address"] = ""
        return {name: value for name, value in kept.items() if value}


class WhoForm(StepForm):
    """Step 2: on what basis the reporter speaks, and for whom."""

    basis = RadioField(
        lazy("Who are you in this matter?"), validators=[_filled(lazy("Please say on what basis you report this."))]
    )
    claimant_name = StringField(
        lazy("Name of the person or rights holder you speak for"), validators=[Length(max=NAME_MAX, message=TOO_LONG)]
    )

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        super().__init__(kind, **kwargs)
        self.basis.choices = [(code, pick(book().standing[code].words)) for code in kind.standing]
        if set(kind.standing) <= {"SELF", "ANY"}:
            del self.claimant_name

    def answers(self) -> dict[str, Any]:
        """Whoever speaks for herself, or for nobody, names nobody: a name typed before a change of mind is dropped."""
        kept = super().answers()
        return kept | {"claimant_name": ""} if kept["basis"] in ("SELF", "ANY") else kept

    def validate_claimant_name(self, field: StringField) -> None:
        """Whoever speaks for somebody else names them."""
        if self.basis.data not in (None, "", "SELF", "ANY") and not field.data:
            raise ValidationError(lazy("Please name the person or rights holder you speak for."))


class ContentForm(StepForm):
    """Step 3: where the content is and what is wrong with it."""

    platform = HiddenField(validators=[Length(max=60)])
    content_ref = HiddenField(validators=[Length(max=NAME_MAX)])
    address = StringField(lazy("Exact address of the content"), validators=[Length(max=ADDRESS_MAX, message=TOO_LONG)])
    work_title = StringField(
        lazy("What is your work called?"),
        validators=[
            _filled(lazy("Please give the title of your work, or a few words to know it by.")),
            Length(max=NAME_MAX, message=TOO_LONG),
        ],
    )
    wrong = TextAreaField(
        lazy("What is wrong with it?"),
        validators=[
            _filled(lazy("Please say in your own words what is wrong.")),
            Length(max=STATEMENT_MAX, message=TOO_LONG),
        ],
    )
    time_position = StringField(
        lazy("Where in the sound or video is it?"), validators=[Length(max=LINE_MAX, message=TOO_LONG)]
    )
    source = TextAreaField(
        lazy("What shows that it is not true?"), validators=[Length(max=STATEMENT_MAX, message=TOO_LONG)]
    )

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        super().__init__(kind, **kwargs)
        if not kind.needs_work_title:
            del self.work_title
        if not (kind.asks_time or {"audio", "video"} & set(kind.media)):
            del self.time_position
        if not kind.asks_source:
            del self.source

    def validate_address(self, field: StringField) -> None:
        """An address somebody can open; not asked when the platform's own content id is known."""
        if not field.data:
            if not (self.platform.data and self.content_ref.data):
                raise ValidationError(lazy("Please give the exact address, so that we look at the right content."))
            return
        if not looks_like_address(field.data):
            raise ValidationError(
                lazy("This does not look like an address. Copy it from the share button or the address line: https://…")
            )

    def validate_wrong(self, field: TextAreaField) -> None:
        """A few words at least: a person has to understand it."""
        if field.data and len(field.data) < STATEMENT_MIN:
            raise ValidationError(
                lazy(
                    "Please write a little more (at least %(min)d characters), so that a person can understand it.",
                    min=STATEMENT_MIN,
                )
            )


class FilesForm(StepForm):
    """Step 4: files travel on their own; here is only the separate consent to compare a face or a voice."""

    consent = BooleanField()

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        super().__init__(kind, **kwargs)
        if not kind.biometric:
            del self.consent
        elif kind.biometric == "face":
            self.consent.label.text = lazy(
                "I separately agree that the face in my reference pictures is compared by machine with the "
                "reported content."
            )
        else:
            self.consent.label.text = lazy(
                "I separately agree that the voice in my reference recordings is compared by machine with the "
                "reported content."
            )


class ContactForm(StepForm):
    """Step 5: how to reach the reporter, and the statement of good faith."""

    name = StringField(lazy("Your name"), validators=[Length(max=NAME_MAX, message=TOO_LONG)])
    email = EmailField(
        lazy("Your e-mail address"),
        validators=[
            _filled(lazy("Please give an e-mail address, so that we can answer you.")),
            Length(max=254, message=TOO_LONG),
            Email(
                message=lazy("This e-mail address is not complete. Example: name@example.org"),
                allow_smtputf8=False,  # no letter of ours reaches an address with other letters before the @
            ),
        ],
    )
    language = RadioField(lazy("In which language shall we write to you?"))
    good_faith = BooleanField(
        lazy("To the best of my knowledge what I write is true and complete, and I report in good faith."),
        validators=[_filled(lazy("We can only accept a report made in good faith. Please tick the box if it is."))],
    )

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        super().__init__(kind, **kwargs)
        self.language.choices = list(NATIVE.items())
        if self.language.data not in NATIVE:
            self.language.data = language()

    def validate_name(self, field: StringField) -> None:
        """Rights of a person or a work need a name behind them; anyone may report the rest without."""
        if self.kind_entry and self.kind_entry.needs_name and not field.data:
            raise ValidationError(lazy("Please give your name. The account behind the content does not see it."))


class ReviewForm(StepForm):
    """Step 6: nothing to fill in, only to confirm; the key makes a second press the same report."""

    form_key = HiddenField()


class OpenForm(Form):
    """Reference and secret of a report, as printed on the receipt."""

    reference = StringField(
        lazy("Reference"), validators=[_filled(lazy("Please type the reference, for example R-7K3M-9QF2."))]
    )
    secret = StringField(lazy("Secret"), validators=[_filled(lazy("Please type the secret from your receipt."))])


class AnswerForm(Form):
    """A message to the reviewer."""

    text = TextAreaField(
        lazy("Your message"),
        validators=[_filled(lazy("Please write your message.")), Length(max=STATEMENT_MAX, message=TOO_LONG)],
    )


class PlainForm(Form):
    """A button with the anti-forgery token and nothing else."""


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
