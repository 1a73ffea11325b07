"""Looking at standings and consents."""

from __future__ import annotations

from sqlalchemy import exists, select

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.domain.claimants.models import Consent, Reporter, Standing
from webapp.domain.claimants.rules import state


def get(standing_id: str) -> Standing:
    """The standing. Raises NotFound."""
    return need(Standing, standing_id, "no_such_standing")


def has_consent(report_id: str) -> bool:
    """Whether a consent to compare a face or a voice is in force for this report."""
    in_force = exists().where(Consent.report_id == report_id, Consent.withdrawn_at.is_(None))
    return bool(db.session.scalar(select(in_force)))


def reusable(standing_id: str) -> Standing | None:
    """The standing if a later report may rest on it as it is: checked by a person, and not expired.

    It opens nothing by itself: a face passes only ids the session may use (a report it opened with its secret).
    """
    found = db.session.get(Standing, standing_id)
    return found if found is not None and state(found, now()) == "verified" else None


def standings_of(reporter_index: str) -> list[Standing]:
    """Every standing claimed from this address (its blind index), newest first; none for the anonymous index ''."""
    if not reporter_index:
        return []
    return list(
        db.session.scalars(
            select(Standing)
            .join(Reporter, Reporter.id == Standing.reporter_id)
            .where(Reporter.email_index == reporter_index)
            .order_by(Standing.created_at.desc(), Standing.id)
        )
    )
