"""Step 1: what it is about, and circumstances that make it more urgent."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import Length

from webapp.core.forms import Form
from webapp.core.i18n import lazy, pick
from webapp.domain.claimants.models import Standing
from webapp.domain.policy.queries import book
from webapp.public.forms.base import ADDRESS_MAX, NAME_MAX, filled, looks_like_address


class KindForm(Form):
    """The kind. Carries along what a platform's own report link prefilled, and whose standing is used again."""

    kind = RadioField(lazy("What is it about?"), validators=[filled(lazy("Please choose what your report is about."))])
    # Values are "KIND:circumstance": a box ticked under one kind says nothing about another.
    circumstances = SelectMultipleField(lazy("Circumstances"))
    platform = HiddenField(validators=[Length(max=60)])
    content_ref = HiddenField(validators=[Length(max=NAME_MAX)])
    address = HiddenField(validators=[Length(max=ADDRESS_MAX)])
    same_as = HiddenField(validators=[Length(max=20)])

    def __init__(self, held: Standing | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.held = held
        kinds = [
            (code, kind) for code, kind in book().ordered_kinds() if held is None or held.basis in book().leaves(code)
        ]
        self.kind.choices = [(code, pick(kind.words)) for code, kind in kinds]
        self.circumstances.choices = [
            (f"{code}:{name}", pick(entry.words)) for code, kind in kinds for name, entry in kind.raises.items()
        ]

    def answers(self) -> dict[str, Any]:
        """The kind with its own circumstances, and of what was prefilled only what is there and usable."""
        kept = {n: v for n, v in self.data.items() if n in ("kind", "platform", "content_ref", "address") and v}
        if not looks_like_address(kept.get("address", "")):
            kept.pop("address", None)
        ticked = [value.partition(":") for value in self.circumstances.data or []]
        return kept | {"circumstances": [name for code, _colon, name in ticked if code == kept["kind"]]}
