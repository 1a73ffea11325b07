"""Taking a report in: a draft is filled step by step, then one verb makes claimant, evidence, report and case of it.

Other rooms and the faces take intake's verbs from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from webapp.core.audit import Actor, record
from webapp.core.blobs import Blob
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import digest, new_id, new_token
from webapp.domain.biometrics import service as biometrics
from webapp.domain.evidence import arriving
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.queries import to_erase
from webapp.domain.intake.completing import add_late, still_missing, supply, takes
from webapp.domain.intake.models import Draft, DraftFile
from webapp.domain.intake.receiving import (
    Receipt,
    hindrances,
    papers_of,
    receipt_of,
    receive,
    receive_once,
    resting,
    rests,
)
from webapp.domain.intake.rules import FilledReport
from webapp.domain.labels import service as labels
from webapp.domain.matching.service import forget
from webapp.domain.reports.models import Report, ReportEvidence

__all__ = [
    "Receipt",
    "add_late",
    "arrived_as",
    "attach_file",
    "carried",
    "create_draft",
    "discard",
    "files",
    "filled",
    "hindrances",
    "load_draft",
    "owner",
    "papers_of",
    "receive",
    "receive_once",
    "remove_file",
    "resting",
    "rests",
    "save_step",
    "sent_with",
    "still_missing",
    "submit",
    "supply",
    "sweep_drafts",
    "sweep_files",
]

SWEEP = Actor("system", "sweep")
DRAFT_LIFE = timedelta(hours=24)  # typed personal data is not kept longer than a day without being sent


def create_draft(data: Mapping[str, Any] | None = None) -> tuple[Draft, str]:
    """A new draft and the token that opens it (for the person's cookie; only its digest is kept)."""
    require_transaction("intake.create_draft")
    token = new_token()
    moment = now()
    draft = Draft(
        id=new_id(),
        token_digest=digest(token),
        form_key=digest(f"form:{token}"),
        data=json.dumps(dict(data or {}), ensure_ascii=False),
        created_at=moment,
        touched_at=moment,
    )
    db.session.add(draft)
    return draft, token


def load_draft(token: str) -> Draft | None:
    """The draft this token opens, unless it is gone or too old."""
    if not token:
        return None
    draft = db.session.scalar(select(Draft).where(Draft.token_digest == digest(token)))
    return draft if draft is not None and draft.touched_at > now() - DRAFT_LIFE else None


def filled(draft: Draft) -> FilledReport:
    """The draft's data, typed."""
    return FilledReport.from_dict(json.loads(draft.data))


def save_step(draft: Draft, values: Mapping[str, Any]) -> None:
    """Keep what one step brought; other steps stay as they are."""
    require_transaction("intake.save_step")
    draft.data = json.dumps(json.loads(draft.data) | dict(values), ensure_ascii=False)
    draft.touched_at = now()


def attach_file(
    draft: Draft,
    blob: Blob,
    *,
    role: str,
    name: str,
    media_type: str,
    width: int | None,
    height: int | None,
    code: str = "",
) -> Evidence:
    """Keep an inspected upload as evidence of the draft; `code` says what a proof is to show (POA, KIN …).

    Raises Refused: 'too_many_files' (limit), 'file_gone', 'media_not_taken' (content or reference of a sealed kind),
    'proof_unknown'.
    """
    require_transaction("intake.attach_file")
    takes(filled(draft).kind, role, code)
    if len(files(draft)) >= settings().max_files:
        raise Refused("too_many_files", limit=settings().max_files)
    same = next(
        (f for f in _kept(draft) if (f.evidence.sha256, f.evidence.role, f.code) == (blob.sha256, role, code)), None
    )
    if same is not None:
        arriving.arrived(blob)
        return same.evidence  # the same file picked twice is one file
    item = evidence.keep(
        blob,
        role=role,
        source="reporter",
        name=name,
        media_type=media_type,
        width=width,
        height=height,
        actor=_actor(draft),
    )
    draft.files.append(DraftFile(evidence_id=item.id, evidence=item, added_at=now(), code=code))
    draft.touched_at = now()
    return item


def remove_file(draft: Draft, evidence_id: str) -> None:
    """Take a file back out of the draft. Raises NotFound when it is not in it."""
    require_transaction("intake.remove_file")
    found = next((f for f in draft.files if f.evidence_id == evidence_id), None)
    if found is None:
        raise NotFound("no_such_file")
    evidence.drop(found.evidence, _actor(draft))
    draft.touched_at = now()


def files(draft: Draft) -> list[Evidence]:
    """The draft's items that were not taken back."""
    return [f.evidence for f in _kept(draft)]


def owner(draft: Draft) -> str:
    """Whose files these are while they arrive in pieces (evidence.arriving)."""
    return f"draft:{draft.id}"


def arrived_as(draft: Draft, upload_id: str) -> Evidence | None:
    """What an upload in pieces became, should its sender not have heard that it was kept; None if it was not."""
    for item in files(draft):
        if any(entry.facts.get("part") == upload_id for entry in item.custody):
            return item
    return None


def carried(draft: Draft) -> set[str]:
    """What the files are, as the rules ask for it: the code of each proof, the role of each other file."""
    return {f.code or f.evidence.role for f in _kept(draft)}


def _kept(draft: Draft) -> list[DraftFile]:
    return [f for f in draft.files if f.evidence.dropped_at is None]


def submit(token: str) -> Receipt:
    """Send the draft. The same token twice gives the same receipt. Raises NotFound('draft_gone') or
    Refused('incomplete', fields={field: code}).
    """
    require_transaction("intake.submit")
    sent = db.session.scalar(select(Report).where(Report.form_key == digest(f"form:{token}")))
    if sent is not None:
        return receipt_of(sent)
    draft = load_draft(token)
    if draft is None:
        raise NotFound("draft_gone")
    codes = {f.evidence_id: f.code for f in draft.files if f.code}
    report = receive(filled(draft), files(draft), form_key=draft.form_key, codes=codes)
    arriving.drop_all(owner(draft))  # half a file is no evidence
    db.session.delete(draft)
    return receipt_of(report)


def sent_with(token: str) -> Receipt | None:
    """The receipt of the report this token sent, while the person's cookie still names it."""
    report = db.session.scalar(select(Report).where(Report.form_key == digest(f"form:{token}"))) if token else None
    return receipt_of(report) if report is not None else None


def discard(draft: Draft) -> None:
    """Erase a draft at its writer's wish: what was typed now, its files with the next sweep."""
    require_transaction("intake.discard")
    _erase(draft, _actor(draft))


def sweep_drafts() -> int:
    """Erase drafts nobody touched for a day, and mark their files; gives how many."""
    require_transaction("intake.sweep_drafts")
    stale = list(db.session.scalars(select(Draft).where(Draft.touched_at < now() - DRAFT_LIFE).limit(500)))
    for draft in stale:
        _erase(draft, SWEEP)
    return len(stale)


def sweep_files(limit: int) -> int:
    """Erase files taken back more than an hour ago, at most `limit`; gives how many. None that is in a report."""
    require_transaction("intake.sweep_files")
    found = to_erase(limit)
    reported = set(db.session.scalars(select(ReportEvidence.evidence_id).where(ReportEvidence.evidence_id.in_(found))))
    ids = [evidence_id for evidence_id in found if evidence_id not in reported]
    forget(ids)
    labels.forget(ids)
    biometrics.forget(ids, SWEEP)
    evidence.erase(ids, SWEEP)
    return len(ids)


def _erase(draft: Draft, actor: Actor) -> None:
    for item in files(draft):
        evidence.drop(item, _actor(draft))
    arriving.drop_all(owner(draft))
    record(actor, "draft.erase", "draft", draft.id)
    db.session.delete(draft)


def _actor(draft: Draft) -> Actor:
    return Actor("reporter", f"draft:{draft.id}")
