"""Keeping evidence: an item goes in once, is never changed, and every touch is written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.blobs import Blob, BlobStore
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.evidence.models import Custody, Evidence, Preview


def store() -> BlobStore:
    """The installation's content-addressed store."""
    return BlobStore(settings().blobs)


def keep(
    blob: Blob,
    *,
    role: str,
    source: str,
    name: str,
    media_type: str,
    width: int | None,
    height: int | None,
    actor: Actor,
) -> Evidence:
    """Register a stored blob as evidence. Writes custody, posts `evidence.kept` (previews and scans follow)."""
    require_transaction("evidence.keep")
    item = Evidence(
        id=new_id(),
        role=role,
        source=source,
        sha256=blob.sha256,
        size=blob.size,
        media_type=media_type,
        width=width,
        height=height,
        name=name[:200],
        received_at=now(),
    )
    db.session.add(item)
    db.session.flush()  # custody rows point at it
    note(item.id, actor, "received", sha256=blob.sha256, size=blob.size, media_type=media_type)
    outbox.post("evidence.kept", evidence_id=item.id)
    return item


def note(evidence_id: str, actor: Actor, act: str, **facts: Any) -> None:
    """Add one line to the item's custody trail."""
    require_transaction("evidence.note")
    db.session.add(
        Custody(evidence_id=evidence_id, at=now(), actor_kind=actor.kind, actor_id=actor.id, act=act, facts=facts)
    )


def freeze(evidence_ids: Iterable[str], actor: Actor) -> None:
    """Freeze items before somebody decides on them; already frozen ones stay as they are."""
    require_transaction("evidence.freeze")
    ids = list(evidence_ids)
    fresh = list(db.session.scalars(select(Evidence.id).where(Evidence.id.in_(ids), Evidence.frozen_at.is_(None))))
    db.session.execute(update(Evidence).where(Evidence.id.in_(fresh)).values(frozen_at=now()))
    for evidence_id in fresh:
        note(evidence_id, actor, "frozen")


def drop(item: Evidence, actor: Actor) -> None:
    """Take back an item that was never sent. Raises Refused('evidence_frozen') for one that was decided on."""
    require_transaction("evidence.drop")
    if item.frozen_at is not None:
        raise Refused("evidence_frozen")
    item.dropped_at = now()
    record(actor, "evidence.drop", "evidence", item.id)


def add_preview(evidence_id: str, kind: str, blob: Blob, media_type: str, width: int, height: int) -> None:
    """Attach a re-encoded preview; a second one of the same kind is the same preview and is ignored."""
    require_transaction("evidence.add_preview")
    if db.session.get(Preview, (evidence_id, kind)) is None:
        db.session.add(
            Preview(
                evidence_id=evidence_id,
                kind=kind,
                sha256=blob.sha256,
                media_type=media_type,
                width=width,
                height=height,
            )
        )
