"""Thinking about standing: what it counts for at a moment, which kinds it reaches, how surely it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

State = Literal["claimed", "verified", "refused", "expired"]
# law.md §2: e-mail confirmed; phone or account too; papers checked by a person; liveness, notary or registry.
LEVELS = ("V0", "V1", "V2", "V3")


class Held(Protocol):
    """What is needed of a standing to judge it; the row has it all."""

    @property
    def state(self) -> str:
        """'claimed', 'verified' or 'refused', as stored."""

    @property
    def valid_from(self) -> datetime | None:
        """From when the authority runs; None = it always did."""

    @property
    def valid_to(self) -> datetime | None:
        """The first instant at which it no longer does; None = without end."""

    @property
    def scope(self) -> Sequence[str]:
        """Codes of kinds it reaches; empty = every kind."""


def state(standing: Held, moment: datetime) -> State:
    """What the standing counts for at `moment`. 'expired' is read from its dates, claimed or checked (Civil Code art
    165: an authority has a term); a refusal stays a refusal."""
    if standing.state == "refused":
        return "refused"
    if standing.valid_to is not None and standing.valid_to <= moment:
        return "expired"
    return "verified" if standing.state == "verified" else "claimed"


def runs(standing: Held, moment: datetime) -> bool:
    """Whether `moment` lies inside its term."""
    begun = standing.valid_from is None or standing.valid_from <= moment
    return begun and (standing.valid_to is None or moment < standing.valid_to)


def reaches(standing: Held, kind: str) -> bool:
    """Whether its scope takes in this kind of report."""
    return not standing.scope or kind in standing.scope


def covers(standing: Held, kind: str, moment: datetime) -> bool:
    """Whether a report of `kind` at `moment` may rest on it: not refused, inside its term and its scope.

    A claimed standing covers until somebody checks it; `state` tells the two apart.
    """
    return standing.state != "refused" and runs(standing, moment) and reaches(standing, kind)


def meets(level: str, wanted: str) -> bool:
    """Whether a checked level is at least the wanted one ('' wants nothing)."""
    return not wanted or LEVELS.index(level) >= LEVELS.index(wanted)
