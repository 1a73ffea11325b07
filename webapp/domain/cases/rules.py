"""The case's life as a table, and the arithmetic of urgency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from webapp.core.lifecycle import Lifecycle

LIFE = Lifecycle(
    "case",
    "open",
    {
        ("open", "ask"): "asked",
        ("asked", "ask"): "asked",
        ("asked", "answer"): "open",
        ("open", "answer"): "open",
        ("asked", "resume"): "open",  # the question fell away with the report it went to
        ("open", "decide"): "decided",
        ("asked", "decide"): "decided",
        ("open", "withdraw"): "closed",
        ("asked", "withdraw"): "closed",
    },
)
LIVE = ("open", "asked")  # states in which a case waits for the desk
# An asked case is offered to reviewers again this long before it is due, answered or not: half a shift to decide in.
LAST_CALL = timedelta(hours=6)
BANDS = ("strong", "possible", "weak", "none", "")  # strongest first; '' = nothing was compared yet


def most_urgent(priorities: Iterable[str]) -> str:
    """Of 'P0' … 'P4' the most urgent; P4 when there is none."""
    return min(priorities, default="P4")


def due(received: Iterable[tuple[datetime, int]]) -> datetime:
    """The earliest of (received, hours allowed): a second report never moves the first one's deadline."""
    return min(moment + timedelta(hours=hours) for moment, hours in received)


def strongest(bands: Iterable[str]) -> str:
    """The strongest band among matches; '' when nothing was compared."""
    return min(bands, key=BANDS.index, default="")
