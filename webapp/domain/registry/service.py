"""Registering works and virtual humans, adding their reference files, ending them. The index follows by message."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.blobs import Blob
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.rules import Inspection
from webapp.domain.registry.models import Registration, RegistrationItem
from webapp.domain.registry.rules import Entry, check


def register(entry: Entry, actor: Actor) -> tuple[Registration, bool]:
    """The registration under this number, and whether it is new. Raises Refused: what `rules.check` says, or
    'registration_number_taken' when something else is registered under the number."""
    require_transaction("registry.register")
    entry = entry.trimmed()
    registered_at = check(entry, now().date())
    known = db.session.scalar(select(Registration).where(Registration.number == entry.number))
    if known is not None:
        if (known.kind, known.title, known.holder) != (entry.kind, entry.title, entry.holder):
            raise Refused("registration_number_taken", number=entry.number)
        return known, False
    made = Registration(
        id=new_id(),
        number=entry.number,
        kind=entry.kind,
        title=entry.title,
        holder=entry.holder,
        registered_at=registered_at,
        added_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    record(actor, "registration.add", "registration", made.id, number=made.number, kind=made.kind)
    return made, True


def add_item(
    registration: Registration, blob: Blob, found: Inspection, name: str, actor: Actor
) -> tuple[Evidence, bool]:
    """Add an inspected and stored file; the same file twice is one. Gives the item and whether it is new.

    Raises Refused('registration_ended'), or 'file_gone' as `evidence.keep` does. Posts `registry.changed`.
    """
    require_transaction("registry.add_item")
    if registration.state != "active":
        raise Refused("registration_ended")
    known = db.session.scalar(
        select(Evidence)
        .join(RegistrationItem, RegistrationItem.evidence_id == Evidence.id)
        .where(RegistrationItem.registration_id == registration.id, Evidence.sha256 == blob.sha256)
    )
    if known is not None:
        return known, False
    item = evidence.keep(
        blob,
        role="reference",
        source="registry",
        name=name,
        media_type=found.media_type,
        width=found.width or None,
        height=found.height or None,
        actor=actor,
    )
    db.session.add(RegistrationItem(registration_id=registration.id, evidence_id=item.id, added_at=now()))
    record(actor, "registration.add_item", "registration", registration.id, evidence=item.id)
    outbox.post("registry.changed", registration_id=registration.id)
    return item, True


def end(registration: Registration, actor: Actor) -> None:
    """End a registration: nothing is looked up against it any more. Posts `registry.changed`.

    Raises Refused('registration_ended').
    """
    require_transaction("registry.end")
    if registration.state != "active":
        raise Refused("registration_ended")
    registration.state, registration.ended_at = "ended", now()
    record(actor, "registration.end", "registration", registration.id)
    outbox.post("registry.changed", registration_id=registration.id)
