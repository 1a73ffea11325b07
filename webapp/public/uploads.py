"""Files either party sends outside the report form: all are judged by their bytes before any of them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import request
from werkzeug.datastructures import FileStorage

from webapp.core.blobs import Blob, BlobWriter
from webapp.core.i18n import _
from webapp.domain.evidence import rules
from webapp.public.files import judge, refusal_words


@dataclass(frozen=True)
class Upload:
    """A file that may be kept; `store` puts it into the store, and gives what the evidence row points at."""

    name: str
    media_type: str
    width: int | None
    height: int | None
    stream: BlobWriter

    def store(self) -> Blob:
        """The stored bytes. An orphan, should its row not come to be, is swept."""
        return self.stream.keep()


def picked(field: str) -> list[FileStorage]:
    """What somebody chose in this field of the form."""
    return [upload for upload in request.files.getlist(field) if upload.filename]


def judged(uploads: Sequence[FileStorage]) -> tuple[list[Upload], list[str]]:
    """What may be kept, and a sentence about each file that may not."""
    good, errors = [], []
    for upload in uploads:
        found = judge(upload)
        if isinstance(found, rules.Refusal):
            errors.append(_("%(name)s: %(why)s", name=upload.filename, why=refusal_words(found)))
            continue
        stream = cast(BlobWriter, upload.stream)
        name = upload.filename or ""
        good.append(Upload(name, found.media_type, found.width or None, found.height or None, stream))
    return good, errors
