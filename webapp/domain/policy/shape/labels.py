"""What files say of their own making: words, the measure of a visible label, and what follows for the platform's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.words import Mark, Part, Words

ANSWERS = ("declared", "suspected", "no_evidence")
FOUND = ("declared", "admitted", "suspected", "none")


class Visible(Part):
    """The explicit label of a picture; shares of the picture (0.05 is 5 %)."""

    mark: Mark
    height: float = Field(gt=0, lt=1)
    edge: float = Field(gt=0, le=0.5)
    brands: tuple[str, ...]


class Duty(Part):
    """A row of art 6: what was found, the measure it asks for ('' for none), and why in a sentence."""

    found: Literal["declared", "admitted", "suspected", "none"]
    measure: str
    mark: Mark
    why: Words


class Labels(Part):
    """The chapter on what files say of themselves (law.md §7)."""

    recheck_minutes: int = Field(gt=0)
    answers: dict[str, Words]
    trusts: dict[str, Words]
    readers: dict[str, Words]
    sources: dict[str, Words]
    issues: dict[str, Words]
    source_types: dict[str, Words]
    visible: Visible
    duties: tuple[Duty, ...]

    @model_validator(mode="after")
    def _whole(self) -> Labels:
        if set(self.answers) != set(ANSWERS):
            raise ValueError(f"answers must be exactly {', '.join(ANSWERS)}")
        if tuple(row.found for row in self.duties) != FOUND:
            raise ValueError(f"duties must have one row each for {', '.join(FOUND)}, in this order")
        return self

    def duty(self, found: str) -> Duty:
        """The row of art 6 for what was found."""
        return next(row for row in self.duties if row.found == found)
