"""Decisions of every stage as each side may read them; the account never hears of a reporter, nor a reporter of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core.i18n import _, language, pick, when, when_zoned
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.notifications.contexts import reporter as letters
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.public.story import answer_words


@dataclass(frozen=True)
class Ruling:
    """One decision on a page: its title and day, sentences, the statement's parts, facts as (name, value)."""

    title: str
    at: datetime
    says: tuple[str, ...] = ()
    parts: Sequence[Mapping[str, str]] = ()
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def when(self) -> str:
        """The instant in words."""
        return when(self.at)


def stage_words(stage: str) -> str:
    """What a stage is called on the pages."""
    return {
        "interim": _("Provisional measure"),
        "first": _("The decision"),
        "appeal": _("The decision on the appeal"),
        "restoration": _("The measures are over"),
        "cure": _("Put right by the account"),
    }[stage]


def for_account(case: Case) -> list[Ruling]:
    """Every decision of the case for the account it touches, newest first, as the statement was frozen."""
    return [_account(decision, decisions.outcome(decision)) for decision in reversed(decisions.all_of(case.id))]


def _account(decision: Decision, outcome: Outcome) -> Ruling:
    title = _("You put it right") if decision.stage == "cure" else stage_words(decision.stage)
    parts = outcome.statements.get(language(), ())
    if parts:
        return Ruling(title, outcome.decided_at, (), parts)
    if decision.stage == "cure":
        says = [
            _("You put it right yourself. The case is closed, and your account gets no points."),
            *_measure_lines(outcome.actions),
        ]
    elif decision.stage == "restoration":
        says = [_restored(outcome)]
    else:
        says = [_("No violation was found. Nothing happens to your content or your account.")]
    return Ruling(title, outcome.decided_at, (*says, *put_back(outcome.undone)))


def _restored(outcome: Outcome) -> str:
    """Why the measures ended, in the words of the book."""
    return pick(book().statement[f"restored_{outcome.reason}"])


def put_back(undone: Sequence[ActionFact]) -> list[str]:
    """What taking measures back brought about: "The content is back"."""
    return [line["name"] for line in words.put_back(undone, language())]


def _measure_lines(actions: Sequence[ActionFact]) -> list[str]:
    """Measures with what they mean and until when, one a line."""
    lines = []
    for told in words.taken(actions, language()):
        name = _("%(measure)s, until %(when)s", measure=told["name"], when=told["until"]) if told["until"] else ""
        lines.append(name or told["name"])
    return lines


def for_reporter(report: Report, entry: CaseReport, case: Case) -> list[Ruling]:
    """The decisions that answer her report, newest first: her own answer, the reason only where it answers her
    (contexts.reporter.decided), a provisional measure in one line, and what became of it."""
    made = [_reporter(d, decisions.outcome(d), report) for d in decisions.all_of(case.id) if answers(d, report, entry)]
    return list(reversed(made))


def answers(decision: Decision, report: Report, entry: CaseReport) -> bool:
    """Whether this decision is hers to read: made while her report was in the case; a verdict names it."""
    left = entry.withdrawn_at
    if decision.decided_at < entry.joined_at or (left is not None and decision.decided_at > left):
        return False
    if decision.stage in ("first", "appeal"):
        return any(finding.report_id == report.id for finding in decision.findings)
    if decision.stage == "restoration":
        return decision.reason != "case_ended" and right_before(decision, report)
    return True


def right_before(decision: Decision, report: Report) -> bool:
    """Whether the verdict before this decision found her report right: only then something of hers is undone."""
    verdict = next(
        (
            d
            for d in reversed(decisions.all_of(decision.case_id))
            if d.stage in ("first", "appeal") and d.case_version < decision.case_version
        ),
        None,
    )
    return verdict is not None and any(f.report_id == report.id and f.answer == "supported" for f in verdict.findings)


def _reporter(decision: Decision, outcome: Outcome, report: Report) -> Ruling:
    title = stage_words(decision.stage)
    if decision.stage == "interim":
        return Ruling(title, outcome.decided_at, (_("Until the decision:"), *_measure_lines(outcome.actions)))
    if decision.stage == "cure":
        says = _("The account put it right by itself. With that the case is closed.")
        return Ruling(title, outcome.decided_at, (says, *_measure_lines(outcome.actions)))
    if decision.stage == "restoration":
        return Ruling(title, outcome.decided_at, (_restored(outcome), *put_back(outcome.undone)))
    answer = outcome.findings[report.id]
    told = letters.decided(outcome, report, answer, language())
    measures = _measure_lines(outcome.actions) if answer == "supported" else []
    facts = (
        (_("Your report"), answer_words(answer)),
        (_("Measures"), "\n".join(measures)),
        (_("Taken back"), "\n".join(put_back(outcome.undone)) if decision.stage == "appeal" else ""),
        (_("Reason"), str(told["reason"])),
        (_("What was asked"), str(told["test"]) if answer == "not_supported" else ""),
        (_("Decided on"), when(outcome.decided_at)),
    )
    return Ruling(title, outcome.decided_at, facts=facts)


def appeal_state(appeal: Appeal, due: datetime | None) -> dict[str, Any]:
    """How a party's own appeal stands, in a sentence; of the person deciding only that it is a different one."""
    if appeal.state == "decided":
        changed = {
            "upheld": _("A different person looked at everything again. The decision stays."),
            "varied": _("A different person looked at everything again and changed the decision."),
            "reversed": _("A different person looked at everything again and reversed the decision."),
        }[appeal.outcome]
        says = changed
    elif appeal.state == "filed":
        says = _("Your appeal is here. It goes to a person who had nothing to do with the first decision.")
    else:
        says = _("A person who had nothing to do with the first decision is looking at it now.")
    return {
        "reference": appeal.reference,
        "says": says,
        "reason": appeal.reason if appeal.outcome == "upheld" else "",
        "text": appeal.text,
        "filed": when(appeal.filed_at),
        "due": when_zoned(due) if due and appeal.state != "decided" else "",
    }
