"""Saying who speaks, for whom, on what basis, and what they allowed to be compared."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.core.sealed import blind_index
from webapp.domain.claimants.models import Claimant, Consent, Reporter, Standing

# The wording of the separate consent; a change of meaning gets a new version, kept with every consent given.
CONSENT_TEXT = "2026.11"


def identify(name: str, email: str, language: str) -> Reporter:
    """A reporter row. The same address is found again by its blind index, not by merging rows."""
    require_transaction("claimants.identify")
    reporter = Reporter(
        id=new_id(),
        name=name,
        email=email,
        email_index=blind_index(email) if email else "",
        language=language,
        created_at=now(),
    )
    db.session.add(reporter)
    return reporter


def stand(reporter: Reporter, basis: str, claimant_name: str) -> Standing:
    """The reporter's standing. With basis ANY there is no claimant; with SELF the claimant is the reporter."""
    require_transaction("claimants.stand")
    claimant = None
    if basis != "ANY":
        claimant = Claimant(id=new_id(), name=claimant_name or reporter.name, created_at=now())
        db.session.add(claimant)
    standing = Standing(id=new_id(), reporter=reporter, claimant=claimant, basis=basis, created_at=now())
    db.session.add(standing)
    return standing


def consent(standing: Standing, purpose: str, actor: Actor) -> Consent:
    """Record a separate consent to compare 'face' or 'voice'."""
    require_transaction("claimants.consent")
    given = Consent(id=new_id(), standing_id=standing.id, purpose=purpose, text_version=CONSENT_TEXT, given_at=now())
    db.session.add(given)
    record(actor, "consent.give", "standing", standing.id, purpose=purpose, text_version=CONSENT_TEXT)
    return given


def withdraw_consents(standing: Standing, actor: Actor) -> int:
    """Take back every consent given with this standing; gives how many. Detectors that need one stop using it."""
    require_transaction("claimants.withdraw_consents")
    in_force = select(Consent).where(Consent.standing_id == standing.id, Consent.withdrawn_at.is_(None))
    found = list(db.session.scalars(in_force))
    for given in found:
        given.withdrawn_at = now()
        record(actor, "consent.withdraw", "standing", standing.id, purpose=given.purpose)
    return len(found)
