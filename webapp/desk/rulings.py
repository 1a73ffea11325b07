"""What was decided and what was written, in words: decisions about a content, and the letters of a case."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core.i18n import _, language, when
from webapp.desk import queries, words
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.statements import reason_words
from webapp.domain.notifications.queries import letters_of
from webapp.domain.policy.queries import book


@dataclass(frozen=True)
class Ruling:
    """A decision already made, here or in an earlier case about the same content."""

    reference: str
    here: bool
    verdict: str
    ground: str
    reason: str
    note: str
    who: str
    when: str
    measures: list[tuple[str, str, str]]


def ruling(decision: Decision, case: Case) -> Ruling:
    """One decision in words; what became of its measures is told for the case at hand."""
    effects = queries.effects_of_case(decision.case_id) if decision.case_id == case.id else {}
    measures = []
    for action in decision.actions:
        effect = effects.get(action.id)
        state, tone = words.EFFECTS[effect.state] if effect else ("", "plain")
        measures.append((words.action(action.kind, action.days), str(state), tone))
    return Ruling(
        reference=decision.case.reference,
        here=decision.case_id == case.id,
        verdict=str(words.VERDICTS[decision.verdict]),
        ground=words.kind(decision.ground) if decision.ground else "",
        reason=reason_words(decision, language(), book()),
        note=decision.note,
        who=decision.staff.name if decision.staff else str(words.NOBODY),
        when=when(decision.decided_at),
        measures=measures,
    )


def letters(case_id: str) -> list[tuple[str, str, str, str, str]]:
    """(to whom, subject line, state in words, tone, when) of each letter."""
    found = []
    for letter in letters_of(case_id):
        state, tone = words.LETTER_STATES[letter.state]
        side = letter.recipient.partition(":")[0]
        to = {"respondent": _("Respondent"), "staff": _("Desk")}.get(side, _("Reporter"))
        found.append((to, letter.subject, str(state), tone, when(letter.sent_at or letter.created_at)))
    return found
