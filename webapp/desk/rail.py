"""The decision form's own words: what can be chosen for which rule, and what a choice would do in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from webapp.core.errors import Refused
from webapp.core.i18n import _, day, language, pick
from webapp.desk import declarations, grounds, queries, reasons, sentences, similar, words
from webapp.desk.grounds import GroundGroup
from webapp.desk.reasons import ReasonShown
from webapp.desk.similar import Similar
from webapp.desk.typed import LADDER, NOTHING, Typed
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cures import queries as cures
from webapp.domain.decisions.ladder import sentence
from webapp.domain.decisions.models import Proposal
from webapp.domain.decisions.rules import Choice, Outcome, of_ladder
from webapp.domain.decisions.service import foresee, second_needed
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import ActionKind, Kind


@dataclass(frozen=True)
class Rail:
    """What the form offers."""

    grounds: list[GroundGroup]
    reasons: list[ReasonShown]
    reason_in: str
    similar: Similar | None
    actions: list[tuple[str, ActionKind]]
    account: list[tuple[str, str]]
    modifiers: list[tuple[str, str, bool]]
    defences: list[tuple[str, str]]


@dataclass(frozen=True)
class ProposalShown:
    """A choice that waits for a second person, or was sent back by one."""

    id: str
    who: str
    mine: bool
    when: str
    why: str
    verdict: str
    ground: str
    findings: list[tuple[str, str]]
    measures: list[str]
    reason: str
    note: str
    says: str
    answer: str


def rail(case: Case, ground: str) -> Rail:
    """All that can be chosen in the case's queue, and how cases like it went under the rule `ground`."""
    return _rail(case, hidden_actions(case), similar.to_case(case, ground))


def of_appeal(case: Case) -> Rail:
    """All that can be chosen on appeal: what was decided first may go on, whatever the queue offers."""
    return _rail(case, frozenset(), None)


def kinds() -> list[tuple[str, str, Kind]]:
    """Every rule as (code, name, entry), in the book's order."""
    return [(code, pick(entry.name), entry) for code, entry in book().ordered_kinds()]


def _rail(case: Case, hidden: Collection[str], near: Similar | None) -> Rail:
    """The page's script narrows it to the chosen rule; the rooms check it in any case."""
    ladder = of_ladder(book())
    measures = [
        (code, entry)
        for code, entry in book().actions.items()
        if entry.target != "none" and not entry.undoes and code not in ladder and code not in hidden
    ]
    modifiers = book().ladder.modifiers.items()
    return Rail(
        grounds=grounds.groups(case),
        reasons=reasons.offered(),
        reason_in=reasons.language_of(case, cases.active_reports(case.id)),
        similar=near,
        actions=measures,
        account=[(LADDER, _("What the ladder says")), *_account(hidden), (NOTHING, _("No measure for the account"))],
        # A defence weighs by the field of its own.
        modifiers=[(c, pick(m.words), m.intent) for c, m in modifiers if not m.automatic and not m.zero],
        defences=[(code, pick(entry)) for code, entry in book().defences.items()],
    )


def hidden_actions(case: Case) -> frozenset[str]:
    """The measures that the case's queue does not offer."""
    queue = book().queues.queue.get(case.queue)
    return frozenset(queue.hidden_actions if queue else ())


def check(case: Case, choice: Choice) -> None:
    """Raise Refused('measure_hidden') for a measure that the case's queue does not offer; the ladder's own go on."""
    if any(kind in hidden_actions(case) for kind, _days in choice.actions):
        raise Refused("measure_hidden")


def _account(hidden: Collection[str]) -> list[tuple[str, str]]:
    """Every measure of the ladder in its lengths, lightest first."""
    found = []
    for code in dict.fromkeys(
        action for rung in book().ladder.rungs for action in rung.actions if action not in hidden
    ):
        lengths = book().actions[code].days
        found += [(f"{code}:{n}", words.action(code, n)) for n in lengths] or [(code, words.action(code))]
    return found


def start(case: Case, sent_back: Proposal | None) -> Typed:
    """The form as a reviewer finds it: what a second person sent back, else with the measures that a lapsed cure, a
    failed challenge or, for kinds about labels, the file itself suggests."""
    if sent_back is not None:
        return Typed.of(Choice.from_json(sent_back.choice), case.version)
    suggested = cures.suggested(case.id) or declarations.suggested(case)
    ladder = of_ladder(book())
    account = next((code for code in suggested if code in ladder), LADDER)
    return Typed(version=case.version, actions=tuple(code for code in suggested if code not in ladder), account=account)


def what_if(case: Case, outcome: Outcome) -> str:
    """What a choice would do to the account, in one sentence."""
    text, why = says(outcome), second_needed(case, outcome)
    return _("%(text)s A second person must agree: %(why)s.", text=text, why=words.second(why)) if why else text


def says(outcome: Outcome) -> str:
    """The forecast in one sentence."""
    if outcome.verdict != "upheld" or outcome.forecast is None:
        return _("No violation: nothing happens to content or account.")
    return sentence(outcome.forecast, language(), book(), day)


def proposal(
    case: Case, found: Proposal, me_id: str, names: Mapping[str, str], reports: Mapping[str, str], when_: str
) -> ProposalShown:
    """A proposal in words. `names`: staff by id; `reports`: references by report id; `when_`: when it was made."""
    choice = Choice.from_json(found.choice)
    outcome, obstacle = _as_things_stand(case, choice) if found.state == "waiting" else (None, "")
    chosen: Sequence[tuple[str, int | None]] = choice.actions
    if outcome is not None:
        chosen = [(fact.kind, fact.days) for fact in outcome.actions]
    second = names.get(found.second_id or "", "")
    return ProposalShown(
        id=found.id,
        who=names.get(found.staff_id, ""),
        mine=found.staff_id == me_id,
        when=when_,
        why=words.second(found.why),
        verdict=str(words.VERDICTS[choice.verdict]),
        ground=words.kind(choice.ground) if choice.verdict == "upheld" else "",
        findings=[(reports.get(r, ""), str(words.ANSWERS[a])) for r, a in choice.findings.items()],
        measures=[words.action(kind, days) for kind, days in chosen],
        reason=choice.reason,
        note=choice.note,
        says=says(outcome) if outcome is not None else obstacle,
        answer=_("%(name)s did not agree: %(note)s", name=second, note=found.note) if found.state == "refused" else "",
    )


def _as_things_stand(case: Case, choice: Choice) -> tuple[Outcome | None, str]:
    """What a waiting choice would lead to now; or why it no longer can be agreed to (a standing refused meanwhile)."""
    try:
        return foresee(case, choice), ""
    except Refused as error:
        return None, _("As things stand now nobody can agree to this: %(why)s", why=sentences.sentence(error))


def sent_back(case: Case) -> Proposal | None:
    """The newest proposal of a case that is open again because a second person did not agree; None otherwise."""
    latest = queries.last_proposal(case.id)
    return latest if latest is not None and latest.state == "refused" and case.state in ("open", "asked") else None
