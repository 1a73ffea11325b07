"""Keeping evidence: an item goes in once, is never changed, and every touch is written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, select, update

from webapp.core import outbox
from webapp.core.audit import Actor, record, wait_for_turn
from webapp.core.blobs import Blob, BlobStore
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.evidence import arriving
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.rules import Limits


def store() -> BlobStore:
    """The installation's content-addressed store."""
    return BlobStore(settings().blobs)


def limits() -> Limits:
    """What one file may be, from the settings."""
    now_set = settings()
    return Limits(
        max_bytes=now_set.max_file_bytes,
        max_pixels=now_set.max_pixels,
        max_recording_bytes=now_set.max_recording_bytes,
        max_seconds=now_set.max_recording_minutes * 60,
    )


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
    """Register a stored blob as evidence. Writes custody, posts `evidence.kept` (previews and scans follow).

    Raises Refused('file_gone') when the same content was being erased meanwhile: it has to be sent once more.
    """
    require_transaction("evidence.keep")
    _must_be_there(blob)
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
    came = {"part": blob.part} if blob.part else {}
    note(item.id, actor, "received", sha256=blob.sha256, size=blob.size, media_type=media_type, **came)
    arriving.arrived(blob)
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


def add_preview(
    evidence_id: str, kind: str, blob: Blob, media_type: str, width: int, height: int, seconds: float | None = None
) -> None:
    """Attach a re-encoded preview; a second one of the same kind is the same preview and is ignored.

    `seconds`: how much of a recording it spans. Raises Refused('file_gone') as `keep` does.
    """
    require_transaction("evidence.add_preview")
    _must_be_there(blob)
    if db.session.get(Preview, (evidence_id, kind)) is None:
        db.session.add(
            Preview(
                evidence_id=evidence_id,
                kind=kind,
                sha256=blob.sha256,
                media_type=media_type,
                width=width,
                height=height,
                seconds=seconds,
            )
        )


def discard(hashes: Collection[str]) -> None:
    """Erase what was stored and is nobody's: previews that were made and are not needed (any more). What an item or
    another preview still uses stays."""
    require_transaction("evidence.discard")
    wait_for_turn()
    db.session.flush()
    for sha256 in set(hashes) - _used(hashes):
        store().remove(sha256)


def erase(evidence_ids: Collection[str], actor: Actor) -> None:
    """Erase bytes, previews and names of items that were taken back; rows, hashes and custody stay.

    A file that another item or preview still uses stays too. Raises Refused('evidence_in_use') for an item that was
    not taken back or was frozen. What detectors keep of an item is another room's: see matching.service.forget.
    """
    require_transaction("evidence.erase")
    wait_for_turn()
    items = list(
        db.session.scalars(select(Evidence).where(Evidence.id.in_(evidence_ids), Evidence.erased_at.is_(None)))
    )
    if any(item.dropped_at is None or item.frozen_at is not None for item in items):
        raise Refused("evidence_in_use")
    ids = [item.id for item in items]
    hashes = {item.sha256 for item in items}
    hashes.update(db.session.scalars(select(Preview.sha256).where(Preview.evidence_id.in_(ids))))
    db.session.execute(delete(Preview).where(Preview.evidence_id.in_(ids)))
    for item in items:
        item.erased_at, item.name = now(), ""
        note(item.id, actor, "erased")
        record(actor, "evidence.erase", "evidence", item.id)
    db.session.flush()
    # Inside the transaction on purpose: nobody can register the same content between the question and the answer.
    # Should the commit fail, the files are gone and the rows still say "to erase"; the next sweep says it right.
    for sha256 in hashes - _used(hashes):
        store().remove(sha256)


def _used(hashes: Collection[str]) -> set[str]:
    """Those of the hashes that an item not erased, or any preview, still needs."""
    kept = select(Evidence.sha256).where(Evidence.sha256.in_(hashes), Evidence.erased_at.is_(None))
    shown = select(Preview.sha256).where(Preview.sha256.in_(hashes))
    return {*db.session.scalars(kept), *db.session.scalars(shown)}


def _must_be_there(blob: Blob) -> None:
    """The bytes are stored before the transaction opens; `erase` may have removed the same content since."""
    wait_for_turn()
    if not store().path(blob.sha256).exists():
        raise Refused("file_gone")
