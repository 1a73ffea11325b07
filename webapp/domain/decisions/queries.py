"""Looking at decisions: as letters tell them, what is in force, and an account's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db, need, settings
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import regimes
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Action, Decision, Proposal
from webapp.domain.decisions.records import SUPERSEDING
from webapp.domain.decisions.records import active_points as active_points
from webapp.domain.decisions.rules import NOTHING, ActionFact, Forecast, Outcome, appeal_until
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

FLAGGER = "TF"  # the standing of a trusted flagger (standing.toml, DSA art 22)


def get(decision_id: str) -> Decision:
    """The decision. Raises NotFound."""
    return need(Decision, decision_id, "no_such_decision")


def action(action_id: str) -> Action:
    """The action. Raises NotFound."""
    return need(Action, action_id, "no_such_action")


def all_of(case_id: str) -> list[Decision]:
    """Every decision of the case, oldest first."""
    return list(db.session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.case_version)))


def latest(case_id: str) -> Decision | None:
    """The newest decision of any stage; None when there is none."""
    return next(reversed(all_of(case_id)), None)


def of_case(case_id: str) -> Decision | None:
    """The decision in force, if there is one: the newest of any stage."""
    return latest(case_id)


def verdict_of(case_id: str) -> Decision | None:
    """The newest verdict by a person on the reports themselves (stage 'first' or 'appeal')."""
    return next((d for d in reversed(all_of(case_id)) if d.stage in ("first", "appeal")), None)


def in_force(case_id: str) -> list[Action]:
    """The measures of the case that restrict somebody now: decided, not taken back, not ended, not provisional ones
    that a later decision took the place of."""
    found = all_of(case_id)
    # A case that lapsed and was taken up again may have a provisional measure after others were given back.
    last = max((d.case_version for d in found if d.stage != "interim"), default=0)
    return _standing([d for d in found if d.stage != "interim" or d.case_version > last], found, now())


def _standing(counting: Sequence[Decision], decisions: Sequence[Decision], moment: datetime) -> list[Action]:
    """The measures of `counting` that none of all `decisions` took back and whose time is not over."""
    actions = [a for d in counting for a in d.actions]
    undone = {a.undoes_id for d in decisions for a in d.actions if a.undoes_id}
    kinds = book().actions
    return [
        a
        for a in actions
        if a.undoes_id is None and a.id not in undone and (a.ends_at is None or a.ends_at > moment)
        if a.kind not in kinds or kinds[a.kind].target != NOTHING
    ]


def with_statements(outcome: Outcome, statements: Mapping[str, Sequence[Mapping[str, str]]]) -> Outcome:
    """The same outcome carrying its statements."""
    return replace(outcome, statements=statements)


def source_of(reports: Sequence[Report]) -> str:
    """What brought the content to us: 'trusted_flagger', else 'notice', else 'tip' (DSA art 17(3)(b), law.md §6.2)."""
    if any(report.standing.basis == FLAGGER for report in reports):
        return "trusted_flagger"
    return "notice" if any(report.mode == "notice" for report in reports) else "tip"


def blank(case: Case, moment: datetime, reports: Sequence[Report]) -> Outcome:
    """What can be said of a decision about the case before anything is decided."""
    respondent = case.subject.respondent
    served = tuple(sorted({code for report in reports for code in regimes(report)}))
    return Outcome(
        case_reference=case.reference,
        subject_title=case.subject.title,
        subject_address=case.subject.address,
        content_ref=case.subject.content_ref,
        handle=respondent.handle if respondent else "",
        kind=case.kind,
        verdict="",
        ground="",
        reason="",
        actions=(),
        points=0,
        points_expire_at=None,
        findings={},
        decided_at=moment,
        appeal_until=appeal_until(moment, served, settings().timezone, book()),
        book_version=book().version,
        compared=bool(case.best_band),
        source=source_of(reports),
        regimes=served,
    )


def outcome(decision: Decision) -> Outcome:
    """A decision as letters, pages and webhooks may tell it: exactly what `foresee` promised in the preview."""
    case = decision.case
    findings = {f.report_id: f.answer for f in decision.findings}
    reports = [r for r in (db.session.get(Report, i) for i in findings) if r is not None]
    kept = Forecast.from_json(decision.ladder) if decision.ladder else None
    if decision.stage in SUPERSEDING:
        before = [d for d in all_of(case.id) if d.case_version <= decision.case_version]
        actions = _standing([d for d in before if d.stage != "interim"], before, decision.decided_at)
    else:
        actions = [a for a in decision.actions if a.undoes_id is None]
    undone = [db.session.get_one(Action, a.undoes_id) for a in decision.actions if a.undoes_id]
    return replace(
        blank(case, decision.decided_at, reports or cases.active_reports(case.id)),
        verdict=decision.verdict,
        ground=decision.ground,
        reason=decision.reason,
        actions=tuple(fact(a) for a in actions),
        points=kept.earned if kept else 0,
        points_expire_at=kept.expires_at if kept else None,
        findings=findings,
        book_version=decision.book_version,
        statements={s.language: s.parts for s in decision.statements},
        stage=decision.stage,
        forecast=kept,
        undone=tuple(fact(a) for a in undone),
    )


def fact(of: Action) -> ActionFact:
    """A measure as outcomes carry it."""
    return ActionFact(of.kind, of.days, of.ends_at)


def waiting(case_id: str) -> Proposal | None:
    """The proposal that waits for a second person; None when there is none or the case changed since."""
    return db.session.scalar(
        select(Proposal)
        .join(Case, Case.id == Proposal.case_id)
        .where(
            Proposal.case_id == case_id,
            Proposal.state == "waiting",
            Case.state == "proposed",
            Case.version == Proposal.case_version,
        )
    )
