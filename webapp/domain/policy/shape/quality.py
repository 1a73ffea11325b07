"""How the desk measures whether its people agree: what is drawn for a second look, and when agreement is low."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.words import Part, Words

Level = Literal["good", "middling", "low", "few", "same"]


class Sample(Part):
    """Which decided cases are decided again by somebody who does not know how."""

    rate: float = Field(ge=0, le=1)
    rates: dict[str, float] = Field(default_factory=dict)
    sealed: bool
    left_for_appeal: int = Field(ge=1)
    lapse_days: int = Field(gt=0)
    hold_hours: int = Field(gt=0)

    def of(self, queue: str) -> float:
        """The share of a queue's decided cases that is drawn, 0 to 1."""
        return self.rates.get(queue, self.rate)


class Agreement(Part):
    """From which alpha on a rule counts as clear, and as unclear; `least` answers are needed to say either."""

    low: float = Field(gt=0, lt=1)
    good: float = Field(gt=0, le=1)
    least: int = Field(gt=1)
    window_days: int = Field(gt=0)
    words: dict[Level, Words]

    @model_validator(mode="after")
    def _whole(self) -> Agreement:
        if self.low > self.good:
            raise ValueError("low lies above good")
        missing = sorted({"good", "middling", "low", "few", "same"} - self.words.keys())
        if missing:
            raise ValueError(f"words lack {', '.join(missing)}")
        return self


class Quality(Part):
    """The whole chapter."""

    sample: Sample
    agreement: Agreement
