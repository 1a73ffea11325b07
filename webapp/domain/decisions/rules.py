"""Thinking about a decision: is it whole, what does it cost the account, what will the statement of reasons say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from webapp.core.errors import Refused
from webapp.domain.policy.shape import Book

LONGEST = 4000  # characters of reason and of note: a letter stays a letter
ANSWERS = ("supported", "not_supported", "cannot_tell")


@dataclass(frozen=True)
class Choice:
    """What a reviewer chose. `actions` are (kind, days or None) in the order they take effect."""

    findings: Mapping[str, str]
    ground: str
    actions: Sequence[tuple[str, int | None]]
    reason: str
    note: str = ""

    @property
    def verdict(self) -> str:
        """Upheld as soon as one allegation is supported."""
        return "upheld" if "supported" in self.findings.values() else "rejected"


@dataclass(frozen=True)
class ActionFact:
    """One measure as letters tell it."""

    kind: str
    days: int | None
    ends_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """All that a letter, a preview or a webhook may say of a decision. Holds nothing of any reporter but report ids."""

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


def check(choice: Choice, report_kinds: Mapping[str, str], book: Book) -> None:
    """Raise Refused with a code per gap: each report answered, ground and actions fit the findings, reason given."""
    if set(choice.findings) != set(report_kinds) or any(a not in ANSWERS for a in choice.findings.values()):
        raise Refused("finding_missing")
    if not choice.reason.strip():
        raise Refused("reason_missing")
    if max(len(choice.reason), len(choice.note)) > LONGEST:
        raise Refused("reason_too_long", limit=LONGEST)
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
        if action not in book.kinds[choice.ground].actions:
            raise Refused("measure_not_in_book", action=action)
        if book.actions[action].days and days not in book.actions[action].days:
            raise Refused("days_missing", action=action)


def measures(choice: Choice, moment: datetime, book: Book) -> tuple[ActionFact, ...]:
    """The measures with their end, none when nothing was found."""
    if choice.verdict == "rejected":
        return ()
    return tuple(
        ActionFact(kind, days, moment + timedelta(days=days) if days else None)
        for kind, days in ((k, d if book.actions[k].days else None) for k, d in choice.actions)
    )


def points(choice: Choice, earlier_same_kind: int, book: Book) -> int:
    """Strike points of the decision: the book's for its ground; a kind may forgive the first time."""
    if choice.verdict == "rejected":
        return 0
    kind = book.kinds[choice.ground]
    return 0 if kind.first_is_free and earlier_same_kind == 0 else kind.points


def statement_parts(
    outcome: Outcome, code: str, book: Book, day: Callable[[datetime, str], str]
) -> list[dict[str, str]]:
    """The statement of reasons in one language ('zh' or 'en'), in the order of DSA art 17(3).

    Facts come from the reviewer's public reason; the sentences, the law and the redress from the book.
    `day` writes a date in a language and in the operator's time zone, as the letters do.
    """

    def say(name: str, **values: object) -> str:
        return str(getattr(book.statement[name], code)).format(**values)

    def words(of: object) -> str:
        return str(getattr(of, code))

    kind = book.kinds[outcome.ground]
    lines = []
    for action in outcome.actions:
        entry = book.actions[action.kind]
        effect = words(entry.effect) if entry.effect else ""
        name = "measure_days" if action.days else "measure"
        lines.append(say(name, measure=words(entry.words), effect=effect, days=action.days).strip())
    if outcome.points and outcome.points_expire_at:
        lines.append(say("points", points=outcome.points, date=day(outcome.points_expire_at, code)))
    else:
        lines.append(say("no_points"))
    bases = ("；" if code == "zh" else "; ").join(words(book.bases[b].citation) for b in kind.bases)
    texts = {
        "measures": "\n".join(lines),
        "facts": outcome.reason,
        "source": say("source_compared" if outcome.compared else "source_by_hand"),
        "ground": say("ground", kind=words(kind.name), house=words(book.house), bases=bases),
        "redress": say("redress", date=day(outcome.appeal_until, code)),
    }
    return [{"title": say(f"{name}_title"), "text": text} for name, text in texts.items()]
