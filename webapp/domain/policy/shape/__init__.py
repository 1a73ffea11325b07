"""The shape of the rule book: a typo stops the start with the file, the line and one sentence."""

from __future__ import annotations

from webapp.domain.policy.shape.composing import Precedents, Reason
from webapp.domain.policy.shape.consequences import ActionKind, Conduct, ConductStep, Ladder, Modifier, Rung
from webapp.domain.policy.shape.desk import Desk, Harm
from webapp.domain.policy.shape.filing import Again, Cure, Dsa, EvidenceKind, Kind, Priority, Raise, StandingBasis
from webapp.domain.policy.shape.hearing import Hearing
from webapp.domain.policy.shape.house import Biometrics, Edition, House, Published, Step
from webapp.domain.policy.shape.labels import Duty, Labels, Visible
from webapp.domain.policy.shape.law import Basis, ClockKind, Regime, Span
from webapp.domain.policy.shape.quality import Quality
from webapp.domain.policy.shape.queues import Queue, Queues
from webapp.domain.policy.shape.words import Calendar, Event, Leave, Mark, Medium, Need, Part, Words

__all__ = [
    "ActionKind",
    "Again",
    "Basis",
    "Biometrics",
    "Book",
    "Calendar",
    "ClockKind",
    "Conduct",
    "ConductStep",
    "Cure",
    "Desk",
    "Dsa",
    "Duty",
    "Edition",
    "Event",
    "EvidenceKind",
    "Harm",
    "Hearing",
    "House",
    "Kind",
    "Labels",
    "Ladder",
    "Leave",
    "Mark",
    "Medium",
    "Modifier",
    "Need",
    "Part",
    "Precedents",
    "Priority",
    "Published",
    "Quality",
    "Queue",
    "Queues",
    "Raise",
    "Reason",
    "Regime",
    "Rung",
    "Span",
    "StandingBasis",
    "Step",
    "Visible",
    "Words",
]


class Book(Part):
    """The whole rule book; cross references are checked in policy.references."""

    version: str
    editions: dict[str, Edition]
    house: Words
    numbers: House
    bases: dict[str, Basis]
    regimes: dict[str, Regime]
    clocks: dict[str, ClockKind]
    evidence: dict[str, EvidenceKind]
    standing: dict[str, StandingBasis]
    matrix: dict[str, dict[str, Leave]]  # group → basis → leave; a basis left out may not file
    priorities: dict[str, Priority]
    actions: dict[str, ActionKind]
    kinds: dict[str, Kind]
    ladder: Ladder
    conduct: Conduct
    defences: dict[str, Words]  # fair-use and consent defences a respondent may name (law.md §A.2)
    fields: dict[str, Words]  # what regimes call a notice's and a counter-notice's fields
    statement: dict[str, Words]
    labels: Labels
    reasons: dict[str, Reason]
    gaps: dict[str, Words]
    precedents: Precedents
    published: Published
    biometrics: Biometrics
    desk: Desk
    hearing: Hearing
    quality: Quality
    queues: Queues

    def ordered_kinds(self) -> list[tuple[str, Kind]]:
        """Kinds in the order the form shows them."""
        return sorted(self.kinds.items(), key=lambda item: item[1].order)

    def leaves(self, kind: str) -> dict[str, Leave]:
        """Who may file this kind, and how: basis → leave, in the order of standing.toml."""
        row = self.matrix[self.kinds[kind].group]
        return {basis: row[basis] for basis in self.standing if basis in row}

    def enabled_regimes(self, kind: str) -> tuple[str, ...]:
        """The regimes of the kind that this installation serves."""
        return tuple(code for code in self.kinds[kind].regimes if self.regimes[code].enabled)

    def edition(self, version: str) -> Edition | None:
        """The version a case was decided under, by name; None when this book never had it."""
        return self.editions.get(version)

    def urgent(self, priority: str) -> bool:
        """Whether this priority is one of the urgent ones."""
        return self.priorities[priority].urgent
