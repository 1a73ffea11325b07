"""Looking at evidence: which items wait to be erased."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db
from webapp.domain.evidence.models import Evidence

# A worker that began to look at an item before it was taken back is done long before (a look is bounded at 15 s a
# detector), so nothing is written down about it after it was erased.
SETTLED = timedelta(hours=1)


def to_erase(limit: int) -> list[str]:
    """Ids of items taken back more than an hour ago whose bytes are still here, oldest first."""
    return list(
        db.session.scalars(
            select(Evidence.id)
            .where(
                Evidence.dropped_at < now() - SETTLED,
                Evidence.erased_at.is_(None),
                Evidence.frozen_at.is_(None),
            )
            .order_by(Evidence.dropped_at, Evidence.id)
            .limit(limit)
        )
    )
