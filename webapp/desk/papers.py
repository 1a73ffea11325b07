"""Papers beside the reports: what lies in the proof drawer, proofs of a suit. Downloads only, and noted."""

from __future__ import annotations

from flask import Response, send_file
from sqlalchemy import or_, select

from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.appeals.models import CounterForward, ProofItem
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import note, store
from webapp.domain.staff.service import actor


@bp.post("/papers/<evidence_id>")
@need("review")
def paper(evidence_id: str) -> Response:
    """A paper as it came, to keep: never inline, never under its own type."""
    item = _item(evidence_id)
    path, name = store().path(item.sha256), item.name
    if not path.exists():
        raise NotFound("no_such_media")
    with transaction():
        note(evidence_id, actor(me()), "downloaded")
    response = send_file(
        path, mimetype="application/octet-stream", as_attachment=True, download_name=name or evidence_id
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _item(evidence_id: str) -> Evidence:
    drawer = select(ProofItem.evidence_id).where(ProofItem.evidence_id == evidence_id).exists()
    proof = select(CounterForward.proof_evidence_id).where(CounterForward.proof_evidence_id == evidence_id).exists()
    found = db.session.scalar(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.dropped_at.is_(None), or_(drawer, proof))
    )
    if found is None:
        raise NotFound("no_such_media")
    return found
