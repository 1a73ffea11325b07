"""Looking at standings and consents."""

from __future__ import annotations

from sqlalchemy import exists, select

from webapp.core.db import db, need
from webapp.domain.claimants.models import Consent, Standing


def get(standing_id: str) -> Standing:
    """The standing. Raises NotFound."""
    return need(Standing, standing_id, "no_such_standing")


def has_consent(report_id: str) -> bool:
    """Whether a consent to compare a face or a voice is in force for this report."""
    in_force = exists().where(Consent.report_id == report_id, Consent.withdrawn_at.is_(None))
    return bool(db.session.scalar(select(in_force)))
