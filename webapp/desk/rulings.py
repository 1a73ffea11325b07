"""What was decided and what was written, in words: every stage of decisions about a content, a case's letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.core.errors import Refused
from webapp.core.i18n import _, language, lazy, when
from webapp.desk import words
from webapp.domain.cases.models import Case
from webapp.domain.decisions import dsa
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.decisions.statements import reason_words
from webapp.domain.notifications.queries import letters_about
from webapp.domain.partners.models import Effect
from webapp.domain.policy.queries import book

STAGES = {
    "interim": lazy("For the time being"),
    "first": lazy("Decision"),
    "cure": lazy("Put right"),
    "restoration": lazy("Put back"),
    "appeal": lazy("After an appeal"),
}


@dataclass(frozen=True)
class Ruling:
    """A decision already made, here or in an earlier case about the same content.

    `measures` are (words, until when, what became of it, tone); `statement` the reasons the account was given, as
    (title, text); `book` the version of the rules it was decided under.
    """

    reference: str
    here: bool
    stage: str
    verdict: str
    ground: str
    reason: str
    note: str
    apart: str
    who: str
    second: str
    when: str
    measures: list[tuple[str, str, str, str]]
    points: str
    statement: list[tuple[str, str]]
    book: str


def rulings(
    decisions: Sequence[Decision], case: Case, effects: Mapping[str, Effect], names: Mapping[str, str]
) -> list[Ruling]:
    """Decisions in words, in the order given. `effects`: what became of the measures of this case, by action id;
    `names`: staff by id."""
    actions = {action.id: action for decision in decisions for action in decision.actions}
    return [_ruling(d, case, effects, names, actions) for d in decisions]


def _ruling(
    decision: Decision,
    case: Case,
    effects: Mapping[str, Effect],
    names: Mapping[str, str],
    actions: Mapping[str, Action],
) -> Ruling:
    points = decision.ladder.get("points", 0) if decision.ladder else 0
    spoken = next((s for s in decision.statements if s.language == language()), None)
    return Ruling(
        reference=decision.case.reference,
        here=decision.case_id == case.id,
        stage=str(STAGES[decision.stage]),
        verdict=str(words.VERDICTS[decision.verdict]),
        ground=words.kind(decision.ground) if decision.ground else "",
        reason=reason_words(decision, language(), book()),
        note=decision.note,
        apart=decision.apart,
        who=decision.staff.name if decision.staff else str(words.NOBODY),
        second=names.get(decision.second_id or "", ""),
        when=when(decision.decided_at),
        measures=[_measure(action, effects.get(action.id), actions) for action in decision.actions],
        points=words.points(points) if points else "",
        statement=[(part["title"], part["text"]) for part in spoken.parts] if spoken else [],
        book=decision.book_version,
    )


def _measure(action: Action, effect: Effect | None, actions: Mapping[str, Action]) -> tuple[str, str, str, str]:
    text = words.action(action.kind, action.days)
    undone = actions.get(action.undoes_id or "")
    if undone is not None:
        text = _("%(inverse)s (takes back: %(measure)s)", inverse=text, measure=words.action(undone.kind, undone.days))
    state, tone = words.EFFECTS[effect.state] if effect else ("", "plain")
    until = _("until %(when)s", when=when(action.ends_at)) if action.ends_at else ""
    return text, until, str(state), tone


def database(decisions: Sequence[Decision], case: Case) -> tuple[str, str] | None:
    """Whether the newest restriction of this case can go to the EU database, with a tone; None where nothing would."""
    newest = next((d for d in decisions if d.case_id == case.id and d.statements), None)
    if newest is None:
        return None
    try:
        dsa.statement_of(newest)
    except Refused as error:
        personal = error.code == "personal_data"
        return (_("held back: something personal is in it"), "warn") if personal else None
    return _("ready"), "ok"


def letters(case_id: str) -> list[tuple[str, str, str, str, str]]:
    """(to whom, subject line, state in words, tone, when) of each letter."""
    found = []
    for letter in letters_about(case_id):
        state, tone = words.LETTER_STATES[letter.state]
        side = letter.recipient.partition(":")[0]
        to = {"respondent": _("Respondent"), "staff": _("Desk")}.get(side, _("Reporter"))
        found.append((to, letter.subject, str(state), tone, when(letter.sent_at or letter.created_at)))
    return found
