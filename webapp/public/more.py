"""What the pages of reporter and respondent share: a message of a thread; and files a reporter adds of her own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from werkzeug.datastructures import FileStorage

from webapp.core.blobs import BlobWriter
from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _, when
from webapp.core.parts import WholeFile
from webapp.domain.cases.models import Message
from webapp.domain.evidence import rules
from webapp.domain.intake import service as intake
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.public.errors import words
from webapp.public.show import ROLES
from webapp.public.uploads import forget, judge, refusal_words


@dataclass(frozen=True)
class Line:
    """One message of a thread."""

    text: str
    mine: bool
    when: str
    iso: str


def line(message: Message) -> Line:
    """A message as its party sees it; the reviewer's name is not shown."""
    return Line(message.text, message.sent_by == "party", when(message.sent_at), message.sent_at.isoformat())


def add(report: Report, uploads: Sequence[FileStorage], role: str) -> tuple[int, list[str]]:
    """Keep late files of a report: (how many, sentences about those refused). The case must still be open."""
    picked = [upload for upload in uploads if upload.filename]
    if not picked or role not in ROLES:
        return 0, [_("No file arrived. Please choose it again.")]
    kept, errors = 0, []
    for upload in picked:
        found = judge(upload)
        if isinstance(found, rules.Refusal):
            errors.append(_("%(name)s: %(why)s", name=upload.filename, why=refusal_words(found)))
            forget(upload)
            continue
        blob = cast(BlobWriter | WholeFile, upload.stream).keep()
        try:
            with transaction():
                intake.add_late(
                    reports.get(report.id),
                    blob,
                    role=role,
                    name=upload.filename or "",
                    media_type=found.media_type,
                    width=found.width or None,
                    height=found.height or None,
                )
        except Refused as error:
            if error.code == "file_gone":
                errors.append(_("%(name)s: %(why)s", name=upload.filename, why=words(error)))
                continue
            if error.code != "too_many_files":
                raise
            errors.append(words(error))
            break
        kept += 1
    return kept, errors
