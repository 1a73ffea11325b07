"""The proof drawer: a consent, a licence, working files. The desk reads them; no reporter ever sees them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import pick, when
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import ProofItem
from webapp.domain.cases.models import Case
from webapp.domain.evidence.service import keep
from webapp.domain.policy.queries import book
from webapp.public.blueprint import bp
from webapp.public.doors import account, opened
from webapp.public.files import send_preview
from webapp.public.show import Shown, shown
from webapp.public.uploads import Upload


@dataclass(frozen=True)
class Paper:
    """One item of the drawer."""

    file: Shown
    defence: str
    note: str
    when: str


def drawer(case: Case) -> list[Paper]:
    """What lies in it, oldest first."""
    return [_paper(case, item) for item in queries.proofs(case.id)]


def _paper(case: Case, item: ProofItem) -> Paper:
    def address(evidence_id: str) -> str:
        return url_for("public.proof_preview", reference=case.reference, evidence_id=evidence_id)

    words = book().defences.get(item.defence)
    return Paper(shown(item.evidence, address), pick(words) if words else "", item.note, when(item.added_at))


def takes(case: Case) -> bool:
    """Whether something can still be put in: while the case is open, or an answer to its decision is."""
    return case.state != "closed" or bool(queries.open_in(case.id))


def put(case: Case, uploads: list[Upload], defence: str = "", note: str = "") -> None:
    """Keep the files as proofs of the account. Raises Refused: 'case_not_open', 'too_many_files'."""
    if not takes(case):
        raise Refused("case_not_open", state=case.state)
    limit = current_app.config["SETTINGS"].max_files
    if len(queries.proofs(case.id)) + len(uploads) > limit:
        raise Refused("too_many_files", limit=limit)
    for upload in uploads:
        item = keep(
            upload.store(),
            role="proof",
            source="respondent",
            name=upload.name,
            media_type=upload.media_type,
            width=upload.width,
            height=upload.height,
            actor=account(case),
        )
        appeals.add_proof(case.id, item, defence, note)


@bp.get("/respond/<reference>/preview/<evidence_id>")
def proof_preview(reference: str, evidence_id: str) -> Response:
    """A small re-encoded picture of a file the account sent."""
    case = opened(reference)
    item = next((p.evidence for p in queries.proofs(case.id) if p.evidence_id == evidence_id), None)
    if item is None:
        raise NotFound("no_such_file")
    return send_preview(item, "thumb")
