"""Media for the desk: re-encoded previews inline, re-encoded recordings as a stream, originals only as a download; the
custody trail says who saw and played what.

What lies in a case of a sealed kind (intimate imagery, children) is shown to nobody until they opened it with a reason.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, redirect, request, send_file, url_for

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import NotAllowed, NotFound, Refused
from webapp.desk import exhibits
from webapp.desk.access import me, my_actor, need
from webapp.desk.bench import OPEN_FOR, Bench
from webapp.desk.blueprint import bp
from webapp.desk.details import WHY_OPEN
from webapp.domain.cases import queries as cases
from webapp.domain.evidence import showing
from webapp.domain.evidence.service import note, store
from webapp.domain.queues import service as queues
from webapp.domain.staff.service import actor

# A response that is opened by itself, and not in a player of ours, can do and fetch nothing.
ALONE = "default-src 'none'; sandbox"
# One look at a case is one line in the trail, however often the page is loaded meanwhile.
ONE_LOOK = timedelta(minutes=10)
PLAYING = "played"


@bp.get("/media/<evidence_id>/<kind>")
@need("review")
def media(evidence_id: str, kind: str) -> Response:
    """A preview of an item that belongs to a report: a picture of it, of its sound, or of one moment of it."""
    preview = exhibits.preview_of(evidence_id, kind)
    _must_be_open(evidence_id)
    media_type = preview.media_type
    try:
        with store().open(preview.sha256) as file:
            picture = file.read()  # a preview is at most a few hundred kilobytes
    except FileNotFoundError:
        raise NotFound("no_such_media") from None
    if kind != "thumb" and not exhibits.shown_since(evidence_id, me().id, now() - ONE_LOOK):
        with transaction():
            note(evidence_id, actor(me()), "shown", at=now().isoformat())
    return _kept_nowhere(Response(picture, mimetype=media_type))


@bp.get("/media/<evidence_id>/play")
@need("review")
def play(evidence_id: str) -> Response:
    """A recording for the desk's own player, by ranges, so that one can go to a place in it.

    What streams was decoded and encoded anew in the workshop. Only where the workshop lacks the optional group that
    does this, the file streams as it came, and the browser decodes it in its own sandbox, as the type its bytes say.
    """
    item = exhibits.item_of(evidence_id)
    _must_be_open(evidence_id)
    plays = showing.playing([item]).get(evidence_id, showing.Playing())
    sha256, media_type = (item.sha256, item.media_type) if plays.original else (plays.sha256, plays.media_type)
    path = store().path(sha256)
    if not plays.can or not path.exists() or (plays.original and media_type not in exhibits.PLAYED):
        raise NotFound("no_such_media")
    if not exhibits.shown_since(evidence_id, me().id, now() - ONE_LOOK, PLAYING):
        with transaction():
            note(evidence_id, actor(me()), PLAYING, at=now().isoformat(), original=plays.original)
    return _kept_nowhere(send_file(path, mimetype=media_type, conditional=True, etag=False, max_age=0))


def note_read(bench: Bench) -> None:
    """The texts that stand on a bench are being looked at: one line of custody each, like the large picture's."""
    shown = [item for pair in bench.pairs for item in (pair.query, pair.reference)] + bench.others
    since = now() - ONE_LOOK
    unread = [
        i for i in dict.fromkeys(one.id for one in shown if one.text) if not exhibits.shown_since(i, me().id, since)
    ]
    if unread:
        with transaction():
            for evidence_id in unread:
                note(evidence_id, my_actor(), "shown", at=now().isoformat())


@bp.post("/media/<evidence_id>/original")
@need("review")
def original(evidence_id: str) -> Response:
    """The item as it came, to keep or to play outside the browser: never inline, never under its own type."""
    item = exhibits.item_of(evidence_id)
    _must_be_open(evidence_id)
    path, name = store().path(item.sha256), item.name
    if not path.exists():
        raise NotFound("no_such_media")
    with transaction():
        note(evidence_id, actor(me()), "downloaded")
    response = send_file(
        path, mimetype="application/octet-stream", as_attachment=True, download_name=name or evidence_id
    )
    return _kept_nowhere(response)


def _kept_nowhere(response: Response) -> Response:
    """No cache keeps it, and as a page of its own it can do nothing."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _must_be_open(evidence_id: str) -> None:
    if exhibits.sealed(evidence_id) and not exhibits.shown_since(
        evidence_id, me().id, now() - OPEN_FOR, exhibits.OPENED
    ):
        raise NotAllowed("media_sealed")


@bp.post("/case/<reference>/open-item")
@need("review")
def open_item(reference: str) -> Any:
    """Open one item of a sealed kind for oneself, with a reason that is written down, for as long as one look lasts.
    Not for whom an interest in the case is declared."""
    found = cases.by_reference(reference)
    queues.impartial(found, me())
    evidence_id, why = request.form.get("item", ""), request.form.get("why", "")
    if why not in WHY_OPEN:
        raise Refused("why_open_missing")
    if evidence_id not in {item.id for item in cases.evidence_of(found.id)}:
        raise NotFound("no_such_media")
    with transaction():
        record(my_actor(), "evidence.open", "evidence", evidence_id, case=found.id, why=why)
        note(evidence_id, my_actor(), exhibits.OPENED, why=why)
    return redirect(url_for("desk.case", reference=found.reference, _anchor="side-by-side"))
