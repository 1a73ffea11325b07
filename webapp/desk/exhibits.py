"""What the desk looks up about files: whose they are, their previews, who saw them, which need a reason to open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.domain.cases.models import CaseReport
from webapp.domain.claimants.models import StandingProof
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.policy.queries import book
from webapp.domain.registry.models import RegistrationItem
from webapp.domain.reports.models import Report, ReportEvidence

OPENED = "opened"  # the custody act of looking at an item of a sealed kind, with a reason
# What browsers play as it came, by the type a file's own bytes say: for an installation that cannot re-encode.
PLAYED = frozenset(
    {
        *("video/mp4", "video/quicktime", "video/webm"),
        *("audio/mp4", "audio/aac", "audio/mpeg", "audio/wav", "audio/ogg", "audio/flac"),
    }
)
PAPER = "proof"  # the role of what shows a standing or a right


def items_by_report(case_id: str) -> dict[str, list[tuple[str, str]]]:
    """(evidence id, what it is said to show: a code or its role) of each report of the case, in the order they came."""
    rows = db.session.execute(
        select(ReportEvidence.report_id, ReportEvidence.evidence_id, ReportEvidence.code, Evidence.role)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
        .where(CaseReport.case_id == case_id, Evidence.dropped_at.is_(None))
        .order_by(ReportEvidence.added_at, ReportEvidence.evidence_id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for report_id, evidence_id, code, role in rows:
        found.setdefault(report_id, []).append((evidence_id, code or role))
    return found


def papers_of(standing_ids: Iterable[str]) -> list[Evidence]:
    """The papers of these standings with their previews: a standing used again shows them in the later case too."""
    statement = (
        select(Evidence)
        .join(StandingProof, StandingProof.evidence_id == Evidence.id)
        .where(StandingProof.standing_id.in_(set(standing_ids)), Evidence.dropped_at.is_(None))
        .options(joinedload(Evidence.previews))
        .order_by(Evidence.received_at, Evidence.id)
    )
    return list(db.session.scalars(statement).unique())


def sealed(evidence_id: str) -> bool:
    """Whether the item is content or a reference in a case with a report of a sealed kind: then it is opened with a
    reason only. Papers for a standing show no such content."""
    return bool(sealed_among([evidence_id]))


def sealed_among(evidence_ids: Iterable[str]) -> set[str]:
    """Those of these items that are `sealed`, in one query."""
    wanted = set(evidence_ids)
    kinds = [code for code, kind in book().kinds.items() if kind.sealed]
    if not wanted or not kinds:
        return set()
    beside = aliased(CaseReport)
    return set(
        db.session.scalars(
            select(ReportEvidence.evidence_id)
            .distinct()
            .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
            .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
            .join(beside, beside.case_id == CaseReport.case_id)
            .join(Report, Report.id == beside.report_id)
            .where(ReportEvidence.evidence_id.in_(wanted), Evidence.role != PAPER, Report.kind.in_(kinds))
        )
    )


def evidence_by_ids(evidence_ids: Iterable[str]) -> list[Evidence]:
    """These items with their previews, oldest first; what was taken back or erased is left out."""
    wanted = set(evidence_ids)
    if not wanted:
        return []
    statement = (
        select(Evidence)
        .where(Evidence.id.in_(wanted), Evidence.dropped_at.is_(None), Evidence.erased_at.is_(None))
        .options(joinedload(Evidence.previews))
        .order_by(Evidence.received_at, Evidence.id)
    )
    return list(db.session.scalars(statement).unique())


def opened(case_id: str, staff_id: str, since: datetime) -> set[str]:
    """Items of the case this person opened, with a reason, since then."""
    rows = db.session.scalars(
        select(Custody.evidence_id)
        .join(ReportEvidence, ReportEvidence.evidence_id == Custody.evidence_id)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .where(
            CaseReport.case_id == case_id,
            Custody.act == OPENED,
            Custody.actor_id == staff_id,
            Custody.at >= since,
        )
    )
    return set(rows)


def _sent(evidence_id: str) -> ColumnElement[bool]:
    """A condition: the item came with a report, or is a reference of what is registered."""
    return or_(
        exists().where(ReportEvidence.evidence_id == evidence_id),
        exists().where(RegistrationItem.evidence_id == evidence_id),
    )


def item_of(evidence_id: str) -> Evidence:
    """An item that belongs to a report or a registration (drafts are nobody's to see). Raises NotFound."""
    found = db.session.scalar(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.dropped_at.is_(None), _sent(evidence_id))
    )
    if found is None:
        raise NotFound("no_such_media")
    return found


def preview_of(evidence_id: str, kind: str) -> Preview:
    """A preview of an item that belongs to a report or a registration (drafts are nobody's). Raises NotFound."""
    found = db.session.scalar(
        select(Preview)
        .join(Evidence, Evidence.id == Preview.evidence_id)
        .where(
            Preview.evidence_id == evidence_id,
            Preview.kind == kind,
            Evidence.dropped_at.is_(None),
            _sent(evidence_id),
        )
    )
    if found is None:
        raise NotFound("no_such_media")
    return found


def shown_since(evidence_id: str, staff_id: str, moment: datetime, act: str = "shown") -> bool:
    """Whether the custody trail already says that this person was shown the item (or opened it) since `moment`."""
    return (
        db.session.scalar(
            select(Custody.id)
            .where(
                Custody.evidence_id == evidence_id,
                Custody.act == act,
                Custody.actor_id == staff_id,
                Custody.at >= moment,
            )
            .limit(1)
        )
        is not None
    )
