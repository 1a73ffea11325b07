"""Files somebody sends outside the report form, with the form or in pieces before it: judged by their bytes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, request, url_for
from werkzeug.datastructures import FileStorage

from webapp.core.blobs import Blob, BlobWriter
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _
from webapp.core.parts import WholeFile
from webapp.core.requests import UploadRequest
from webapp.core.sizes import size_words
from webapp.domain.evidence import arriving, rules
from webapp.domain.evidence.models import Arriving
from webapp.domain.evidence.service import limits


@dataclass(frozen=True)
class Upload:
    """A file that may be kept; `store` puts it into the store, and gives what the evidence row points at."""

    name: str
    media_type: str
    width: int | None
    height: int | None
    stream: BlobWriter | WholeFile

    def store(self) -> Blob:
        """The stored bytes. An orphan, should its row not come to be, is swept."""
        return self.stream.keep()


@dataclass(frozen=True)
class Coming:
    """A file that is on its way in pieces, on the page that waits for it. `sent` and `size` in words."""

    id: str
    name: str
    sent: str
    size: str
    percent: int
    whole: bool
    address: str


@dataclass(frozen=True)
class Way:
    """How a page takes files: where large ones are announced, its limits, and what is on its way to it already."""

    to: str
    max_bytes: int
    max_files: int
    coming: dict[str, list[Coming]]


def way(owner: str, door: str, reference: str) -> Way:
    """How the page behind this door takes files."""
    settings = current_app.config["SETTINGS"]
    to = url_for("public.announce", door=door, reference=reference or None)
    return Way(to, settings.max_bytes, settings.max_files, coming(owner, door, reference))


def refusal_words(refusal: rules.Refusal) -> str:
    """Why a file is not taken, in the reader's language."""
    return str(_(rules.SENTENCES[refusal.code], **refusal.params))


def judge(upload: FileStorage) -> rules.Inspection | rules.Refusal:
    """What the file that came truly is, or why it is refused."""
    stream = cast(BlobWriter | WholeFile, upload.stream)
    if stream.overflowed:
        return rules.too_large(stream.size, limits())
    return rules.inspect(cast(Any, stream), upload.filename or "", limits())


def picked(field: str, owner: str = "") -> list[FileStorage]:
    """What somebody chose in this field of the form: sent with it, or by `owner` in pieces before (public/pieces)."""
    here = [upload for upload in request.files.getlist(field) if upload.filename]
    return here + [came(owner, upload_id) for upload_id in request.form.getlist(f"{field}_arrived") if owner]


def came(owner: str, upload_id: str) -> FileStorage:
    """A whole upload as if it came with the form. Raises Refused: 'file_gone', 'upload_not_whole'."""
    try:
        row = arriving.find(owner, upload_id)
    except NotFound:
        raise Refused("file_gone") from None
    stream = arriving.whole(row)
    cast(UploadRequest, request).close_later(stream)
    return FileStorage(stream=stream, filename=row.name)  # type: ignore[arg-type]  # reads and seeks as they do


def forget(upload: FileStorage) -> None:
    """Drop what came in pieces and may not be kept, so that the page does not offer it again."""
    if isinstance(upload.stream, WholeFile):
        with transaction():
            arriving.drop(db.session.get_one(Arriving, upload.stream.part.name))


def coming(owner: str, door: str, reference: str = "") -> dict[str, list[Coming]]:
    """What is on its way to each place of a page, to be gone on with: field → files."""
    found: dict[str, list[Coming]] = {}
    for row in arriving.held(owner):
        here = arriving.part(row).size
        address = url_for("public.piece", door=door, reference=reference or None, upload_id=row.id)
        line = Coming(
            row.id,
            row.name,
            size_words(here),
            size_words(row.size),
            here * 100 // row.size,
            here == row.size,
            address,
        )
        found.setdefault(row.field, []).append(line)
    return found


def judged(uploads: Sequence[FileStorage]) -> tuple[list[Upload], list[str]]:
    """What may be kept, and a sentence about each file that may not; what came in pieces and may not is dropped."""
    good, errors = [], []
    for upload in uploads:
        found = judge(upload)
        if isinstance(found, rules.Refusal):
            errors.append(_("%(name)s: %(why)s", name=upload.filename, why=refusal_words(found)))
            forget(upload)
            continue
        stream = cast(BlobWriter | WholeFile, upload.stream)
        name = upload.filename or ""
        good.append(Upload(name, found.media_type, found.width or None, found.height or None, stream))
    return good, errors
