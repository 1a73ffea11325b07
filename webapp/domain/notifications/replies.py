"""Letters about answers to a decision: the counter-notice with its waiting time, and the appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.appeals import queries as appeals
from webapp.domain.appeals import rules
from webapp.domain.appeals.models import Appeal, CounterForward, CounterNotice
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import tell_case
from webapp.domain.clocks.models import Clock
from webapp.domain.clocks.rules import due
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications.contexts import claimant, reporter, respondent
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.rulings import statement_letter
from webapp.domain.notifications.service import (
    content,
    language,
    respondent_language,
    to_reporter,
    to_respondent,
    withdrawn,
)
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import NoticeBar, Report

# ── the counter-notice ───────────────────────────────────────────────────────


def receive_counter(counter: CounterNotice) -> Letter | None:
    """The account hears that its counter-notice is here, and what is missing (N11); again when it was completed."""
    case, code = counter.case, respondent_language(counter.case)
    context = respondent.counter_received(content(case), counter.regime, counter.filed_at, counter.missing, code)
    cause = f"counter:{counter.id}:{'-'.join(counter.missing) or 'complete'}"
    return to_respondent("counter_received", case, cause, context)


def forward_counter(counter: CounterNotice) -> list[Letter]:
    """A redacted copy to each claimant, with the day after which the content comes back (N12)."""
    facts, letters = _counter(counter, copy=True), []
    for report in _claimants(counter):
        context = claimant.counter(report, facts, language(report.language))
        letters.append(to_reporter("counter_forwarded", report, f"counter:{counter.id}", context))
    return letters


def remind_claimants(counter: CounterNotice, days: int) -> list[Letter]:
    """Before the content comes back, each claimant is reminded (N13); nobody once the waiting has ended otherwise."""
    if counter.state != "waiting":
        return []
    facts, cause = _counter(counter), f"counter:{counter.id}:{days}:{counter.restore_by:%Y%m%d}"
    return [
        to_reporter("restore_reminder", r, cause, claimant.counter(r, facts, language(r.language), days))
        for r in _claimants(counter)
    ]


def tell_hold(counter: CounterNotice) -> list[Letter]:
    """A suit or a complaint was shown: whoever showed it and the account hear that nothing changes until then (N14)."""
    if counter.state != "held":
        return []
    letters, case, cause = [], counter.case, f"counter:{counter.id}"
    proved = [forward for forward in counter.forwards if forward.proof_kind and forward.withdrawn_at is None]
    for forward in proved:
        report = db.session.get_one(Report, forward.report_id)
        context = claimant.counter(report, _counter(counter, proof=forward.proof_kind), language(report.language))
        letters.append(to_reporter("held_to_reporter", report, cause, context))
    proof = "suit" if any(f.proof_kind == "suit" for f in proved) else "complaint"
    letter = to_respondent("held_to_respondent", case, cause, respondent.held(content(case), proof))
    return letters if letter is None else [*letters, letter]


def tell_restored(counter: CounterNotice) -> list[Letter]:
    """The content is back: both sides hear when and why, the claimant also that the same notice is barred (N15)."""
    case, at, cause = counter.case, counter.ended_at or now(), f"counter:{counter.id}"
    letters = []
    for forward in counter.forwards:
        report = db.session.get_one(Report, forward.report_id)
        if withdrawn(report) is None:
            context = claimant.restored(report, at, counter.end, _barred(report), language(report.language))
            letters.append(to_reporter("restored_to_reporter", report, cause, context))
    latest = decisions.latest(case.id)
    undone = decisions.outcome(latest).undone if latest is not None and latest.stage == "restoration" else ()
    context = respondent.restored(content(case), undone, at, counter.end, respondent_language(case))
    letter = to_respondent("restored_to_respondent", case, cause, context)
    return letters if letter is None else [*letters, letter]


def _claimants(counter: CounterNotice) -> list[Report]:
    """Those it was forwarded to who still hold on to their claim and their report."""
    forwards: list[CounterForward] = [f for f in counter.forwards if f.withdrawn_at is None]
    reports = [db.session.get_one(Report, f.report_id) for f in forwards]
    return [report for report in reports if withdrawn(report) is None]


def _counter(counter: CounterNotice, copy: bool = False, proof: str = "") -> claimant.Counter:
    moment = counter.forwarded_at or now()
    known = counter.restore_by is not None
    at = rules.restore_at(counter.restore_from, counter.restore_by) if counter.restore_by else _expected(counter)
    told = appeals.redacted(counter) if copy else None
    return claimant.Counter(counter.regime, moment, at, estimated=not known, copy=told, proof=proof)


def _expected(counter: CounterNotice) -> datetime:
    """When the waiting would end if the letter arrived today."""
    clock = book().clocks.get(book().regimes[counter.regime].wait)
    if clock is None or clock.span is None:
        return now()
    return due(now(), clock.earliest or clock.span, settings().timezone)


def _barred(report: Report) -> str:
    """The regime under which this reporter can no longer notify the same item, '' for none."""
    found = db.session.scalar(
        select(NoticeBar.regime).where(
            NoticeBar.subject_id == report.subject_id,
            NoticeBar.reporter_index == report.standing.reporter.email_index,
            NoticeBar.regime.in_(report.regimes),
        )
    )
    return found or ""


# ── the appeal ───────────────────────────────────────────────────────────────


def receive_appeal(appeal: Appeal) -> Letter | None:
    """Whoever appealed hears that it is here, and by when it is decided (N16)."""
    ends = select(Clock.due_at).where(Clock.on_id == f"appeal:{appeal.id}", Clock.state == "running")
    due_at = db.session.scalar(ends.order_by(Clock.due_at).limit(1))
    case, cause = appeal.case, f"appeal:{appeal.id}"
    report = _appellant(appeal)
    if report is not None:
        context = reporter.appeal(report, appeal.reference, appeal.filed_at, due_at, language(report.language))
        return to_reporter("appeal_received", report, cause, context)
    code = respondent_language(case)
    context = respondent.appeal(content(case), appeal.reference, appeal.filed_at, due_at, code)
    return to_respondent("appeal_received", case, cause, context)


def tell_appeal(appeal: Appeal) -> list[Letter]:
    """The result: to whoever appealed, and where something changed, to whom it concerns on the other side (N16)."""
    if appeal.state != "decided":
        return []
    decision = decisions.get(appeal.outcome_decision_id or appeal.decision_id)
    outcome, before = decisions.outcome(decision), decisions.outcome(appeal.decision)
    letters = [*_judged_reporters(appeal, outcome, before.findings), *_judged_respondent(appeal, decision, outcome)]
    tell_case(appeal.case, "reporter_told")
    if outcome.statements:
        tell_case(appeal.case, "respondent_told")
    return letters


def _judged_reporters(appeal: Appeal, outcome: Outcome, before: Mapping[str, str]) -> list[Letter]:
    letters, asked = [], _appellant(appeal)
    for report in cases.active_reports(appeal.case_id):
        answer, mine = outcome.findings.get(report.id, ""), asked is not None and report.id == asked.id
        concerns = appeal.outcome != "upheld" and "supported" in (answer, before.get(report.id))
        if not answer or not (mine or concerns):
            continue
        # The reason speaks of the whole case: it is told to whom it answers (see contexts.reporter.decided).
        why = appeal.reason if mine and appeal.outcome == "upheld" else ""
        context = reporter.judged(
            outcome, report, answer, appeal.outcome, why, language(report.language), appeal_reference=appeal.reference
        )
        name = "appeal_to_party" if mine else "appeal_to_other"
        letters.append(to_reporter(name, report, f"appeal:{appeal.id}:decided", context))
    return letters


def _judged_respondent(appeal: Appeal, decision: Decision, outcome: Outcome) -> list[Letter]:
    mine, case = appeal.party == "respondent", appeal.case
    restricted = bool(appeal.decision.statements or outcome.statements)  # else it was never told, nor has to be
    if not mine and (appeal.outcome == "upheld" or not restricted):
        return []
    code, cause = respondent_language(case), f"appeal:{appeal.id}:decided"
    first_heard = not mine and not appeal.decision.statements and bool(outcome.statements)
    if first_heard:  # nothing was decided against the account before, so this is its decision
        name, context = statement_letter(outcome, case, content(case), code)
    else:
        reason = appeal.reason if appeal.outcome == "upheld" else outcome.reason
        name = "appeal_to_party" if mine else "appeal_to_other"
        context = respondent.judged(
            content(case),
            outcome,
            appeal.outcome,
            reason,
            code,
            appeal_reference=appeal.reference,
            may_appeal=not mine and not _has_appealed(case.id),
        )
    letter = to_respondent(name, case, cause, context)
    return [] if letter is None else [letter]


def _has_appealed(case_id: str) -> bool:
    found = select(Appeal.id).where(Appeal.case_id == case_id, Appeal.party == "respondent")
    return db.session.scalar(found.limit(1)) is not None


def _appellant(appeal: Appeal) -> Report | None:
    """The reporter who appealed; None when it was the account."""
    side, _, report_id = appeal.party.partition(":")
    return db.session.get_one(Report, report_id) if side == "reporter" else None
