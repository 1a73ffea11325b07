"""Thinking about misuse of reporting: what counts, what the next step is, what each step means while it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from webapp.domain.policy.shape import Book, Conduct, ConductStep

# Whatever floor and share an operator sets: one dismissal alone never leads to a step (law.md §5.5).
LEAST_MARKS = 2
MILDEST = "unfounded"


class Taken(Protocol):
    """What is needed of a step that was taken."""

    @property
    def step(self) -> str:
        """Its code."""

    @property
    def from_at(self) -> datetime:
        """When it was taken."""

    @property
    def until_at(self) -> datetime | None:
        """When it ends; None = it says something and restricts nothing."""

    @property
    def lifted_at(self) -> datetime | None:
        """When an appeal took it back."""


@dataclass(frozen=True)
class Tally:
    """A reporter's marks and reports within the window."""

    marks: int
    reports: int

    @property
    def share(self) -> float:
        """Marked reports ÷ all reports."""
        return self.marks / self.reports if self.reports else 0.0


@dataclass(frozen=True)
class Next:
    """The step that follows, and for how many days (None: it restricts nothing)."""

    code: str
    days: int | None


def counts(kind: str, priority: str, grade: str, book: Book) -> bool:
    """Whether a mark of this grade may be set on a report of this kind. A good-faith report of an urgent or exempt
    kind never counts against anyone; bad faith is bad faith everywhere (law.md §5.5)."""
    spared = kind in book.conduct.exempt or book.urgent(priority)
    return grade in book.conduct.grades and not (grade == MILDEST and spared)


def ladder(conduct: Conduct) -> list[Next]:
    """The steps one after the other: a step with several lengths comes once for each; the last one repeats."""
    return [Next(step.code, days) for step in conduct.steps for days in _lengths(step)]


def _lengths(step: ConductStep) -> Sequence[int | None]:
    return step.days or (None,)


def reached(tally: Tally, conduct: Conduct) -> bool:
    """Whether marks and share are enough for a step: enough reports to judge by, never one dismissal alone."""
    return tally.marks >= LEAST_MARKS and tally.reports >= conduct.floor and tally.share >= conduct.share


def next_step(taken: int, tally: Tally, grade: str, conduct: Conduct) -> Next | None:
    """What follows a new mark of `grade` after `taken` steps within the window; None when nothing does.

    The steps are taken in order, so a written warning always comes before anything that restricts. A grade named in
    the book's `at_once` leads to its step, and those before it, without floor and share.
    """
    steps = ladder(conduct)
    following = steps[min(taken, len(steps) - 1)]
    if reached(tally, conduct):
        return following
    limit = conduct.at_once.get(grade, "")
    early = [s.code for s in steps].index(limit) + 1 if limit else 0
    return following if taken < early else None


def lives(step: Taken, moment: datetime, conduct: Conduct) -> bool:
    """Whether a step still counts when the next one is chosen: not taken back, and it ended, or was said, no longer
    ago than the window. Who reports well for so long begins anew."""
    if step.lifted_at is not None:
        return False
    return (step.until_at or step.from_at) > moment - timedelta(days=conduct.window_days)


def holds(step: Taken, moment: datetime) -> bool:
    """Whether a step restricts something at `moment`."""
    return step.lifted_at is None and step.until_at is not None and step.from_at <= moment < step.until_at


def refuses(step: str, kind: str, priority: str, book: Book) -> bool:
    """Whether a reporter under this step may not send a report of this kind. Urgent and exempt kinds stay open."""
    return step == "suspended" and kind not in book.conduct.exempt and not book.urgent(priority)
