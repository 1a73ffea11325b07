"""Step 2: on what basis the reporter speaks; then, only where it is needed, for whom, about what and until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from webapp.core.i18n import lazy, pick
from webapp.domain.intake.form import day
from webapp.domain.policy.queries import book
from webapp.public.filing import Filing
from webapp.public.forms.base import LINE_MAX, NAME_MAX, STATEMENT_MAX, TOO_LONG, StepForm, filled, with_boxes

# What the person spoken for is called on the page, by basis; whoever is not here is "the person or rights holder".
CALLED = {
    "GUARD": lazy("Name of the person you are the guardian of"),
    "NR1": lazy("Name of the person who died"),
    "NR2": lazy("Name of the person who died"),
    "HEIR": lazy("Name of the author"),
    "RH": lazy("Name of the rights holder or organisation"),
}
ARRANGED = {"no": lazy("No"), "yes": lazy("Yes"), "unknown": lazy("I do not know")}
REACHES = {"all": lazy("Reports of other kinds too"), "this": lazy("Only what I report now")}


class WhoForm(StepForm):
    """On what basis; and the wish for a procedure that a claimant has to choose."""

    basis = RadioField(
        lazy("Who are you in this matter?"), validators=[filled(lazy("Please say on what basis you report this."))]
    )
    elected = SelectMultipleField(lazy("Procedures you can choose"))

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        self.leaves = book().leaves(filing.filled.kind)
        self.basis.choices = [(code, pick(book().standing[code].words)) for code in self.leaves]
        offered = [r for r in book().enabled_regimes(filing.filled.kind) if book().regimes[r].elected]
        self.elected.choices = [(code, pick(book().regimes[code].words)) for code in offered]
        if not offered:
            del self.elected

    def answers(self) -> dict[str, Any]:
        """What was said of another basis is dropped with it; a tip runs under no elected procedure."""
        kept = {"elected": []} | super().answers()
        if self.leaves[kept["basis"]] == "tip":
            kept["elected"] = []
        if kept["basis"] != self.filing.filled.basis:
            kept |= {"claimant_name": "", "matters": "", "scope": [], "valid_from": "", "valid_to": ""}
        return kept


class StandingForm(StepForm):
    """Whom somebody speaks for. Days are written YYYY-MM-DD; `reach` says which kinds the authority takes in."""

    claimant_name = StringField(validators=[Length(max=NAME_MAX, message=TOO_LONG)])
    matters = TextAreaField(
        lazy("What does your authority say you may do?"), validators=[Length(max=STATEMENT_MAX, message=TOO_LONG)]
    )
    reach = RadioField(lazy("What does it cover?"), validate_choice=False)
    valid_from = StringField(lazy("First day it is valid"), validators=[Length(max=LINE_MAX, message=TOO_LONG)])
    valid_to = StringField(lazy("Last day it is valid"), validators=[Length(max=LINE_MAX, message=TOO_LONG)])
    prior_arrangement = RadioField(validate_choice=False)

    @classmethod
    def of(cls, filing: Filing, **kwargs: Any) -> StepForm:
        """With a box for each declaration of the standing."""
        return with_boxes(cls, filing.statements("standing"))(filing, **kwargs)

    def __init__(self, filing: Filing, **kwargs: Any) -> None:
        super().__init__(filing, **kwargs)
        self.reach.choices = list(REACHES.items())
        self.prior_arrangement.choices = list(ARRANGED.items())
        usual = lazy("Name of the person or rights holder you speak for")
        self.claimant_name.label.text = CALLED.get(filing.filled.basis, usual)
        if not filing.names_claimant:
            del self.claimant_name
        if not filing.names_term:
            for name in ("matters", "reach", "valid_from", "valid_to"):
                delattr(self, name)
        self.keep("prior_arrangement")
        if "prior_arrangement" in self:
            self.prior_arrangement.label.text = filing.words("prior_arrangement")

    def answers(self) -> dict[str, Any]:
        """The radio about the reach becomes the scope the standing keeps: codes of kinds, none for every kind."""
        kept = super().answers()
        reach = kept.pop("reach", "")
        if "prior_arrangement" in kept:
            kept["prior_arrangement"] = kept["prior_arrangement"] if kept["prior_arrangement"] in ARRANGED else ""
        return kept | ({"scope": [self.filing.filled.kind] if reach == "this" else []} if reach else {})

    def validate(self, extra_validators: Any = None) -> bool:
        """The law's conditions for other relatives have no way around: without them it is somebody else's report."""
        good = bool(super().validate(extra_validators))
        for ask in self.boxes():
            if ask.blocks and not self[ask.name].data:
                self[ask.name].errors = [
                    lazy(
                        "Only if this is so can you report as this relative. If not, please let the nearer relative "
                        "report, or go back and report it as somebody who came across it."
                    )
                ]
                good = False
        return good

    def validate_claimant_name(self, field: StringField) -> None:
        """Whoever speaks for somebody else names them."""
        if not field.data:
            raise ValidationError(lazy("Please name the person or rights holder you speak for."))

    def validate_valid_from(self, field: StringField) -> None:
        """A day, if any."""
        self._a_day(field)

    def validate_valid_to(self, field: StringField) -> None:
        """A day, if any, and not before the first."""
        last, first = self._a_day(field), day(self.valid_from.data or "")
        if last and first and last < first:
            raise ValidationError(lazy("The last day lies before the first."))

    def _a_day(self, field: StringField) -> date | None:
        found = day(field.data or "")
        if field.data and found is None:
            raise ValidationError(lazy("Please write the day as year-month-day, for example 2026-12-31."))
        return found
