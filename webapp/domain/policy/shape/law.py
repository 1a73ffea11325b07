"""Grounds, regimes and clocks: what the law and the house ask, how sure that is, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.words import Calendar, Event, Mark, Need, Part, Words


class Basis(Part):
    """A legal or house basis with how sure we are of it."""

    citation: Words
    mark: Mark
    regime: str = "HOUSE"
    # 'in_force' or 'draft' (a draft is shown as such and never cited as law), and from when.
    status: Literal["in_force", "draft"] = "in_force"
    since: str = ""
    # Background, or procedure, that explains a kind but forbids nothing: never cited as the ground of a decision.
    cited: bool = True


class Span(Part):
    """A length of time. Exactly one of the three; days may run in a calendar of working days."""

    minutes: int | None = Field(None, gt=0)
    hours: int | None = Field(None, gt=0)
    days: int | None = Field(None, gt=0)
    calendar: Calendar = "CAL"
    # Calendar days whose last one is a day off end on the next working day of this calendar ('' = they do not):
    # Civil Code art 203(1) for the periods of Chinese civil law, the waiting periods after a counter-notice.
    rolls: Literal["", "CN_WORKDAYS", "US_BUSINESS_DAYS"] = ""

    @model_validator(mode="after")
    def _one(self) -> Span:
        if sum(v is not None for v in (self.minutes, self.hours, self.days)) != 1:
            raise ValueError("give exactly one of minutes, hours, days")
        if self.calendar != "CAL" and self.days is None:
            raise ValueError("only days run in a calendar of working days")
        if self.rolls and (self.days is None or self.calendar != "CAL"):
            raise ValueError("only calendar days can end on a day off and roll to a working day")
        return self


class Regime(Part):
    """A legal frame: what its notices and counter-notices must carry (field → need), and what it grants."""

    words: Words
    bases: tuple[str, ...]
    enabled: bool
    # The claimant chooses it on the form (DMCA, TIDA); others follow from the kind and the operator's markets.
    elected: bool = False
    # Anyone's notice is a full notice (DSA art 16): no tips where this regime is on.
    open_to_all: bool = False
    notice: dict[str, Need] = Field(default_factory=dict)
    counter: dict[str, Need] = Field(default_factory=dict)
    counter_allowed: bool = False
    # The waiting clock after a counter-notice, and what its proof of suit stops; '' = no waiting.
    wait: str = ""
    # RTCI art 17: after restoring, the same claimant cannot notify the same item again under this regime.
    bars_repeat: bool = False
    # The claimant's name is forwarded (contact never is); elsewhere only with statutory need (law.md §0 item 10).
    forwards_name: bool = False
    warning: Words | None = None  # what the reporter is told of wrong notices before sending


class ClockKind(Part):
    """One kind of deadline (law.md §4.7). `duty`: who must act; the strictest desk clock leads the case."""

    words: Words
    regime: str
    also: tuple[str, ...] = ()  # other regimes the same clock serves
    bases: tuple[str, ...] = ()
    mark: Mark
    hard: bool = False  # a number of the law, not a default
    duty: Literal["desk", "software", "party"]
    on: Literal["report", "case", "counter", "appeal", "measure"]
    starts: Event
    ends: tuple[Event, ...]
    span: Span | None = None
    by_priority: dict[str, Span] = Field(default_factory=dict)
    earliest: Span | None = None  # not before (DMCA: restore in [10, 14] business days)
    pauses: bool = False  # may stand still while the desk waits for missing items; never for urgent kinds
    # Whose answer to a question of the desk it may stand still for, as long as a question waits (answer_days).
    pauses_asked: tuple[Literal["reporter", "respondent"], ...] = ()
    kinds: tuple[str, ...] = ()  # empty: every kind of the regime
    enabled: bool = True
    published: bool = True

    @model_validator(mode="after")
    def _length(self) -> ClockKind:
        if (self.span is None) == (not self.by_priority):
            raise ValueError("give either span or by_priority")
        return self

    def stands_still(self, reason: str) -> bool:
        """Whether it may stand still for this reason ('asked_reporter', 'asked_respondent', or what else a case waits
        for: missing items, a cure)."""
        return reason.removeprefix("asked_") in self.pauses_asked if reason.startswith("asked_") else self.pauses

    def serves(self, regimes: Iterable[str]) -> bool:
        """Whether this clock runs under one of the regimes; the house's own run always."""
        return self.regime == "HOUSE" or not {self.regime, *self.also}.isdisjoint(regimes)
