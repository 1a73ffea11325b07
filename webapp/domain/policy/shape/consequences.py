"""What follows: measures, the ladder with its points, and the steps against misuse of reporting."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from webapp.domain.policy.shape.words import Mark, Part, Words


class ActionKind(Part):
    """A measure: whom it touches, what undoes it, and what the platform shows when it holds."""

    words: Words
    effect: Words | None = None
    target: Literal["content", "account", "live", "none"]
    inverse: str = ""  # the measure that takes this one back; '' = nothing to take back
    undoes: bool = False  # this is such a taking back: never chosen at the desk, never counted as a restriction
    reads: str = ""
    shows: str = ""
    days: tuple[int, ...] = ()
    default_days: int | None = None  # the length where the reviewer names none; None = one must be named
    rung: Literal["", "warn", "limit", "suspend", "close"] = ""  # the four statutory rungs (law.md §0 item 13)
    local: bool = False  # holds in some places only
    label: bool = False  # a label only: told by N10 rather than as a penalty
    second_person_days: int | None = None  # from so many days on a second person agrees; 0 = always
    # DSA fields: {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]} and the like (law.md §5.3, §6.2).
    dsa: dict[str, list[str]] = Field(default_factory=dict)


class Rung(Part):
    """One rung of the ladder: from so many active points on, what happens to the account (law.md §5.2)."""

    code: str
    words: Words
    points: int = Field(ge=0)
    actions: tuple[str, ...] = ()
    days: tuple[int, ...] = ()  # the first time, the second time, …; the last one repeats
    points_days: int | None = None  # how long points earned on this rung count; None = for good


class Modifier(Part):
    """What makes points weigh more or less; a reviewer ticks it and the statement of reasons names it."""

    words: Words
    factor: float = 1.0
    plus: int = 0
    zero: bool = False
    # 'repeat' is found by the software, the others are ticked.
    automatic: bool = False
    # Shown intent: a kind of zero tolerance then leads to the last rung at once (law.md §5.2 L5).
    intent: bool = False


class Ladder(Part):
    """Points and rungs. D: defaults of this project; no platform publishes better-founded numbers."""

    rungs: tuple[Rung, ...]
    modifiers: dict[str, Modifier]
    mark: Mark = "D"


class ConductStep(Part):
    """A step against misuse of reporting (DSA 23(2), law.md §5.5)."""

    code: Literal["education", "warning", "slower", "suspended"]
    words: Words
    days: tuple[int, ...] = ()


class Conduct(Part):
    """Misuse of reporting: what counts, from how much on, and what follows step by step."""

    window_days: int = Field(gt=0)
    floor: int = Field(gt=0)  # fewer reports than this are never weighed
    share: float = Field(gt=0, le=1)  # unfounded ÷ total from which a step is taken
    grades: dict[str, Words]  # 'unfounded', 'bad_faith'
    steps: tuple[ConductStep, ...]
    # grade → the furthest step it leads to without floor and share; the steps before it are still taken first.
    at_once: dict[str, str] = Field(default_factory=dict)
    exempt: tuple[str, ...]  # kinds whose good-faith reports never count
    mark: Mark = "D"
