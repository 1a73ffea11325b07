"""How cases are spread over the desk: queues with their criteria, who may enter them, and what moves a case forward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.filing import Kind
from webapp.domain.policy.shape.words import Part, Words

# What adds up to a case's place (cases.placing); each has its words in queues.toml.
POINTS = ("harm", "match", "reporters", "verified", "misuse", "minors")
BANDS = ("strong", "possible", "weak", "none", "")


class Criteria(Part):
    """Which cases a queue takes. Every list given must hold what the case has; one left out asks for nothing."""

    kinds: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # groups of kinds: with `kinds` together, one list
    priorities: tuple[str, ...] = ()
    bands: tuple[Literal["strong", "possible", "weak", "none", ""], ...] = ()
    # The case has no report in any other language.
    languages: tuple[Literal["zh", "en"], ...] = ()
    # 0 urgent, 1 the rest, 2 only reports of people slowed down for misuse.
    ranks: tuple[Literal[0, 1, 2], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether it asks for anything at all."""
        return any((self.kinds, self.groups, self.priorities, self.bands, self.languages, self.ranks))

    def claims(self, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
        """The kinds it names, themselves or by their group; none where it does not ask for kinds."""
        return tuple(code for code, kind in kinds.items() if code in self.kinds or kind.group in self.groups)


class Queue(Part):
    """One line at the desk. The first queue of the file whose criteria fit takes the case."""

    words: Words
    about: Words  # the criteria in one sentence
    takes: Criteria = Criteria()
    by_hand: bool = False  # only people put cases here; no criteria
    order: Literal["priority", "due", "oldest"] = "priority"
    roles: tuple[Literal["reviewer", "lead", "admin"], ...] = ("reviewer", "lead", "admin")
    skills: tuple[str, ...] = ()  # what a person must be trained for
    reads: tuple[Literal["zh", "en"], ...] = ()  # which languages a person must read
    hidden_actions: tuple[str, ...] = ()  # measures that are not offered here
    exposure: Literal["light", "heavy"] = "light"
    escalate_to: str = ""


class Points(Part):
    """What moves a case forward. One point is one hour earlier; together they never move it further than `most`."""

    most: int = Field(gt=0)
    urgent: int = Field(gt=0)  # what the shown sum says for "urgent kinds come first"
    words: dict[str, Words]
    harm: dict[str, int]  # by priority
    match: dict[str, int]  # by band; '' = nothing was compared yet
    reporters_each: int
    reporters_most: int = Field(ge=0)
    verified: int
    misuse: int
    minors: int
    minor_groups: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Points:
        for name, wanted in (("words", POINTS), ("match", BANDS)):
            if set(getattr(self, name)) != set(wanted):
                raise ValueError(f"{name} must be exactly {', '.join(repr(code) for code in wanted)}")
        return self


class Queues(Part):
    """The chapter on queues; a code nobody knows any more reads as the queue that takes the rest."""

    shift_hours: int = Field(gt=0)  # what a person skipped comes back to them after so long
    skills: dict[str, Words]
    skip_reasons: dict[str, Words]
    points: Points
    queue: dict[str, Queue]

    @model_validator(mode="after")
    def _whole(self) -> Queues:
        rest = [code for code, queue in self.queue.items() if not queue.by_hand and not queue.takes.asks]
        by_criteria = [code for code, queue in self.queue.items() if not queue.by_hand]
        if rest != by_criteria[-1:]:
            raise ValueError("the last queue with criteria, and no other, must take everything that is left")
        for code, queue in self.queue.items():
            if queue.by_hand and queue.takes.asks:
                raise ValueError(f"{code} is filled by hand and so can have no criteria")
        return self

    @property
    def rest(self) -> str:
        """The code of the queue that takes what no other takes."""
        return [code for code, queue in self.queue.items() if not queue.by_hand][-1]

    def of(self, code: str) -> Queue:
        """The queue of this code."""
        return self.queue.get(code) or self.queue[self.rest]
