"""The shape of the rule book: a typo stops the start with the file, the place and one sentence."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Mark = Literal["V", "V2", "T", "K", "D", "U"]
Medium = Literal["image", "video", "audio", "text"]


class Part(BaseModel):
    """Every part is closed and frozen: an unknown key is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """One wording in both languages; neither may be empty."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Basis(Part):
    """A legal or house basis with how sure we are of it."""

    citation: Words
    mark: Mark


class StandingBasis(Part):
    """A basis on which a reporter speaks for the claimant."""

    words: Words
    hint: Words


class Priority(Part):
    """How soon a case is decided (calendar hours) and what that weighs in the queue."""

    words: Words
    decision_hours: int = Field(gt=0)
    weight: int = Field(ge=0)


class ActionKind(Part):
    """A measure: whom it touches, what undoes it, and what the platform shows when it holds."""

    words: Words
    effect: Words | None = None
    target: Literal["content", "account", "none"]
    inverse: str = ""
    reads: str = ""
    shows: str = ""
    days: tuple[int, ...] = ()


class Kind(Part):
    """A kind of report: who may file it, what is asked, how urgent, what follows by default."""

    order: int
    # What the violation is called to everyone but the reporter; `words` speak to her ("My face").
    name: Words
    words: Words
    help: Words
    test: Words
    bases: tuple[str, ...]
    standing: tuple[str, ...]
    priority: str
    points: int = Field(ge=0)
    # The first time of this kind costs no points (law.md §1: "0 first, then 1").
    first_is_free: bool = False
    biometric: Literal["", "face", "voice"] = ""
    needs_name: bool = False
    needs_work_title: bool = False
    asks_time: bool = False
    asks_source: bool = False
    reference: Words | None = None
    actions: tuple[str, ...]
    default_actions: tuple[str, ...]
    media: tuple[Medium, ...]


class Book(Part):
    """The whole rule book; cross references are checked."""

    version: str
    house: Words
    claim_minutes: int = Field(gt=0)
    appeal_days: int = Field(gt=0)
    strike_days: int = Field(gt=0)
    tracking_days: int = Field(gt=0)
    bases: dict[str, Basis]
    standing: dict[str, StandingBasis]
    priorities: dict[str, Priority]
    actions: dict[str, ActionKind]
    kinds: dict[str, Kind]
    statement: dict[str, Words]

    @model_validator(mode="after")
    def _references(self) -> Book:
        for code, kind in self.kinds.items():
            for field, names, known in (
                ("bases", kind.bases, self.bases),
                ("standing", kind.standing, self.standing),
                ("priority", (kind.priority,), self.priorities),
                ("actions", kind.actions, self.actions),
                ("default_actions", kind.default_actions, kind.actions),
            ):
                for name in names:
                    if name not in known:
                        raise ValueError(f"kinds.toml: {code}.{field} names {name!r}, which the book does not know")
        return self

    def ordered_kinds(self) -> list[tuple[str, Kind]]:
        """Kinds in the order the form shows them."""
        return sorted(self.kinds.items(), key=lambda item: item[1].order)
