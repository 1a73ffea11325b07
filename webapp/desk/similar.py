"""Similar earlier decisions in words: how they went, what an appeal made of them, and how far off a choice is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from webapp.core.i18n import _, day, language, lazy, n_
from webapp.desk import blindness, words
from webapp.desk.access import me
from webapp.domain.cases.models import Case
from webapp.domain.decisions.rules import Choice, Outcome
from webapp.domain.policy.queries import book
from webapp.domain.precedents import queries, rules, service
from webapp.domain.precedents.rules import ACCOUNT, NO_MEASURE, VERDICT, Alike, Likeness, Measure

MOST_NAMED = 3  # measures named in a line; the case itself shows the rest
APART = {
    VERDICT: lazy("Most similar cases were decided otherwise."),
    ACCOUNT: lazy("Accounts in similar cases mostly got something else."),
}
APPEALS = {
    "": "",
    "upheld": lazy("left as it was on appeal"),
    "varied": lazy("changed on appeal"),
    "reversed": lazy("reversed on appeal"),
    "restored": lazy("put back after a counter-notice"),
}
HISTORY = {
    rules.UNKNOWN: lazy("account not known"),
    rules.CLEAN: lazy("account without points"),
    rules.SOME: lazy("account with some points"),
    rules.MUCH: lazy("account with many points"),
}


@dataclass(frozen=True)
class Line:
    """One earlier decision."""

    reference: str
    when: str
    verdict: str
    measures: str
    like: str
    appeal: str


@dataclass(frozen=True)
class Similar:
    """The decisions like this case: the sum in sentences, each one, and in what a choice stands apart from them."""

    says: list[str]
    lines: list[Line]
    apart: list[str]


def to_case(case: Case, ground: str) -> Similar:
    """Decisions like this case for a rule, before anything is chosen."""
    found = queries.alike(queries.features(case, ground), besides=case.id, hidden=blindness.hidden_cases(me()))
    return _shown(replace(rules.compare(found, "", None, book()), apart=()))


def to_choice(case: Case, outcome: Outcome) -> Similar:
    """Decisions like this case beside what a choice would lead to."""
    return _shown(service.likeness(case, outcome, blindness.hidden_cases(me())))


def ask(case: Case, outcome: Outcome, choice: Choice) -> None:
    """Raise Refused('apart_missing') where the choice stands apart and does not say why; what the person must not see
    does not count."""
    service.ask(case, outcome, choice, blindness.hidden_cases(me()))


def _shown(likeness: Likeness) -> Similar:
    return Similar(
        says=[*_says(likeness), *_account(likeness)],
        lines=[_line(one) for one in likeness.found],
        apart=[str(APART[code]) for code in likeness.apart],
    )


def _says(likeness: Likeness) -> Iterator[str]:
    number = len(likeness.found)
    if not number:
        yield _("No similar case was decided here yet.")
        return
    yield n_(
        "%(num)s similar decision: violation found in %(upheld)s.",
        "%(num)s similar decisions: violation found in %(upheld)s.",
        number,
        upheld=likeness.upheld,
    )
    if likeness.overturned:
        yield n_("An appeal changed %(num)s.", "Appeals changed %(num)s.", likeness.overturned)


def _account(likeness: Likeness) -> Iterator[str]:
    """What the middle half of the accounts got; nothing where too few were decided to say."""
    if likeness.middle is None:
        return
    low, high = (measure(one) for one in likeness.middle)
    if low == high:
        yield _("For the account, mostly: %(measure)s.", measure=low)
    else:
        yield _("For the account, mostly: from “%(low)s” to “%(high)s”.", low=low, high=high)


def measure(of: Measure) -> str:
    """A measure for the account in words."""
    return _("no measure") if of == NO_MEASURE else words.action(*of)


def _line(one: Alike) -> Line:
    named = [words.action(kind, days) for kind, days in one.measures]
    more = len(named) - MOST_NAMED
    if more > 0:
        named = [*named[:MOST_NAMED], _("%(num)s more", num=more)]
    return Line(
        reference=one.reference,
        when=day(one.decided_at, language()),
        verdict=str(words.VERDICTS[one.verdict]),
        measures=_(", ").join(named),
        like=_(", ").join((words.band(one.features.band)[0], str(HISTORY[one.features.history]))),
        appeal=str(APPEALS[one.appeal]),
    )
