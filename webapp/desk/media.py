"""Pictures for the desk: re-encoded previews only, never cached; the custody trail says who saw the large one."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.desk import queries
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.evidence.service import store

# One look at a case is one line in the trail, however often the page is loaded meanwhile.
ONE_LOOK = timedelta(minutes=10)


@bp.get("/media/<evidence_id>/<any(thumb, large):kind>")
@need("review")
def media(evidence_id: str, kind: str) -> Response:
    """A preview of an item that belongs to a report."""
    preview = queries.preview_of(evidence_id, kind)
    media_type = preview.media_type
    try:
        with store().open(preview.sha256) as file:
            picture = file.read()  # a preview is at most a few hundred kilobytes
    except FileNotFoundError:
        raise NotFound("no_such_media") from None
    if kind == "large" and not queries.shown_since(evidence_id, me().id, now() - ONE_LOOK):
        with transaction():
            queries.note_shown(evidence_id, me())
    response = Response(picture, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
