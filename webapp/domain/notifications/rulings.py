"""Letters about decisions: the verdict to each reporter, the statement of reasons to the account, labels, provisional
measures, cures, and how a measure ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db
from webapp.domain.appeals import queries as answers
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import tell_case
from webapp.domain.cases.models import Case
from webapp.domain.cures.models import CureOffer
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Action, Decision
from webapp.domain.decisions.records import active_strikes
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.notifications.contexts import reporter, respondent
from webapp.domain.notifications.contexts.respondent import Content
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.service import (
    content,
    counter_regimes,
    language,
    respondent_language,
    stop_url,
    to_reporter,
    to_respondent,
)
from webapp.domain.partners.models import Effect
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

# An end that nobody needs a letter about: the decision told it, or the platform never had the measure.
SILENT_ENDS = ("replaced", "never_sent")


def tell_decision(decision: Decision) -> list[Letter]:
    """What follows from a decision on paper; a restoration and an appeal's result are told by `replies`.

    The statement of reasons leaves with the restriction; afterwards the clocks that waited for letters end, also
    where nobody is known to write to (DSA art 17(2): a statement is owed where an address is known).
    """
    if decision.stage == "appeal":
        return []
    if decision.stage == "restoration":
        return _let_go(decision)
    outcome, case, cause = decisions.outcome(decision), decision.case, f"decision:{decision.id}"
    letters = [] if decision.stage == "interim" else _to_reporters(decision, outcome, cause)
    code = respondent_language(case)
    if outcome.statements or decision.stage == "cure":
        name, context = statement_letter(outcome, case, content(case), code)
        letter = to_respondent(name, case, cause, context)
        letters += [letter] if letter is not None else []
        tell_case(case, "respondent_told")
    if decision.stage != "interim":
        tell_case(case, "reporter_told")
    return letters


def _let_go(decision: Decision) -> list[Letter]:
    """What was held for the time being is let go because the case ended undecided; after a counter-notice `replies`
    tells both sides."""
    case = decision.case
    if any(counter.state == "restored" for counter in answers.of_case(case.id)):
        return []
    outcome, code = decisions.outcome(decision), respondent_language(case)
    context = respondent.restored(content(case), outcome.undone, decision.decided_at, "", code)
    letter = to_respondent("restored_to_respondent", case, f"decision:{decision.id}", context)
    return [] if letter is None else [letter]


def _to_reporters(decision: Decision, outcome: Outcome, cause: str) -> list[Letter]:
    letters = []
    for report in cases.active_reports(decision.case_id):
        answer = outcome.findings.get(report.id)
        if decision.stage == "cure":
            context = reporter.decided(outcome, report, "supported", language(report.language))
            letters.append(to_reporter("cured_to_reporter", report, cause, context))
        elif answer is not None:
            context = verdict(outcome, report, answer, language(report.language), link=follow_up_link(report, answer))
            letters.append(to_reporter("decision_to_reporter", report, cause, context))
            _ask_later(report, answer, outcome)
    return letters


def verdict(outcome: Outcome, report: Report, answer: str, code: str, link: str = "") -> dict[str, Any]:
    """What a reporter's decision letter says; the preview uses it too (N08, N09)."""
    return reporter.decided(outcome, report, answer, code, stop_url=link)


def follow_up_link(report: Report, answer: str) -> str:
    """The link that stops the later letter; '' where none is going to be written (N28): it is for who was harmed or
    speaks for them, not for somebody who gave a hint."""
    asked = book().kinds[report.kind].follow_up_days is not None
    wanted = asked and answer == "supported" and report.mode == "notice"
    return stop_url("follow_up", f"reporter:{report.id}") if wanted and report.standing.reporter.email else ""


def _ask_later(report: Report, answer: str, outcome: Outcome) -> None:
    key = f"follow-up:{report.id}"
    known = db.session.scalar(select(outbox.Task.id).where(outbox.Task.key == key))
    if known is None and follow_up_link(report, answer):
        due_at = outcome.decided_at + timedelta(days=book().kinds[report.kind].follow_up_days or 0)
        outbox.post("follow_up.due", key=key, due_at=due_at, report_id=report.id)


def statement_letter(outcome: Outcome, case: Case, told: Content, code: str) -> tuple[str, dict[str, Any]]:
    """Which letter carries the statement of reasons to the account, and what it says; the preview uses it too.

    Provisional measures have their own (N06), so have decisions that change nothing but labels (N10).
    """
    supported = [r for r in cases.active_reports(case.id) if outcome.findings.get(r.id) == "supported"]
    regimes = counter_regimes(supported, outcome.ground, outcome.decided_at)
    context = respondent.statement(told, outcome, code, regimes=regimes, old=_labels_before(outcome, case))
    if outcome.stage == "interim":
        return "interim_to_respondent", context
    if outcome.actions and all(book().actions[a.kind].label for a in outcome.actions):
        return "label_to_respondent", context
    return "decision_to_respondent", context


def _labels_before(outcome: Outcome, case: Case) -> list[str]:
    """Labels we put on the content earlier that this outcome does not put on again."""
    new = {a.kind for a in outcome.actions}
    found = db.session.execute(
        select(Action.kind)
        .join(Effect, Effect.action_id == Action.id)
        .join(Decision, Decision.id == Action.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(
            Case.subject_id == case.subject_id,
            Effect.state == "confirmed",
            Decision.decided_at < outcome.decided_at,
        )
        .order_by(Decision.decided_at)
    ).scalars()
    return [kind for kind in dict.fromkeys(found) if book().actions[kind].label and kind not in new]


def _points(respondent_id: str | None) -> tuple[int, datetime | None]:
    """The account's points that count now, and when the next of them expire (None = never)."""
    strikes = active_strikes(respondent_id) if respondent_id else []
    ends = [strike.expires_at for strike in strikes if strike.expires_at is not None]
    return sum(strike.points for strike in strikes), min(ends, default=None)


def _measure_letter(name: str, action: Action) -> Letter | None:
    case = action.decision.case
    points, until = _points(case.subject.respondent_id)
    fact = ActionFact(action.kind, action.days, action.ends_at or now())
    context = respondent.measure(content(case), fact, points, until, respondent_language(case))
    return to_respondent(name, case, f"action:{action.id}", context)


def warn_of_end(action: Action) -> Letter | None:
    """A measure ends by itself tomorrow (N17); None when it holds no more."""
    held = {a.id for a in decisions.in_force(action.decision.case_id)}
    return _measure_letter("measure_ending", action) if action.id in held else None


def tell_end(action: Action) -> Letter | None:
    """A measure has ended at its time, and what points still count (N17); None where another letter told its end."""
    effect = db.session.get(Effect, action.id)
    early = action.ends_at is None or action.ends_at > now()
    if early or (effect is not None and effect.reason in SILENT_ENDS):
        return None
    return _measure_letter("measure_ended", action)


def offer_cure(offer: CureOffer) -> Letter | None:
    """The account may put it right itself, until when, and what follows otherwise (N19)."""
    return _cure_letter("cure_offered", offer) if offer.state == "offered" else None


def tell_cure_lapsed(offer: CureOffer) -> Letter | None:
    """The time to put it right is over; a person decides (N19)."""
    return _cure_letter("cure_lapsed", offer) if offer.state == "lapsed" else None


def _cure_letter(name: str, offer: CureOffer) -> Letter | None:
    context = respondent.cure(
        content(offer.case), offer.kind, offer.action, offer.due_at, respondent_language(offer.case)
    )
    return to_respondent(name, offer.case, f"cure:{offer.id}", context)
