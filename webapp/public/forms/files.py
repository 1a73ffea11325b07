"""Step 4: files travel on their own; here: the consent to compare a face or a voice, and which part counts."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import Length

from webapp.core.i18n import _, lazy
from webapp.domain.reports import places
from webapp.public.consenting import AGREE
from webapp.public.filing import Filing
from webapp.public.forms.base import StepForm


class FilesForm(StepForm):
    """The consent is asked only of somebody who speaks for the person: an onlooker cannot consent for them."""

    consent = BooleanField()
    part_from = StringField(lazy("Begins at"), validators=[Length(max=20)])
    part_to = StringField(lazy("Ends at"), validators=[Length(max=20)])

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        if not filing.kind.biometric or filing.tip:
            del self.consent
        else:
            self.consent.label.text = AGREE[filing.kind.biometric]
        if not (filing.asks_for("time_position") and any(slot.name == "alleged" for slot in filing.slots)):
            del self.part_from, self.part_to

    def part_wrong(self) -> str:
        """What is wrong with the part to look at, '' if nothing. The files that came with it stay."""
        if "part_from" not in self:
            return ""
        begins, ends = (places.seconds(field.data or "") for field in (self.part_from, self.part_to))
        if (self.part_from.data and begins is None) or (self.part_to.data and ends is None):
            return _("Please write minutes and seconds, for example 1:05.")
        if begins is not None and ends is not None and ends <= begins:
            return _("The part ends before it begins.")
        return ""
