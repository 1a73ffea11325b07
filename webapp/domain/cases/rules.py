"""The case's life as a table, and the arithmetic of urgency and of reports that may come from one source."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Protocol

from webapp.core.lifecycle import Lifecycle
from webapp.domain.policy.shape import Book
from webapp.domain.reports.rules import priority

LIFE = Lifecycle(
    "case",
    "open",
    {
        ("open", "ask"): "asked",
        ("asked", "ask"): "asked",
        ("asked", "answer"): "open",
        ("open", "answer"): "open",
        ("proposed", "answer"): "open",  # what was proposed did not know of it
        ("asked", "resume"): "open",  # the question fell away with the report it went to
        ("asked", "unanswered"): "open",  # nobody answered in time: it is decided on what is here
        ("open", "wait"): "asked",  # with a report came a question that waits for its answer
        ("open", "merge"): "closed",  # taken into another case, which answers its reports
        ("asked", "merge"): "closed",
        ("closed", "unmerge"): "open",
        ("open", "propose"): "proposed",
        ("asked", "propose"): "proposed",
        ("proposed", "refuse"): "open",
        ("proposed", "outdate"): "open",  # a report joined, left, was completed: the proposal no longer fits
        ("open", "hold"): "proposed",
        ("asked", "hold"): "proposed",
        ("proposed", "hold"): "proposed",
        ("proposed", "undo"): "open",  # whoever submitted it took it back in time
        ("proposed", "undo_asked"): "asked",  # … and the question asked before still waits for its answer
        ("proposed", "undo_proposed"): "proposed",  # … and so does a colleague's proposal
        ("proposed", "propose"): "proposed",  # what was held turned out to need a second person
        ("open", "interim"): "open",
        ("asked", "interim"): "asked",
        ("proposed", "interim"): "proposed",
        ("open", "decide"): "decided",
        ("asked", "decide"): "decided",
        ("proposed", "decide"): "decided",
        ("open", "cure"): "closed",
        ("asked", "cure"): "closed",
        ("proposed", "cure"): "closed",
        ("open", "withdraw"): "closed",
        ("asked", "withdraw"): "closed",
        ("proposed", "withdraw"): "closed",
        ("open", "lapse"): "closed",
        ("asked", "lapse"): "closed",
        ("closed", "reopen"): "open",
        ("decided", "appeal"): "decided",
        ("closed", "appeal"): "decided",  # a case closed by a cure may be looked at again too
        ("decided", "restore"): "decided",
        ("closed", "restore"): "closed",
        ("decided", "close"): "closed",
    },
)
LIVE = ("open", "asked", "proposed")  # states in which a case waits for the desk
BANDS = ("strong", "possible", "weak", "none", "")  # strongest first; '' = nothing was compared yet
URGENT, ORDINARY, SLOWED = 0, 1, 2  # ranks of the queue
HOLDING_BACK = ("slower", "suspended")  # conduct steps under which what was sent before waits, too
ALIKE = 0.9  # from this share of equal characters on two texts count as one wording (difflib's ratio; D)
COMPARED = 2000  # characters of a text that are compared: enough to tell, and quadratic work stays small


class Told(Protocol):
    """What is needed of a report to know how urgent it is."""

    @property
    def kind(self) -> str:
        """A code of kinds.toml."""

    @property
    def circumstances(self) -> Sequence[str]:
        """Codes of the kind's `raises` that the reporter named."""


def priority_of(report: Told, book: Book) -> str:
    """'P0' … 'P4': the kind's priority, raised by the circumstances named ("It is live now"), never lowered."""
    return priority(report.kind, report.circumstances, book)


def most_urgent(priorities: Iterable[str]) -> str:
    """Of 'P0' … 'P4' the most urgent; P4 when there is none."""
    return min(priorities, default="P4")


def rank(urgent: bool, steps: Sequence[str]) -> int:
    """Where the queue puts a case: urgent first; last where every reporter was slowed down, or worse, for misuse.

    `steps` are the conduct steps in force, one a report ('' for none). Never slowed: urgent kinds (law.md §5.5).
    """
    if urgent:
        return URGENT
    return SLOWED if steps and all(step in HOLDING_BACK for step in steps) else ORDINARY


def reminder(days: Sequence[int], returned_at: datetime, moment: datetime) -> int:
    """The number (from 1) of the last reminder that is due at `moment`; 0 when none is yet."""
    return sum(moment >= returned_at + timedelta(days=n) for n in days)


def strongest(bands: Iterable[str]) -> str:
    """The strongest band among matches; '' when nothing was compared."""
    return min(bands, key=BANDS.index, default="")


def wording(text: str) -> str:
    """A text without what copying changes easily: case, width, spaces, punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())[:COMPARED]


def alike(one: str, other: str) -> bool:
    """Whether two texts are one wording, a few characters apart. Empty texts are nobody's wording."""
    a, b = wording(one), wording(other)
    if not a or not b:
        return False
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return a == b or (matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE)


def groups(addresses: Mapping[str, str], texts: Mapping[str, str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Reports that may come from one source: (their ids, why) with why of 'same_address', 'same_words'.

    `addresses` and `texts` name the reports in the order they came; '' as address is anonymous and links nobody.
    Links join: A like B and B like C are one group.
    """
    ids = list(texts)
    group = {i: i for i in ids}
    links: list[tuple[str, str]] = []
    for n, later in enumerate(ids):
        for earlier in ids[:n]:
            why = [
                name
                for name, linked in (
                    ("same_address", bool(addresses[later]) and addresses[later] == addresses[earlier]),
                    ("same_words", alike(texts[earlier], texts[later])),
                )
                if linked
            ]
            if why:
                links += [(later, name) for name in why]
                old, new = group[later], group[earlier]
                group = {i: new if g == old else g for i, g in group.items()}
    found = []
    for head in dict.fromkeys(group.values()):
        members = tuple(i for i in ids if group[i] == head)
        if len(members) > 1:
            found.append((members, tuple(sorted({name for i, name in links if i in members}))))
    return found
