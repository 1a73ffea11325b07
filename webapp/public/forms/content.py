"""Step 3: where the content is and what is wrong with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from webapp.core.clock import now
from webapp.core.i18n import lazy
from webapp.domain.intake.rules import STATEMENT_MIN
from webapp.domain.reports import places
from webapp.public.filing import Filing
from webapp.public.forms.base import (
    ADDRESS_MAX,
    LINE_MAX,
    NAME_MAX,
    STATEMENT_MAX,
    TOO_LONG,
    StepForm,
    looks_like_address,
)

CLOCKS_DIFFER = timedelta(minutes=15)  # a phone's clock may be ahead of ours
ASKED = ("work_title", "wrong", "time_position", "source", "loss", "registry_ref")


class ContentForm(StepForm):
    """The address is always asked, the rest as the kind needs it."""

    platform = HiddenField(validators=[Length(max=60)])
    content_ref = HiddenField(validators=[Length(max=NAME_MAX)])
    address = StringField(lazy("Exact address of the content"), validators=[Length(max=ADDRESS_MAX, message=TOO_LONG)])
    work_title = StringField(lazy("What is your work called?"), validators=[Length(max=NAME_MAX, message=TOO_LONG)])
    wrong = TextAreaField(lazy("What is wrong with it?"), validators=[Length(max=STATEMENT_MAX, message=TOO_LONG)])
    time_position = StringField(
        lazy("Where in the sound or video is it?"), validators=[Length(max=LINE_MAX, message=TOO_LONG)]
    )
    live = RadioField(
        lazy("Is it a live stream?"),
        choices=[
            SelectChoice("no", lazy("No, a post or a recording")),
            SelectChoice("now", lazy("Yes, it is live right now")),
            SelectChoice("was", lazy("It was live when I saw it")),
        ],
        default="no",
        validators=[Optional()],
    )
    seen_at = StringField(lazy("When did you see it live?"), validators=[Length(max=40)])
    source = TextAreaField(
        lazy("What shows that it is not true?"), validators=[Length(max=STATEMENT_MAX, message=TOO_LONG)]
    )
    loss = TextAreaField(lazy("What did you lose?"), validators=[Length(max=STATEMENT_MAX, message=TOO_LONG)])
    registry_ref = StringField(
        lazy("Register number of the virtual human"), validators=[Length(max=NAME_MAX, message=TOO_LONG)]
    )

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        self.keep(*ASKED)
        if "time_position" not in self:
            del self.live, self.seen_at
        elif not self.is_submitted() and not filing.filled.live and "live" in filing.filled.circumstances:
            self.live.data = "now"  # said on the first page already

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

    def validate_seen_at(self, field: StringField) -> None:
        """A day and time that was; a stream nobody saw live has none."""
        if self.live.data not in ("now", "was"):
            field.data = ""
            return
        if not field.data:
            return
        found = places.moment(field.data, ZoneInfo(current_app.config["SETTINGS"].timezone))
        if found is None:
            raise ValidationError(lazy("Please write day and time like this: 2026-12-31 20:15."))
        if found > now() + CLOCKS_DIFFER:
            raise ValidationError(lazy("This time is still to come. When did you see it?"))

    def validate_work_title(self, field: StringField) -> None:
        """Without a name nobody knows which work is meant."""
        if not field.data and self.filing.demands("work_title"):
            raise ValidationError(lazy("Please give the title of your work, or a few words to know it by."))

    def validate_wrong(self, field: TextAreaField) -> None:
        """A few words at least where they are needed: a person has to understand it."""
        ask = self.filing.ask("wrong")
        if not field.data and ask and ask.blocks:
            raise ValidationError(lazy("Please say in your own words what is wrong."))
        if field.data and ask and ask.blocks and len(field.data) < STATEMENT_MIN:
            raise ValidationError(
                lazy(
                    "Please write a little more (at least %(min)d characters), so that a person can understand it.",
                    min=STATEMENT_MIN,
                )
            )
