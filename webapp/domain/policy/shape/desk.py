"""How the desk treats the people who look: what is covered, how it is uncovered, how much a shift may hold."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.words import Part, Words

Cover = Literal["none", "blur", "grey"]  # from the least to the most
Reveal = Literal["hold", "click", "hover"]
Blur = Literal["soft", "medium", "strong"]
COVERS: tuple[Cover, ...] = ("none", "blur", "grey")
REVEALS: tuple[Reveal, ...] = ("hold", "click", "hover")
BLURS: tuple[Blur, ...] = ("soft", "medium", "strong")


class Budget(Part):
    """How much of a class one shift may hold before the desk suggests a pause; whichever is reached first."""

    items: int = Field(gt=0)
    minutes: int = Field(gt=0)


class Harm(Part):
    """A class of harm: which kinds belong to it, and how its pictures are covered unless somebody sets it otherwise."""

    words: Words
    text: Words
    cover: Cover
    least: Cover = "none"
    reveal: Reveal
    heavy: bool = False  # looking at it calls for something light in between
    otherwise: bool = False  # kinds that no class names are of this one
    kinds: tuple[str, ...] = ()
    budget: Budget | None = None

    @model_validator(mode="after")
    def _covered_enough(self) -> Harm:
        if COVERS.index(self.cover) < COVERS.index(self.least):
            raise ValueError("cover is less than least")
        return self


class Alternation(Part):
    """After so many heavy items in a row, for so many minutes, light ones are offered first."""

    items: int = Field(gt=0)
    minutes: int = Field(gt=0)


class Sound(Part):
    """How recordings play once somebody holds the button: in per cent. They are silent until asked to sound."""

    volume: int = Field(ge=0, le=100)
    speed: int = Field(gt=0)
    speeds: tuple[int, ...]

    @model_validator(mode="after")
    def _speed_is_offered(self) -> Sound:
        if self.speed not in self.speeds:
            raise ValueError("speed is not one of speeds")
        return self


class Desk(Part):
    """The chapter on the people at the desk."""

    shift_starts: int = Field(ge=0, le=23)
    keep_days: int = Field(gt=0)
    smallest_group: int = Field(ge=2)
    idle_seconds: int = Field(gt=0)
    blur: Blur
    parts_only: bool
    alternation: Alternation
    sound: Sound
    harms: dict[str, Harm]

    @model_validator(mode="after")
    def _one_class_a_kind(self) -> Desk:
        if sum(harm.otherwise for harm in self.harms.values()) != 1:
            raise ValueError("exactly one class of harms must be marked otherwise")
        named = [kind for harm in self.harms.values() for kind in harm.kinds]
        if doubled := sorted({kind for kind in named if named.count(kind) > 1}):
            raise ValueError(f"{doubled[0]} is in two classes of harms")
        return self

    def harm_of(self, kind: str) -> str:
        """The class a kind of report belongs to."""
        default = ""
        for code, harm in self.harms.items():
            if kind in harm.kinds:
                return code
            if harm.otherwise:
                default = code
        return default

    def worst(self, kinds: list[str]) -> str:
        """The heaviest class of these kinds; of none, the class of kinds that no class names."""
        order = list(self.harms)
        return max((self.harm_of(kind) for kind in kinds or [""]), key=order.index)
