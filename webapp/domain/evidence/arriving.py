"""Files on their way in pieces: announced, continued however often, and gone a day after the last piece.

Half a file is never evidence: only `whole` hands one out, and only `evidence.keep` registers what was made of it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.core.blobs import Blob, BlobStore
from webapp.core.clock import now
from webapp.core.db import after_commit, db, require_transaction, settings
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import new_id
from webapp.core.parts import Part, WholeFile, room, strays
from webapp.core.sealed import blind_index
from webapp.domain.evidence.models import Arriving

LIFE = timedelta(hours=24)  # as long as a draft lives without being touched (intake.service)
STRAY = timedelta(hours=1)  # its row was written, or deleted, long before
# What must stay free on the disk after the file is here: the database and everybody's previews need room too.
RESERVE = 1024**3
NAME_MAX, FIELD_MAX = 200, 60


def begin(owner: str, field: str, *, name: str, size: int, sign: str) -> Arriving:
    """Announce a file of `size` bytes; gives the upload to send the pieces to, and the earlier one if the same file
    (`sign`: what the sender's browser knows it by) was begun for the same place and did not get through.

    Raises Refused: 'upload_empty', 'upload_too_large' (limit), 'too_many_uploads' (limit), 'uploads_full' (limit; all
    limits but the number in bytes), 'no_room'.
    """
    require_transaction("arriving.begin")
    if size <= 0:
        raise Refused("upload_empty")
    if size > settings().max_bytes:
        raise Refused("upload_too_large", limit=settings().max_bytes)
    field, kept_sign = field[:FIELD_MAX], blind_index(f"{name}|{size}|{sign}")
    same = _begun(owner, field, kept_sign)
    if same is not None:
        return same
    mine = held(owner)
    if len(mine) >= settings().max_files:
        raise Refused("too_many_uploads", limit=settings().max_files)
    if sum(a.size for a in mine) + size > settings().max_arriving_bytes:
        raise Refused("uploads_full", limit=settings().max_arriving_bytes)
    if room(_store()) < size + RESERVE:
        raise Refused("no_room")
    row = Arriving(
        id=new_id(),
        owner=owner,
        field=field,
        name=name[:NAME_MAX],
        size=size,
        sign=kept_sign,
        began_at=now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # two pages announced the same file at once: the database says who was first
        found = _begun(owner, field, kept_sign)
        if found is None:
            raise
        return found
    part(row).create()  # should the commit fail, it is a stray and swept
    return row


def _begun(owner: str, field: str, sign: str) -> Arriving | None:
    """The same file, begun for the same place before; what lost its bytes begins at its beginning again."""
    same = (Arriving.owner == owner, Arriving.field == field, Arriving.sign == sign)
    row = db.session.scalar(select(Arriving).where(*same))
    if row is not None and part(row).size < 0:
        part(row).create()
    return row


def fits() -> bool:
    """Whether the disk can take more pieces: many files may be announced while it is still empty."""
    return room(_store()) >= RESERVE


def held(owner: str) -> list[Arriving]:
    """What is on its way for this draft, report or case, the oldest first; what lost its bytes is left out."""
    rows = db.session.scalars(select(Arriving).where(Arriving.owner == owner).order_by(Arriving.began_at, Arriving.id))
    return [row for row in rows if part(row).size >= 0]


def find(owner: str, upload_id: str) -> Arriving:
    """The upload of this owner. Raises NotFound('no_such_upload') alike for none, another's, and lost bytes."""
    row = db.session.get(Arriving, upload_id)
    if row is None or row.owner != owner or part(row).size < 0:
        raise NotFound("no_such_upload")
    return row


def part(row: Arriving) -> Part:
    """The bytes that are here."""
    return Part(_store(), row.id)


def whole(row: Arriving) -> WholeFile:
    """The file, once all of it is here. Raises Refused('upload_not_whole')."""
    found = part(row)
    if found.size != row.size:
        raise Refused("upload_not_whole")
    return found.open()


def arrived(blob: Blob) -> None:
    """What came in pieces was registered, or was here already: the way it came is forgotten."""
    require_transaction("arriving.arrived")
    row = db.session.get(Arriving, blob.part) if blob.part else None
    if row is not None:
        drop(row)


def drop(row: Arriving) -> None:
    """Its sender wants it no more, or it may not be kept."""
    require_transaction("arriving.drop")
    bytes_of = part(row)
    db.session.delete(row)
    after_commit(bytes_of.remove)


def drop_all(owner: str, but: Collection[str] = ()) -> None:
    """The draft, report or case takes no more; `but` names fields that stay."""
    for row in db.session.scalars(select(Arriving).where(Arriving.owner == owner)):
        if row.field not in but:
            drop(row)


def sweep(limit: int) -> int:
    """Erase what nobody went on with for a day, at most `limit`; gives how many."""
    require_transaction("arriving.sweep")
    old = db.session.scalars(
        select(Arriving).where(Arriving.began_at < now() - LIFE).order_by(Arriving.began_at).limit(limit)
    )
    gone = [row for row in old if part(row).size < 0 or part(row).age > LIFE]
    for row in gone:
        drop(row)
    return len(gone)


def sweep_strays() -> int:
    """Erase parts without a row; gives how many. Outside a transaction: nothing points at them."""
    known = set(db.session.scalars(select(Arriving.id)))
    found = strays(_store(), known, STRAY)
    for lost in found:
        lost.remove()
    return len(found)


def _store() -> BlobStore:
    return BlobStore(settings().blobs)
