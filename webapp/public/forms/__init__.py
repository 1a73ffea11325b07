"""The forms of the public pages, one file a step of the report: which fields are asked follows from the rule book."""

from __future__ import annotations

from webapp.public.forms.base import (
    ADDRESS_MAX,
    LINE_MAX,
    NAME_MAX,
    STATEMENT_MAX,
    TOO_LONG,
    StepForm,
    looks_like_address,
)
from webapp.public.forms.contact import ContactForm
from webapp.public.forms.content import ContentForm
from webapp.public.forms.files import FilesForm
from webapp.public.forms.kind import KindForm
from webapp.public.forms.others import AnswerForm, OpenForm, PlainForm, ReviewForm
from webapp.public.forms.who import StandingForm, WhoForm

__all__ = [
    "ADDRESS_MAX",
    "LINE_MAX",
    "NAME_MAX",
    "STATEMENT_MAX",
    "TOO_LONG",
    "AnswerForm",
    "ContactForm",
    "ContentForm",
    "FilesForm",
    "KindForm",
    "OpenForm",
    "PlainForm",
    "ReviewForm",
    "StandingForm",
    "StepForm",
    "WhoForm",
    "looks_like_address",
]
