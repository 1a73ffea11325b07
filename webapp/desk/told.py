"""What each side will read and what stays inside, looked up in the very letters a decision would send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.core.db import db
from webapp.core.i18n import LANGUAGES, _, day, pick
from webapp.desk.typed import Typed
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications.previews import Preview
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

MOST = 4  # reporters with a column of their own; a letter to a further one says what these say


@dataclass(frozen=True)
class Told:
    """One thing a decision knows, and whether each reader's letter says it (in the order of `readers`)."""

    name: str
    said: list[bool]


def readers(letters: Sequence[Preview]) -> list[str]:
    """Who gets a letter, as heads of columns."""
    names = [one.reference for one in letters[0].reporters[:MOST]]
    return [*names, _("The account")] if letters[0].respondent else names


def table(typed: Typed, outcome: Outcome, letters: Sequence[Preview]) -> list[Told]:
    """What could be told, and to whom it is. `letters` are the previews in every language."""
    texts = _texts(letters)
    return [
        Told(name, [any(_plain(said) in text for said in needles if said) for text in texts])
        for name, needles in _facts(typed, outcome)
        if any(needles)
    ]


def _texts(letters: Sequence[Preview]) -> list[str]:
    """What each reader gets in all languages together."""
    found = []
    for number in range(min(MOST, len(letters[0].reporters))):
        found.append(" ".join(_plain(one.reporters[number].letter.text) for one in letters))
    if letters[0].respondent:
        found.append(" ".join(_plain(one.respondent.text) for one in letters if one.respondent))
    return found


def _facts(typed: Typed, outcome: Outcome) -> Iterator[tuple[str, list[str]]]:
    """(what it is, how letters would say it)."""
    actions = book().actions
    yield _("The reason"), [outcome.reason]
    for fact in outcome.actions:
        words = actions[fact.kind].words
        yield pick(words), [str(getattr(words, code)) for code in LANGUAGES]
    yield _("Points, and what further violations lead to"), _last_lines(outcome, 0)
    yield _("Source, and whether software took part"), _last_lines(outcome, 2)
    yield _("The law or rule it rests on"), _last_lines(outcome, 3)
    yield _("Until when it can be contested"), [day(outcome.appeal_until, code) for code in LANGUAGES]
    yield _("The account's name"), [outcome.handle]
    reporters = [r.standing.reporter for r in map(_report, outcome.findings) if r is not None]
    yield _("Who reported it"), [said for one in reporters for said in (one.name, one.email)]
    yield _("Why the ladder is set aside"), [typed.set_aside]
    yield _("Why it is misuse"), [typed.mark_reason]
    yield _("Why it is decided otherwise"), [typed.apart]
    yield _("The internal note"), [typed.note]


def _last_lines(outcome: Outcome, number: int) -> list[str]:
    """The last line of a part of the statement of reasons, in each language; none where there is no statement."""
    return [list(parts)[number]["text"].splitlines()[-1] for parts in outcome.statements.values()]


def _report(report_id: str) -> Report | None:
    return db.session.get(Report, report_id)


def _plain(text: str) -> str:
    """Without what layout does to a text: line ends and runs of blanks."""
    return " ".join(text.split())
