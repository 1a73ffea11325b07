"""Looking at consents."""

from __future__ import annotations

from sqlalchemy import exists, select

from webapp.core.db import db
from webapp.domain.claimants.models import Consent


def has_consent(standing_id: str) -> bool:
    """Whether a consent to compare a face or a voice is in force for this standing."""
    in_force = exists().where(Consent.standing_id == standing_id, Consent.withdrawn_at.is_(None))
    return bool(db.session.scalar(select(in_force)))
