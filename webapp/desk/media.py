"""Media for the desk: re-encoded previews inline, originals only as a download; the custody trail says who saw what."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, send_file

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.desk import queries
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.evidence.service import note, store
from webapp.domain.staff.service import actor

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
            note(evidence_id, actor(me()), "shown", at=now().isoformat())
    response = Response(picture, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.post("/media/<evidence_id>/original")
@need("review")
def original(evidence_id: str) -> Response:
    """The item as it came, to keep or to play outside the browser: never inline, never under its own type."""
    item = queries.item_of(evidence_id)
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
