"""Saying who speaks, for whom, on what basis and what proves it, and what they allowed to be compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.core.sealed import blind_index
from webapp.domain.claimants.models import Claimant, Consent, Reporter, Standing, StandingProof
from webapp.domain.claimants.rules import LEVELS
from webapp.domain.evidence.models import Evidence
from webapp.domain.policy.queries import book

# The wording of the separate consent; a change of meaning gets a new version, kept with every consent given.
CONSENT_TEXT = "2026.11-3"


def identify(name: str, email: str, language: str, postal_address: str = "") -> Reporter:
    """A reporter row. The same address is found again by its blind index, not by merging rows."""
    require_transaction("claimants.identify")
    reporter = Reporter(
        id=new_id(),
        name=name,
        email=email,
        email_index=blind_index(email) if email else "",
        language=language,
        postal_address=postal_address,
        created_at=now(),
    )
    db.session.add(reporter)
    return reporter


def stand(
    reporter: Reporter,
    basis: str,
    claimant_name: str,
    *,
    matters: str = "",
    scope: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    declarations: Collection[str] = (),
    prior_arrangement: str = "",
    registry_ref: str = "",
) -> Standing:
    """The reporter's standing as claimed. With basis ANY there is no claimant; with SELF the claimant is the reporter.

    `declarations` are codes of evidence.toml; `scope` codes of kinds (empty: every kind).
    """
    require_transaction("claimants.stand")
    claimant = None
    if basis != "ANY":
        claimant = Claimant(id=new_id(), name=claimant_name or reporter.name, created_at=now())
        db.session.add(claimant)
    standing = Standing(
        id=new_id(),
        reporter=reporter,
        claimant=claimant,
        basis=basis,
        matters=matters,
        scope=list(scope),
        valid_from=valid_from,
        valid_to=valid_to,
        declarations=list(declarations),
        prior_arrangement=prior_arrangement,
        registry_ref=registry_ref,
        created_at=now(),
    )
    db.session.add(standing)
    return standing


def amend(standing: Standing, actor: Actor, **changes: Any) -> Standing:
    """The reporter adds to what was claimed: matters, scope, valid_from, valid_to, declarations, prior_arrangement,
    registry_ref.

    What a person has checked is never changed by a claim: then a new standing of the same reporter for the same
    claimant is made, and given back.
    """
    require_transaction("claimants.amend")
    if standing.state != "claimed":
        fields = ("matters", "scope", "valid_from", "valid_to", "declarations", "prior_arrangement", "registry_ref")
        kept = {name: getattr(standing, name) for name in fields}
        before, standing = (
            standing,
            Standing(
                id=new_id(),
                reporter=standing.reporter,
                claimant=standing.claimant,
                basis=standing.basis,
                created_at=now(),
                **kept,
            ),
        )
        db.session.add(standing)
        db.session.flush()  # proofs and reports point at it
        record(actor, "standing.claim_again", "standing", standing.id, before=before.id)
    for name, value in changes.items():
        setattr(standing, name, value)
    return standing


def prove(standing: Standing, item: Evidence, code: str) -> None:
    """Add a paper that is said to prove the standing (`code` of evidence.toml); a repeat changes nothing."""
    require_transaction("claimants.prove")
    if db.session.get(StandingProof, (standing.id, item.id)) is None:
        proof = StandingProof(standing_id=standing.id, evidence_id=item.id, code=code, added_at=now())
        standing.proofs.append(proof)
        actor = Actor("reporter", standing.reporter_id or standing.reporter.id)
        record(actor, "standing.prove", "standing", standing.id, code=code, evidence=item.id)


def verify(
    standing: Standing,
    actor: Actor,
    level: str,
    scope: Sequence[str] | None = None,
    valid_to: datetime | None = None,
) -> None:
    """A person checked the papers: from now on later reports may rest on it, within `scope`, until `valid_to`.

    `scope` None keeps what was claimed. Without `valid_to` it holds as long as claimed, at most the book's days for
    the basis. Raises Refused: 'level_unknown', 'scope_unknown' (kind), 'term_over' (it would have ended already),
    'term_missing' (the book wants an end for this basis, and none was claimed or given).
    """
    require_transaction("claimants.verify")
    moment, basis = now(), book().standing[standing.basis]
    if level not in LEVELS:
        raise Refused("level_unknown")
    wanted = list(standing.scope if scope is None else scope)
    if unknown := set(wanted) - set(book().kinds):
        raise Refused("scope_unknown", kind=min(unknown))
    ends = [valid_to or standing.valid_to, moment + timedelta(days=basis.days) if basis.days else None]
    end = min((e for e in ends if e is not None), default=None)
    if end is None and basis.expires:
        raise Refused("term_missing")
    if end is not None and end <= moment:
        raise Refused("term_over")
    standing.state, standing.level, standing.scope, standing.valid_to = "verified", level, wanted, end
    standing.checked_by_id, standing.checked_at, standing.refusal = actor.id, moment, ""
    until = end.isoformat() if end else ""
    record(actor, "standing.verify", "standing", standing.id, level=level, scope=wanted, until=until)


def refuse(standing: Standing, actor: Actor, why: str) -> None:
    """A person checked the papers and they do not show it. Raises Refused('refusal_missing') without a reason."""
    require_transaction("claimants.refuse")
    if not why.strip():
        raise Refused("refusal_missing")
    standing.state, standing.level, standing.refusal = "refused", "V0", why.strip()
    standing.checked_by_id, standing.checked_at = actor.id, now()
    record(actor, "standing.refuse", "standing", standing.id)


def consent(standing: Standing, purpose: str, actor: Actor, report_id: str | None = None) -> Consent:
    """Record a separate consent to compare 'face' or 'voice', for one report only."""
    require_transaction("claimants.consent")
    given = Consent(
        id=new_id(),
        standing_id=standing.id,
        report_id=report_id,
        purpose=purpose,
        text_version=CONSENT_TEXT,
        given_at=now(),
    )
    db.session.add(given)
    record(actor, "consent.give", "standing", standing.id, purpose=purpose, text_version=CONSENT_TEXT)
    return given


def withdraw_consents(standing: Standing, actor: Actor, report_id: str | None = None) -> int:
    """Take back the consents given with this standing (for one report, or for all); gives how many. Detectors that
    need one stop using it. Posts `consent.withdrawn` for each report: a letter confirms it."""
    require_transaction("claimants.withdraw_consents")
    in_force = select(Consent).where(Consent.standing_id == standing.id, Consent.withdrawn_at.is_(None))
    if report_id is not None:
        in_force = in_force.where(Consent.report_id == report_id)
    found = list(db.session.scalars(in_force))
    for given in found:
        given.withdrawn_at = now()
        record(actor, "consent.withdraw", "standing", standing.id, purpose=given.purpose)
    for named in sorted({given.report_id for given in found if given.report_id}):
        outbox.post("consent.withdrawn", report_id=named)
    return len(found)
