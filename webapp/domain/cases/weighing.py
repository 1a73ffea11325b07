"""What the queue sorts by and shows of a case, worked out again whenever something it depends on changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.cases import placing, queries, showing
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.placing import Known
from webapp.domain.cases.questions import active
from webapp.domain.cases.rules import URGENT, most_urgent, priority_of, rank, strongest
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.claimants.rules import state as standing_state
from webapp.domain.clocks import queries as clock_rows
from webapp.domain.clocks.models import Clock
from webapp.domain.conduct.queries import misused, standing_of
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def weigh(case: Case) -> None:
    """Work out again what the queue sorts by and shows: priority, kind, rank, due time, counts, best match, picture;
    then in which queue it waits, and where in it.

    Due is the strictest running clock of the desk. While none runs (all stand still) `due_code` is empty and `due_at`
    keeps the last due time, which then binds nobody.
    """
    require_transaction("cases.weigh")
    db.session.flush()  # rows of this transaction count too
    reports = queries.active_reports(case.id)
    case.report_count = len(reports)
    if reports:
        priorities = {r.id: priority_of(r, book()) for r in reports}
        case.priority = most_urgent(priorities.values())
        case.kind = next(r.kind for r in reports if priorities[r.id] == case.priority)
        urgent = book().urgent(case.priority)
        case.rank = rank(urgent, [] if urgent else [standing_of(r.standing.reporter.email_index) for r in reports])
    leading = clock_rows.leading(case.id)
    case.due_code = leading.code if leading else ""
    if leading:
        case.due_at = leading.due_at
    case.best_band = strongest(showing.bands(case.id))
    # Content of a sealed kind is opened one file at a time, with a reason: never in a list.
    sealed = any(book().kinds[r.kind].sealed for r in reports if r.kind in book().kinds)
    case.thumb_evidence_id = None if sealed else showing.thumb_of(case.id)
    case.ready = case.rank == URGENT or (_whole(case.id) and not _still(case))
    known = _known(case)
    case.points = placing.points(known, book())
    if not (case.queue_fixed and case.queue in book().queues.queue):
        case.queue, case.queue_fixed = placing.route(known, book()), False
    reorder(case)


def _moving(case: Case, kinds: Iterable[str]) -> str:
    """The best band that may move a case: what was found by a consent is shown and moves nothing, so that who keeps her
    face or her voice to herself waits no longer (CAC order 19 art 10)."""
    if not any(book().kinds[kind].biometric for kind in kinds if kind in book().kinds):
        return case.best_band
    return strongest(showing.bands(case.id, by_consent=False))


def reorder(case: Case) -> None:
    """Put the case where its queue, its points and its state want it within the queue."""
    case.order_at = placing.order_at(
        book().queues.of(case.queue),
        due_at=case.due_at,
        opened_at=case.opened_at,
        hours=placing.lead(case.points or [], book()),
        asked=case.state == "asked",
        book=book(),
    )


def _whole(case_id: str) -> bool:
    """Whether a notice of the case lacks nothing, so that there is something to decide."""
    found = exists().where(CaseReport.case_id == case_id, active(), CaseReport.notice == "complete")
    return bool(db.session.scalar(select(found)))


def _still(case: Case) -> bool:
    """Whether every clock stands still for a party."""
    found = exists().where(Clock.case_id == case.id, Clock.state == "paused")
    return case.due_code == "" and bool(db.session.scalar(select(found)))


def _known(case: Case) -> Known:
    rows = db.session.execute(
        select(
            Report.kind, Report.language, Standing.state, Standing.valid_from, Standing.valid_to, Reporter.email_index
        )
        .join(CaseReport, CaseReport.report_id == Report.id)
        .join(Standing, Standing.id == Report.standing_id)
        .join(Reporter, Reporter.id == Standing.reporter_id)
        .where(CaseReport.case_id == case.id, active())
    ).all()
    addresses, moment = {row.email_index for row in rows}, now()
    return Known(
        kind=case.kind,
        kinds=frozenset(row.kind for row in rows),
        priority=case.priority,
        rank=case.rank,
        band=_moving(case, [row.kind for row in rows]),
        languages=frozenset(row.language for row in rows),
        reporters=len(addresses),
        verified=any(standing_state(row, moment) == "verified" for row in rows),
        misused=case.rank != URGENT and "" not in addresses and misused(addresses),
    )
