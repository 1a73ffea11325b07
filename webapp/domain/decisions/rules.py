"""Thinking about a decision: is the choice whole, what does it lead to, and who else must agree to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from webapp.core.errors import Refused
from webapp.domain.clocks.rules import due
from webapp.domain.policy.shape import Book
from webapp.domain.policy.shape.composing import open_gaps

LONGEST = 4000  # characters of reason and of note: a letter stays a letter
ANSWERS = ("supported", "not_supported", "cannot_tell")
# The four statutory rungs of account measures, lightest first (law.md §0 item 13).
WEIGHTS = ("warn", "limit", "suspend", "close")
NOTHING = "none"  # the target of what touches nobody ("no violation")


@dataclass(frozen=True)
class Choice:
    """What a reviewer chose. `actions` are (kind, days or None) in the order they take effect."""

    findings: Mapping[str, str]
    ground: str
    actions: Sequence[tuple[str, int | None]]
    reason: str
    note: str = ""
    # Circumstances ticked (ladder.toml modifiers that are not automatic), and the defence accepted (defences.toml).
    modifiers: Sequence[str] = ()
    defence: str = ""
    # Reports that misused the form: report id → grade of conduct.toml, and why.
    marks: Mapping[str, str] = field(default_factory=dict)
    mark_reason: str = ""
    # Why the account gets something lighter than the ladder says.
    set_aside: str = ""
    # Why this case is decided otherwise than similar ones before (the precedents room asks); kept, told to nobody.
    apart: str = ""

    @property
    def verdict(self) -> str:
        """Upheld as soon as one allegation is supported."""
        return "upheld" if "supported" in self.findings.values() else "rejected"

    def to_json(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return {
            "findings": dict(self.findings),
            "ground": self.ground,
            "actions": [[kind, days] for kind, days in self.actions],
            "reason": self.reason,
            "note": self.note,
            "modifiers": list(self.modifiers),
            "defence": self.defence,
            "marks": dict(self.marks),
            "mark_reason": self.mark_reason,
            "set_aside": self.set_aside,
            "apart": self.apart,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Choice:
        """The choice a proposal kept."""
        values = dict(kept) | {"actions": tuple((kind, days) for kind, days in kept["actions"])}
        return cls(**values | {"modifiers": tuple(kept.get("modifiers", ()))})


@dataclass(frozen=True)
class ActionFact:
    """One measure as letters tell it."""

    kind: str
    days: int | None
    ends_at: datetime | None


@dataclass(frozen=True)
class Forecast:
    """What a decision does to the account's points and place on the ladder; `ladder.forecast` makes it.

    `before` + `earned` = `after` are active points; `base` is the book's figure before modifiers. `rung` is where the
    account stands now ('' = not on the ladder), `ladder` the account measures the rung asks for, `actions` those that
    will be taken. `ends` are (points, when they end or None for never), soonest first. `why`: codes of what weighed
    (modifiers and ladder.WHY).
    """

    before: int
    base: int
    earned: int
    after: int
    rung: str
    ladder: tuple[tuple[str, int | None], ...]
    actions: tuple[tuple[str, int | None], ...]
    ends: tuple[tuple[int, datetime | None], ...]
    why: tuple[str, ...] = ()
    expires_at: datetime | None = None
    defence: str = ""  # the defence accepted, and why the ladder was set aside: kept for the record
    set_aside: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a decision keeps it."""
        return {
            "before": self.before,
            "base": self.base,
            "points": self.earned,
            "after": self.after,
            "rung": self.rung,
            "ladder": [list(action) for action in self.ladder],
            "actions": [list(action) for action in self.actions],
            "ends": [[points, at.isoformat() if at else None] for points, at in self.ends],
            "modifiers": list(self.why),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "defence": self.defence,
            "set_aside": self.set_aside,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Forecast:
        """The forecast a decision kept."""
        return cls(
            before=kept["before"],
            base=kept["base"],
            earned=kept["points"],
            after=kept["after"],
            rung=kept["rung"],
            ladder=tuple((kind, days) for kind, days in kept["ladder"]),
            actions=tuple((kind, days) for kind, days in kept["actions"]),
            ends=tuple((points, datetime.fromisoformat(at) if at else None) for points, at in kept["ends"]),
            why=tuple(kept["modifiers"]),
            expires_at=datetime.fromisoformat(kept["expires_at"]) if kept["expires_at"] else None,
            defence=kept["defence"],
            set_aside=kept["set_aside"],
        )


@dataclass(frozen=True)
class Outcome:
    """All that a letter, a preview or a webhook may say of a decision. Holds nothing of any reporter but report ids.

    `actions` are the measures in force by this decision; `undone` those it takes back. `source` says what brought the
    content to us: 'notice', 'trusted_flagger' or 'tip'. `regimes` are those of the reports.
    """

    case_reference: str
    subject_title: str
    subject_address: str
    content_ref: str
    handle: str
    kind: str
    verdict: str
    ground: str
    reason: str
    actions: tuple[ActionFact, ...]
    points: int
    points_expire_at: datetime | None
    findings: Mapping[str, str]
    decided_at: datetime
    appeal_until: datetime
    book_version: str
    compared: bool = False  # whether software comparisons were before the reviewer (told as "automation used")
    statements: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    stage: str = "first"
    forecast: Forecast | None = None
    undone: tuple[ActionFact, ...] = ()
    source: str = "notice"
    regimes: tuple[str, ...] = ()


def check(choice: Choice, report_kinds: Mapping[str, str], book: Book) -> None:
    """Raise Refused with a code per gap: each report answered, ground and actions fit the findings, reason given."""
    if set(choice.findings) != set(report_kinds) or any(a not in ANSWERS for a in choice.findings.values()):
        raise Refused("finding_missing")
    if not choice.reason.strip():
        raise Refused("reason_missing")
    typed = (choice.reason, choice.note, choice.mark_reason, choice.set_aside, choice.apart)
    if max(len(text) for text in typed) > LONGEST:
        raise Refused("reason_too_long", limit=LONGEST)
    if gaps := open_gaps(choice.reason):
        raise Refused("reason_has_gaps", gaps=" · ".join(gap or "{{ }}" for gap in gaps))
    _check_marks(choice, book)
    measures = [a for a, _days in choice.actions if a != "no_violation"]
    if choice.verdict == "rejected":
        if measures:
            raise Refused("measure_without_finding")
        return
    if choice.ground not in book.kinds:
        raise Refused("ground_missing")
    if not measures:
        raise Refused("measure_missing")
    if len({a for a, _ in choice.actions}) != len(choice.actions) or len(measures) != len(choice.actions):
        raise Refused("measures_contradict")
    for action, days in choice.actions:
        if action not in (*book.kinds[choice.ground].actions, *of_ladder(book)):
            raise Refused("measure_not_in_book", action=action)
        if book.actions[action].days and length(action, days, book) not in book.actions[action].days:
            raise Refused("days_missing", action=action)
    if any(m not in book.ladder.modifiers or book.ladder.modifiers[m].automatic for m in choice.modifiers):
        raise Refused("modifier_unknown")
    if choice.defence and choice.defence not in book.defences:
        raise Refused("defence_unknown")


def _check_marks(choice: Choice, book: Book) -> None:
    """Only a dismissed report can have misused the form, and only with a reason (law.md §5.5)."""
    if not choice.marks:
        return
    if any(grade not in book.conduct.grades for grade in choice.marks.values()):
        raise Refused("mark_unknown")
    if any(choice.findings.get(report_id) != "not_supported" for report_id in choice.marks):
        raise Refused("mark_without_dismissal")
    if not choice.mark_reason.strip():
        raise Refused("mark_reason_missing")


def of_ladder(book: Book) -> frozenset[str]:
    """The account measures the ladder uses: a reviewer may choose them for every kind."""
    return frozenset(action for rung in book.ladder.rungs for action in rung.actions)


def length(kind: str, days: int | None, book: Book) -> int | None:
    """For how many days a measure holds: as chosen, else the book's default; None for one without lengths."""
    entry = book.actions[kind]
    return (days or entry.default_days) if entry.days else None


def facts_of(actions: Sequence[tuple[str, int | None]], start: datetime, book: Book) -> tuple[ActionFact, ...]:
    """Measures with their ends, counted in days of 24 hours from `start`; what touches nobody is left out."""
    return tuple(
        ActionFact(kind, days, start + timedelta(days=days) if days else None)
        for kind, days in ((kind, length(kind, days, book)) for kind, days in actions)
        if book.actions[kind].target != NOTHING
    )


def needs_second(actions: Sequence[tuple[str, int | None]], priority: str, book: Book) -> list[str]:
    """Why a second person must agree: codes of measures (long suspensions, closures) and 'urgent'; [] = nobody must.

    `actions` are all the decision would take, those of the ladder too (law.md §4.4).
    """
    why = [kind for kind, days in actions if asks_second(kind, days, book)]
    return [*why, "urgent"] if book.urgent(priority) else why


def asks_second(kind: str, days: int | None, book: Book) -> bool:
    """Whether this measure by itself asks for a second person, whatever the case's priority."""
    since = book.actions[kind].second_person_days
    return since is not None and (since == 0 or (days or 0) >= since)


def covered(provisional: str, final: Sequence[str], book: Book) -> bool:
    """Whether one of the final measures keeps up what a provisional one did: the same, or one of the same inverse."""
    inverse = book.actions[provisional].inverse
    return provisional in final or (inverse != "" and inverse in {book.actions[kind].inverse for kind in final})


def appeal_until(moment: datetime, regimes: Sequence[str], zone: str, book: Book) -> datetime:
    """Until when a decision made at `moment` can be appealed: the longest window of the regimes it was made under."""
    windows = [
        due(moment, clock.span, zone)
        for clock in book.clocks.values()
        if clock.enabled and clock.span and "appealed" in clock.ends and clock.serves(["HOUSE", *regimes])
    ]
    return max(windows, default=moment + timedelta(days=book.numbers.appeal_days))
