"""Who may file what: standing, what is asked and why, and the kinds of report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from webapp.domain.policy.shape.words import Medium, Part, Words


class StandingBasis(Part):
    """A basis on which a reporter speaks for the claimant, and what proves it (codes of evidence.toml)."""

    words: Words
    hint: Words
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    # Verified standing holds so many days at most; None: as long as its own paper says, or without end.
    days: int | None = None
    expires: bool = False  # the reporter states until when the authority runs (POA: Civil Code art 165)


class EvidenceKind(Part):
    """Something a report can carry: how the form asks for it, and why."""

    words: Words
    why: Words
    form: Literal["field", "statement", "file", "choice"]
    # Name of the form field (FilledReport) or of the file's role ('alleged', 'reference', 'proof').
    name: str
    level: Literal["", "V0", "V1", "V2", "V3"] = ""


class Priority(Part):
    """How soon a case is decided, in calendar hours."""

    words: Words
    decision_hours: int = Field(gt=0)
    urgent: bool = False  # no pauses, no demand for identity, a second person on the decision, neutral mail subjects


class Raise(Part):
    """A circumstance the form asks about that changes the priority ("It is live now")."""

    words: Words
    priority: str


class Cure(Part):
    """How the account can put it right by itself: one tap, no strike; or lapse into the measure after `days`."""

    words: Words
    action: str
    days: int = Field(gt=0)
    lapse: str = ""


class Again(Part):
    """What the desk finds ticked when the same account does this kind again within `within_days` (law.md §5.4)."""

    within_days: int = Field(gt=0)
    action: str
    days: int = Field(gt=0)


class Dsa(Part):
    """The kind in the terms of the DSA Transparency Database (schema of 1 July 2025)."""

    category: str
    keywords: tuple[str, ...] = ()
    synthetic: bool = True  # False: the very question is whether it is (a wrong AI label)


class Kind(Part):
    """A kind of report: who may file it, what is asked, how urgent, what follows by default (law.md §1)."""

    order: int
    group: str  # a row of the standing matrix
    section: Literal["person", "work", "label", "virtual", "public"]  # how the form groups the choice
    # What the violation is called to everyone but the reporter; `words` speak to her ("My face").
    name: Words
    words: Words
    help: Words
    test: Words
    bases: tuple[str, ...]
    regimes: tuple[str, ...]
    priority: str
    raises: dict[str, Raise] = Field(default_factory=dict)
    points: int = Field(ge=0)
    # The first time of this kind costs no points (law.md §1: "0 first, then 1").
    first_is_free: bool = False
    zero_tolerance: bool = False  # straight to closure where intent is shown (law.md §5.2 L5)
    biometric: Literal["", "face", "voice"] = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    level: Literal["V0", "V1", "V2", "V3"] = "V0"  # verification wanted before a permanent measure
    anonymous: bool = False
    sealed: bool = False  # media is never asked for, mailed, or shown by default
    public_interest: bool = False
    reads_labels: bool = False  # the question is how it was made or marked: pictures are read for visible labels too
    reference: Words | None = None
    actions: tuple[str, ...]
    default_actions: tuple[str, ...]
    interim: tuple[str, ...] = ()
    media: tuple[Medium, ...]
    cure: Cure | None = None
    again: Again | None = None
    support: Words | None = None  # where to find help at once (police, hotlines)
    dsa: Dsa
    follow_up_days: int | None = None  # N28

    @property
    def needs_work_title(self) -> bool:
        """Whether the work has to be named."""
        return bool({"WORK", "TITLE"} & set(self.required))

    @property
    def asks_source(self) -> bool:
        """Whether a source that shows the truth is asked."""
        return "SRC" in (*self.required, *self.optional)
