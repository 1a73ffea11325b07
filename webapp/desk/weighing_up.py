"""What if: several choices for one case side by side, each with its points, its rung, its measures and when it ends.

The first column is what the form says. The others change only the measures: the usual ones of the rule, what the
ladder asks, one step lighter, nothing for the account. Nothing is written; each is foreseen by the rooms themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from webapp.core.errors import Refused
from webapp.core.i18n import _, day, language, lazy, n_, pick
from webapp.desk import sentences, words
from webapp.desk.typed import LADDER, NOTHING, UNSAID, Typed
from webapp.domain.cases.models import Case
from webapp.domain.decisions.rules import WEIGHTS, Forecast, Outcome, of_ladder
from webapp.domain.decisions.service import foresee, second_needed
from webapp.domain.policy.queries import book

# The rows, in order; `Column.cells` follow it.
ROWS = (
    lazy("Points"),
    lazy("Rung of the ladder"),
    lazy("Content"),
    lazy("Account"),
    lazy("Until"),
    lazy("Asks for"),
)


@dataclass(frozen=True)
class Column:
    """One choice: what it is called, the form that makes it, and what each row says of it (sentences, none for '–')."""

    name: str
    typed: Typed
    cells: list[list[str]]
    mine: bool = False

    @property
    def sets(self) -> dict[str, object]:
        """The fields of the form that make this choice, for the page's script."""
        return {"actions": list(self.typed.actions), "days": dict(self.typed.days), "account": self.typed.account}


def columns(case: Case, typed: Typed, outcome: Outcome) -> list[Column]:
    """The choice in the form, whose outcome is known, beside others; those that lead to the same are left out. A
    dismissal has nothing to compare."""
    found = [Column(_("As chosen"), typed, _cells(case, outcome), mine=True)]
    if outcome.verdict != "upheld" or outcome.forecast is None:
        return found
    seen = [_measures(outcome)]
    for name, other in _others(typed, outcome.forecast):
        try:
            led = foresee(case, other.choice(unsaid=True))
        except Refused as error:
            found.append(Column(name, other, [[sentences.sentence(error)], *[[] for _row in ROWS[1:]]]))
            continue
        if _measures(led) not in seen:
            seen.append(_measures(led))
            found.append(Column(name, other, _cells(case, led)))
    return found


def _others(typed: Typed, forecast: Forecast) -> Iterator[tuple[str, Typed]]:
    plain = replace(typed, account=LADDER, set_aside="")
    usual = book().kinds[typed.ground].default_actions
    content = tuple(code for code in usual if code not in of_ladder(book()))
    yield _("What the ladder says"), plain
    if content:
        yield _("The usual measures"), replace(plain, actions=content, days=_days(content))
    said = typed.set_aside or UNSAID  # the sentence is asked for when the choice is made
    if forecast.ladder:
        lighter = _lighter(forecast.ladder[0])
        if lighter != NOTHING:
            yield _("One step lighter"), replace(typed, account=lighter, set_aside=said)
        yield _("Nothing for the account"), replace(typed, account=NOTHING, set_aside=said)


def _days(codes: tuple[str, ...]) -> dict[str, int]:
    """The usual lengths of measures that have one."""
    kinds = book().actions
    return {code: kinds[code].default_days or kinds[code].days[0] for code in codes if kinds[code].days}


def _lighter(measure: tuple[str, int | None]) -> str:
    """The heaviest measure of the ladder that is lighter than this one, as the form writes it; NOTHING for none."""
    rungs = [(code, days) for rung in book().ladder.rungs for code in rung.actions for days in (rung.days or (None,))]
    lighter = [one for one in rungs if _weight(one) < _weight(measure)]
    if not lighter:
        return NOTHING
    code, days = max(lighter, key=_weight)
    return f"{code}:{days}" if days else code


def _weight(measure: tuple[str, int | None]) -> tuple[int, float]:
    rung = book().actions[measure[0]].rung
    return WEIGHTS.index(rung) if rung in WEIGHTS else -1, measure[1] or 0


def _measures(outcome: Outcome) -> set[tuple[str, int | None]]:
    return {(fact.kind, fact.days) for fact in outcome.actions}


def _cells(case: Case, outcome: Outcome) -> list[list[str]]:
    forecast, kinds = outcome.forecast, book().actions
    account = [fact for fact in outcome.actions if kinds[fact.kind].target == "account"]
    content = [fact for fact in outcome.actions if fact not in account]
    ends = [(fact, fact.ends_at) for fact in outcome.actions if fact.ends_at is not None]
    return [
        _points(outcome),
        [pick(rung.words) for rung in book().ladder.rungs if forecast and rung.code == forecast.rung],
        [words.action(fact.kind, fact.days) for fact in content],
        [words.action(fact.kind, fact.days) for fact in account],
        [f"{words.action(fact.kind)}{_(': ')}{day(at, language())}" for fact, at in ends],
        _asks(case, outcome),
    ]


def _points(outcome: Outcome) -> list[str]:
    forecast = outcome.forecast
    if outcome.verdict != "upheld" or forecast is None:
        return []
    if "no_account" in forecast.why:
        return [_("The account is not known.")]
    said = [f"{forecast.before} + {forecast.earned} = {forecast.after}"]
    if forecast.earned and outcome.points_expire_at is not None:
        said.append(_("The new ones end on %(date)s.", date=day(outcome.points_expire_at, language())))
    elif forecast.earned:
        said.append(n_("The new one stays for good.", "The new ones stay for good.", forecast.earned))
    return said


def _asks(case: Case, outcome: Outcome) -> list[str]:
    """What a choice needs besides: a second person, and why the ladder is set aside."""
    said = []
    if why := second_needed(case, outcome):
        said.append(_("A second person: %(why)s.", why=words.second(why)))
    if outcome.forecast is not None and "set_aside" in outcome.forecast.why:
        said.append(_("A sentence on why the ladder is set aside."))
    return said
