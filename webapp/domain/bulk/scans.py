"""How far the detectors are with the items of a case."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.matching.models import Scan


def of(case: Case, state: str) -> list[str]:
    """Ids of the case's items that some detector could not look at ('failed'), or has still to look at ('queued')."""
    ids = [item.id for item in cases.evidence_of(case.id)]
    found = select(Scan.evidence_id).where(Scan.evidence_id.in_(ids), Scan.state == state)
    return sorted(set(db.session.scalars(found)))
