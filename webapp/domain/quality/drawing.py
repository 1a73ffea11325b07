"""Which decided cases are looked at again, and whom each may go to: somebody new, impartial, able to read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id, new_reference
from webapp.domain.cases.models import Case, CaseReport, CaseTouch
from webapp.domain.decisions.models import Decision
from webapp.domain.policy.queries import book
from webapp.domain.quality import queries, rules
from webapp.domain.quality.models import BlindLook, GoldenCase
from webapp.domain.queues import interests
from webapp.domain.queues.rules import barred
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff

POOL = 3  # of the drawn cases somebody may get, so many of the oldest are in the lot with the golden ones
SEEN = 60  # drawn cases looked through for somebody's next


def draw(decision: Decision) -> BlindLook | None:
    """Put a first decision into the sample, or not, as the lot of its id and the rate of its queue say. A repeat draws
    nothing new. Sealed content is left out unless the book says otherwise."""
    require_transaction("quality.draw")
    case, chapter = decision.case, book().quality.sample
    if decision.stage != "first" or not rules.drawn(decision.id, chapter.of(case.queue)):
        return None
    kinds = set(db.session.scalars(_kinds_of(case.id)))
    sealed = any(code in book().kinds and book().kinds[code].sealed for code in kinds)
    if (sealed and not chapter.sealed) or db.session.scalar(_drawn(decision.id)):
        return None
    look = BlindLook(
        id=new_id(),
        reference=new_reference("Q"),
        case_id=case.id,
        decision_id=decision.id,
        kind=decision.ground or case.kind,
        queue=case.queue,
        state=rules.LOOK.start,
        drawn_at=now(),
        first_findings={finding.report_id: finding.answer for finding in decision.findings},
        first_ground=decision.ground,
    )
    db.session.add(look)
    record(SYSTEM, "look.draw", "look", look.id)
    return look


def next_for(staff: Staff, outside: Collection[str] = ()) -> BlindLook | GoldenCase | None:
    """What this person is given next, of the drawn cases and the golden ones they never had; None when nothing waits.

    `outside`: cases they must not be given, such as those with an open appeal. Never what they worked on or have an
    interest in, what they cannot read or were not trained for. Which of the two sorts comes next shows no pattern.
    """
    drawn = _waiting(staff, outside)
    golden = [one for one in queries.unanswered(staff.id) if one.case_id not in outside]
    ids = [one.case_id for one in drawn] + [one.case_id for one in golden]
    languages, touched = _languages(ids), _touched(ids)
    conflicts = interests.of_interest(staff.id, ids)
    active = set(db.session.scalars(select(Staff.id).where(Staff.active)))
    left = book().quality.sample.left_for_appeal

    def fits(case: Case) -> bool:
        if case.id in conflicts or staff.id in touched.get(case.id, ()):
            return False
        closed = barred(book().queues.of(case.queue), staff.role, staff.skills, staff.reads)
        return not closed and languages.get(case.id, set()) <= set(staff.reads)

    def leaves_others(case: Case) -> bool:
        return len(active - touched.get(case.id, set()) - {staff.id}) >= left

    free = [one for one in drawn if fits(one.case) and leaves_others(one.case)]
    pool: list[BlindLook | GoldenCase] = [*free[:POOL], *(one for one in golden if fits(one.case))]
    return min(pool, key=lambda one: rules.lot(staff.id, one.id), default=None)


def _waiting(staff: Staff, outside: Collection[str]) -> list[BlindLook]:
    """The oldest drawn cases that somebody else decided, and those another one has held for too long."""
    chapter, moment = book().quality.sample, now()
    touched = exists().where(CaseTouch.case_id == BlindLook.case_id, CaseTouch.staff_id == staff.id)
    forgotten = and_(
        BlindLook.state == "taken",
        BlindLook.taken_at < moment - timedelta(hours=chapter.hold_hours),
        BlindLook.golden_id.is_(None),
    )
    return list(
        db.session.scalars(
            select(BlindLook)
            .join(Decision, Decision.id == BlindLook.decision_id)
            .where(
                or_(BlindLook.state == "waiting", forgotten),
                queries.OPEN,
                BlindLook.drawn_at >= moment - timedelta(days=chapter.lapse_days),
                Decision.staff_id != staff.id,
                BlindLook.case_id.not_in(outside),
                ~touched,
            )
            .options(joinedload(BlindLook.case))
            .order_by(BlindLook.drawn_at, BlindLook.id)
            .limit(SEEN)
        )
    )


def _languages(case_ids: Collection[str]) -> dict[str, set[str]]:
    """The languages of each case's reports."""
    rows = select(CaseReport.case_id, Report.language).join(Report, Report.id == CaseReport.report_id)
    return _grouped(rows.where(CaseReport.case_id.in_(case_ids)))


def _touched(case_ids: Collection[str]) -> dict[str, set[str]]:
    """Who worked on each case."""
    return _grouped(select(CaseTouch.case_id, CaseTouch.staff_id).where(CaseTouch.case_id.in_(case_ids)))


def _grouped(pairs: Select[*tuple[Any, ...]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, value in db.session.execute(pairs):
        found.setdefault(key, set()).add(value)
    return found


def _kinds_of(case_id: str) -> Select[*tuple[Any, ...]]:
    return select(Report.kind).join(CaseReport, CaseReport.report_id == Report.id).where(CaseReport.case_id == case_id)


def _drawn(decision_id: str) -> Select[*tuple[Any, ...]]:
    return select(BlindLook.id).where(BlindLook.decision_id == decision_id, BlindLook.golden_id.is_(None))
