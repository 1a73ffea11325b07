"""Looking at counter-notices, appeals and the proof drawer: what a party may do now, and what is due."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from webapp.core.clock import now
from webapp.core.db import db, need, settings
from webapp.core.errors import NotFound
from webapp.domain.appeals import redaction, rules
from webapp.domain.appeals.models import CounterForward, CounterNotice, ProofItem
from webapp.domain.appeals.rules import OPEN_COUNTER, Claim, Forward
from webapp.domain.cases import queries as cases
from webapp.domain.cases.families import family
from webapp.domain.cases.models import CaseReport
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision, Finding
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class CounterDoor:
    """Whether the respondent can send a counter-notice against a decision now, and what the form must ask."""

    # '' = none: only the appeal is open.
    regime: str
    # Field (words in book().fields) → 'M' or 'R', in the order of the book.
    fields: dict[str, str]
    until: datetime
    open: bool
    # The one already sent, in whatever state; one in state 'returned' can be completed.
    sent: CounterNotice | None


def get(counter_id: str) -> CounterNotice:
    """The counter-notice. Raises NotFound."""
    return need(CounterNotice, counter_id, "no_such_counter")


def locked(counter_id: str) -> CounterNotice:
    """The counter-notice, freshly read and held until the transaction ends: of a proof and the restoring job one comes
    first (SQLite's writers take turns anyway). Raises NotFound."""
    statement = select(CounterNotice).where(CounterNotice.id == counter_id)
    found = db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no_such_counter")
    return found


def of_decision(decision_id: str) -> CounterNotice | None:
    """The counter-notice against this decision."""
    return db.session.scalar(select(CounterNotice).where(CounterNotice.decision_id == decision_id))


def of_case(case_id: str) -> list[CounterNotice]:
    """Every counter-notice of the case, newest first."""
    statement = select(CounterNotice).where(CounterNotice.case_id == case_id)
    return list(db.session.scalars(statement.order_by(CounterNotice.filed_at.desc(), CounterNotice.id)))


def open_in(case_id: str) -> list[CounterNotice]:
    """The counter-notices of the case that still run."""
    return [counter for counter in of_case(case_id) if counter.state in OPEN_COUNTER]


def forward(counter_id: str, report_id: str) -> CounterForward:
    """What was sent to this claimant. Raises NotFound: it was not sent to her."""
    found = db.session.get(CounterForward, (counter_id, report_id), populate_existing=True)
    if found is None:
        raise NotFound("no_such_counter")
    return found


def forwarded_to(report_id: str) -> CounterForward | None:
    """The newest counter-notice that was forwarded to this report's claimant: her tracking page shows it."""
    return db.session.scalar(
        select(CounterForward)
        .join(CounterNotice, CounterNotice.id == CounterForward.counter_id)
        .where(CounterForward.report_id == report_id)
        .order_by(CounterNotice.filed_at.desc())
        .limit(1)
    )


def proofs(case_id: str) -> list[ProofItem]:
    """What lies in the proof drawer, and in those of cases merged into this one, oldest first. For the desk and the
    respondent only."""
    statement = select(ProofItem).where(ProofItem.case_id.in_(family(case_id)))
    return list(db.session.scalars(statement.order_by(ProofItem.added_at, ProofItem.evidence_id)))


def claims(decision: Decision) -> list[Claim]:
    """The supported reports of a decision that were not withdrawn, with the regimes they run under."""
    reports = db.session.scalars(
        select(Report)
        .join(Finding, Finding.report_id == Report.id)
        .join(CaseReport, CaseReport.report_id == Report.id)
        .where(Finding.decision_id == decision.id, Finding.answer == "supported", CaseReport.withdrawn_at.is_(None))
        .order_by(Report.received_at, Report.id)
    )
    return [Claim(report.id, report.mode, tuple(report.regimes)) for report in reports]


def regime_against(decision: Decision) -> str:
    """The regime a counter-notice against this decision would run under; '' where only the appeal is open.

    With no claimant who could sue there is nobody to forward it to and nothing to wait for: then it is an appeal.
    """
    return rules.governing(claims(decision), decision.ground, book(), now(), settings().timezone)


def door(decision: Decision) -> CounterDoor:
    """Whether and how the respondent may answer this decision with a counter-notice."""
    sent = of_decision(decision.id)
    in_force = decision.verdict == "upheld" and decisions.latest(decision.case_id) == decision
    regime = sent.regime if sent else regime_against(decision) if in_force else ""
    needs = book().regimes[regime].counter if regime else {}
    regimes = (regime,) if regime else ()
    until = rules.window(book(), regimes, decision.decided_at, settings().timezone, "counter_valid")
    return CounterDoor(
        regime=regime,
        fields={code: str(need) for code, need in needs.items() if need != "-"},
        until=until,
        open=bool(regime) and in_force and now() <= until and (sent is None or sent.state == "returned"),
        sent=sent,
    )


def redacted(counter: CounterNotice) -> redaction.Redacted:
    """The copy a claimant gets; nothing of the respondent's that her regime does not need. The content's address was
    typed by a reporter, so it is shown only where she is the only one."""
    subject = counter.case.subject
    alone = len(cases.active_reports(counter.case_id)) == 1
    return redaction.redacted(
        counter.regime,
        fields(counter),
        counter.statement,
        counter.defence,
        (subject.title or subject.content_ref, subject.address if alone else ""),
        book(),
    )


def fields(counter: CounterNotice) -> dict[str, str]:
    """What the respondent typed, field by field. For the desk and the respondent only."""

    typed: dict[str, str] = json.loads(counter.fields)
    return typed


def standing(counter: CounterNotice) -> list[Forward]:
    """How each claimant stands towards it."""
    rows = db.session.scalars(
        select(CounterForward)
        .where(CounterForward.counter_id == counter.id)
        .execution_options(populate_existing=True)
        .order_by(CounterForward.report_id)
    )
    return [Forward(row.report_id, row.arrived_at, row.proof_kind, row.withdrawn_at) for row in rows]


def arriving() -> list[CounterForward]:
    """Copies the mail server took long enough ago to count as arrived (book: arrival_hours; law.md §4.2)."""
    ripe = now() - timedelta(hours=book().numbers.arrival_hours)
    return list(db.session.scalars(_unarrived().where(CounterForward.mailed_at <= ripe)))


def _unarrived() -> Select[CounterForward]:
    return (
        select(CounterForward)
        .join(CounterNotice, CounterNotice.id == CounterForward.counter_id)
        .where(
            CounterNotice.state.in_(OPEN_COUNTER),
            CounterForward.arrived_at.is_(None),
            CounterForward.withdrawn_at.is_(None),
        )
        .order_by(CounterForward.counter_id, CounterForward.report_id)
    )


def elapsed() -> list[str]:
    """Ids of counter-notices whose waiting is over: at the first moment the law allows, else at the last."""
    end: ColumnElement[datetime] = func.coalesce(CounterNotice.restore_from, CounterNotice.restore_by)
    statement = select(CounterNotice.id).where(CounterNotice.state == "waiting", end < now())
    return list(db.session.scalars(statement.order_by(end, CounterNotice.id)))


def waiting() -> list[CounterNotice]:
    """Counter-notices in their waiting time, the one over first at the top."""
    statement = select(CounterNotice).where(CounterNotice.state == "waiting")
    return list(db.session.scalars(statement.order_by(CounterNotice.restore_by, CounterNotice.id)))
