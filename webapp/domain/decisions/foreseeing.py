"""Looking ahead: what a choice would lead to, in full, before anything is written. Preview and decision share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from webapp.core.clock import now
from webapp.core.errors import Refused
from webapp.core.i18n import day
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import priority_of
from webapp.domain.claimants.rules import meets, state
from webapp.domain.conduct.rules import counts
from webapp.domain.decisions import queries, records
from webapp.domain.decisions.ladder import contains, forecast
from webapp.domain.decisions.models import Action
from webapp.domain.decisions.rules import (
    ActionFact,
    Choice,
    Outcome,
    asks_second,
    check,
    covered,
    facts_of,
    needs_second,
)
from webapp.domain.decisions.statements import statement_parts
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

VERDICTS = ("first", "appeal")  # stages in which people decide on the reports themselves


@dataclass(frozen=True)
class Plan:
    """An outcome, and what has to be written for it: new measures, and measures to take back."""

    outcome: Outcome
    new: tuple[ActionFact, ...]
    undo: tuple[Action, ...]
    strike_from: datetime  # since when the points count


def foresee(case: Case, choice: Choice) -> Outcome:
    """What this choice would lead to, for the preview; nothing is written. Raises Refused when it is not whole."""
    return plan(case, choice).outcome


def second_needed(case: Case, outcome: Outcome) -> list[str]:
    """Why a second person must agree: codes of measures and 'urgent'; [] when one person decides."""
    return needs_second([(a.kind, a.days) for a in outcome.actions], case.priority, book())


def plan(case: Case, choice: Choice, stage: str = "first") -> Plan:
    """The whole consequence of a choice. On appeal, measures already in force and decided again simply go on, and what
    has been served counts: a suspension made shorter ends that many days after it began. What would be decided by one
    person alone on appeal and needs two is refused ('appeal_too_heavy')."""
    reports = cases.active_reports(case.id)
    check(choice, {r.id: r.kind for r in reports}, book())
    _check_marks(choice, reports)
    _check_standing(choice, reports)
    moment = now()
    earlier = records.strike_of(case.id)
    start = earlier.issued_at if earlier else moment
    outlook = forecast(choice, records.record_of(case, choice.ground, start), start, book())
    upheld = choice.verdict == "upheld"
    chosen = [*choice.actions, *(a for a in outlook.actions if a not in choice.actions)] if upheld else []
    held = queries.in_force(case.id)
    if stage == "first":
        new = facts_of(chosen, moment, book())
        goes_on: list[Action] = []
        undo = [a for a in held if not covered(a.kind, [kind for kind, _days in chosen], book())]
    else:
        _check_weight(chosen, case.id)
        wanted = {(a.kind, a.days) for a in facts_of(chosen, moment, book())}
        goes_on = [a for a in held if (a.kind, a.days) in wanted]
        undo = [a for a in held if a not in goes_on]
        new = _still_to_come(chosen, case.id, {a.kind for a in goes_on}, moment)
    outcome = replace(
        queries.blank(case, moment, reports),
        verdict=choice.verdict,
        ground=choice.ground if upheld else "",
        reason=choice.reason,
        actions=(*(queries.fact(a) for a in goes_on), *new),
        points=outlook.earned,
        points_expire_at=outlook.expires_at,
        findings=dict(choice.findings),
        stage=stage,
        forecast=outlook,
        undone=tuple(queries.fact(a) for a in undo),
        source=queries.source_of([r for r in reports if choice.findings[r.id] == "supported"] or reports),
    )
    return Plan(explained(outcome), new, tuple(undo), start)


def _check_weight(chosen: Sequence[tuple[str, int | None]], case_id: str) -> None:
    """An appeal is decided by one person, so what needs two (law.md §4.4) may go on or be made lighter there, but not
    begin, neither by hand nor by the ladder. Raises Refused('appeal_too_heavy')."""
    had = [(a.kind, a.days) for d in queries.all_of(case_id) if d.stage in VERDICTS for a in d.actions]
    agreed = [action for action in had if action[0] in book().actions and asks_second(*action, book())]
    for action in chosen:
        if asks_second(*action, book()) and not any(contains(earlier, action, book()) for earlier in agreed):
            raise Refused("appeal_too_heavy", action=action[0])


def explained(outcome: Outcome) -> Outcome:
    """The same outcome with its statement of reasons in both languages; without a restriction there is none."""
    if outcome.verdict not in ("upheld", "provisional"):
        return outcome
    parts = {code: statement_parts(outcome, code, book(), day) for code in ("zh", "en")}
    return queries.with_statements(outcome, parts)


def _still_to_come(
    chosen: Sequence[tuple[str, int | None]], case_id: str, going_on: set[str], moment: datetime
) -> tuple[ActionFact, ...]:
    """Measures of an appeal that are not in force yet. What an earlier decision of the case began keeps its beginning,
    also when it has ended since; so nobody serves the same days twice."""
    began: dict[str, datetime] = {}
    taken_back = {a.undoes_id for d in queries.all_of(case_id) for a in d.actions if a.undoes_id}
    for decision in queries.all_of(case_id):
        if decision.stage != "interim":
            began |= {a.kind: decision.decided_at for a in decision.actions if a.id not in taken_back}
    facts = [fact for a in chosen for fact in facts_of([a], began.get(a[0], moment), book())]
    return tuple(f for f in facts if f.kind not in going_on and (f.ends_at is None or f.ends_at > moment))


def unchecked(case: Case, findings: Mapping[str, str]) -> list[Report]:
    """Supported reports whose standing nobody has checked as far as their kind wants before a lasting measure
    (law.md §2: V2 before a permanent removal). A warning, no bar: a person may decide so, knowing it."""
    moment = now()
    return [
        report
        for report in cases.active_reports(case.id)
        if findings.get(report.id) == "supported" and report.standing.basis != "ANY"
        if (wanted := book().kinds[report.kind].level) != "V0"
        if state(report.standing, moment) != "verified" or not meets(report.standing.level, wanted)
    ]


def _check_standing(choice: Choice, reports: Sequence[Report]) -> None:
    """Refuse to support a report whose standing a person refused: the right was not theirs to claim (law.md §2). Of
    urgent kinds, and of those that anyone may report, the content counts and not who speaks."""
    for report in reports:
        kind = book().kinds[report.kind]
        whoever = book().leaves(report.kind).get("ANY") == "notice" or book().urgent(kind.priority)
        if choice.findings[report.id] == "supported" and report.standing.state == "refused" and not whoever:
            raise Refused("standing_refused", reference=report.reference)


def _check_marks(choice: Choice, reports: Sequence[Report]) -> None:
    """Good-faith reports of urgent and exempt kinds are never marked (law.md §5.5)."""
    for report in reports:
        grade = choice.marks.get(report.id)
        if grade and not counts(report.kind, priority_of(report, book()), grade, book()):
            raise Refused("mark_exempt")
