"""Looking at stay-down: blocks of a case, blocks on a file, what was seen again, what a case found to violate."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db
from webapp.domain.cases.families import family
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import ReportEvidence
from webapp.domain.staydown.models import Block, BlockedItem, Sighting


def standing_verdict(case_id: str) -> Decision | None:
    """The newest decision that is not provisional: what the case stands at."""
    return next((d for d in reversed(decisions.all_of(case_id)) if d.stage != "interim"), None)


def standing_verdicts(case_ids: Collection[str]) -> dict[str, Decision]:
    """`standing_verdict` of several cases, with their cases, in one query; cases without one are missing."""
    rows = db.session.scalars(
        select(Decision)
        .where(Decision.case_id.in_(case_ids), Decision.stage != "interim")
        .options(joinedload(Decision.case))
        .order_by(Decision.case_id, Decision.case_version)
    )
    return {decision.case_id: decision for decision in rows}


def violating(case_id: str) -> list[str]:
    """The reported files of the reports a standing verdict supports; empty when it is anything but upheld."""
    standing = standing_verdict(case_id)
    if standing is None or standing.verdict != "upheld":
        return []
    supported = [f.report_id for f in standing.findings if f.answer == "supported"]
    return list(
        db.session.scalars(
            select(Evidence.id)
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .where(ReportEvidence.report_id.in_(supported), Evidence.role == "alleged", Evidence.dropped_at.is_(None))
            .distinct()
            .order_by(Evidence.id)
        )
    )


def decided_at(case_id: str) -> datetime:
    """When the standing verdict was made; now, if there is none."""
    standing = standing_verdict(case_id)
    return standing.decided_at if standing else now()


def alleged(case_id: str) -> list[str]:
    """Every reported file of the case."""
    return list(
        db.session.scalars(
            select(Evidence.id)
            .join(ReportEvidence, ReportEvidence.evidence_id == Evidence.id)
            .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
            .where(CaseReport.case_id == case_id, Evidence.role == "alleged")
        )
    )


def in_force() -> ColumnElement[bool]:
    """A condition on Block: it keeps content out now."""
    return and_(Block.ended_at.is_(None), or_(Block.ends_at.is_(None), Block.ends_at > now()))


def open_blocks(case_id: str) -> list[Block]:
    """Blocks of the case that nobody ended yet."""
    return list(db.session.scalars(select(Block).where(Block.case_id == case_id, Block.ended_at.is_(None))))


def blocks_of(case_id: str) -> list[Block]:
    """All blocks of the case, oldest first."""
    return list(db.session.scalars(select(Block).where(Block.case_id == case_id).order_by(Block.starts_at, Block.id)))


def open_blocks_among(case_ids: Collection[str]) -> dict[str, list[Block]]:
    """`open_blocks` of several cases in one query, oldest first; cases without one are missing."""
    found: dict[str, list[Block]] = {}
    rows = select(Block).where(Block.case_id.in_(case_ids), Block.ended_at.is_(None))
    for block in db.session.scalars(rows.order_by(Block.starts_at, Block.id)):
        found.setdefault(block.case_id, []).append(block)
    return found


def blocks_on(evidence_id: str) -> list[Block]:
    """Blocks in force that this file belongs to."""
    return list(
        db.session.scalars(
            select(Block)
            .join(BlockedItem, BlockedItem.block_id == Block.id)
            .where(BlockedItem.evidence_id == evidence_id, in_force())
            .order_by(Block.starts_at, Block.id)
        )
    )


def blocked_as(sha256: str) -> list[Block]:
    """Blocks in force on content with exactly these bytes (hex SHA-256), with their cases."""
    return list(
        db.session.scalars(
            select(Block)
            .join(BlockedItem, BlockedItem.block_id == Block.id)
            .join(Evidence, Evidence.id == BlockedItem.evidence_id)
            .where(Evidence.sha256 == sha256, in_force())
            .options(joinedload(Block.case))
            .order_by(Block.starts_at, Block.id)
        )
        .unique()
        .all()
    )


def sightings_of(case_id: str) -> list[Sighting]:
    """Where content blocked by this case was seen again, oldest first, with the cases it was seen in."""
    return list(
        db.session.scalars(
            select(Sighting)
            .join(Block, Block.id == Sighting.block_id)
            .where(Block.case_id == case_id)
            .options(joinedload(Sighting.case), joinedload(Sighting.block))
            .order_by(Sighting.seen_at, Sighting.number)
        )
    )


def seen_in(case_id: str) -> list[Sighting]:
    """What blocked content was seen in this case, oldest first, with the blocks and their cases."""
    return list(
        db.session.scalars(
            select(Sighting)
            .where(Sighting.case_id.in_(family(case_id)))
            .options(joinedload(Sighting.block).joinedload(Block.case))
            .order_by(Sighting.seen_at, Sighting.number)
        )
    )


def cases_with(evidence_ids: Collection[str]) -> dict[str, Case]:
    """The newest case each reported file is in, by file."""
    rows = db.session.execute(
        select(ReportEvidence.evidence_id, Case)
        .join(CaseReport, CaseReport.report_id == ReportEvidence.report_id)
        .join(Case, Case.id == CaseReport.case_id)
        .where(ReportEvidence.evidence_id.in_(evidence_ids))
        .order_by(CaseReport.joined_at, CaseReport.case_id)
    )
    return {evidence_id: case for evidence_id, case in rows}


def case_with(evidence_id: str) -> str | None:
    """The newest case a reported file is in; None when it is in none."""
    found = cases_with([evidence_id]).get(evidence_id)
    return found.id if found else None
