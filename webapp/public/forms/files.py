"""Step 4: files travel on their own; here is only the separate consent to compare a face or a voice."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from webapp.public.consenting import AGREE
from webapp.public.filing import Filing
from webapp.public.forms.base import StepForm


class FilesForm(StepForm):
    """Asked only of somebody who speaks for the person: an onlooker cannot consent for them."""

    consent = BooleanField()

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        if not filing.kind.biometric or filing.tip:
            del self.consent
        else:
            self.consent.label.text = AGREE[filing.kind.biometric]
