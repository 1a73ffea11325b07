"""What Redress may look up with the bearer token: posts, accounts, picture bytes even after a removal."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, jsonify, request, send_file

from demo.platform.store import Store, account_state, content_state

api = Blueprint("api", __name__, url_prefix="/api")


@api.before_request
def only_with_token() -> tuple[Response, int] | None:
    """401 for everyone without the agreed token."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {current_app.config['API_TOKEN']}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        return jsonify(error="a bearer token is needed"), 401
    return None


@api.get("/content/<content_id>")
def content(content_id: str) -> tuple[Response, int]:
    """State of one post; 404 when unknown."""
    with _store().read() as db:
        state = content_state(db, content_id, current_app.config["BASE_URL"])
    return (jsonify(state), 200) if state else (jsonify(error="unknown content"), 404)


@api.get("/accounts/<account_id>")
def account(account_id: str) -> tuple[Response, int]:
    """State of one account; 404 when unknown."""
    with _store().read() as db:
        state = account_state(db, account_id)
    return (jsonify(state), 200) if state else (jsonify(error="unknown account"), 404)


@api.get("/media/<media_id>")
def media(media_id: str) -> Response | tuple[Response, int]:
    """The original bytes of a picture, removed or not; 404 when unknown."""
    with _store().read() as db:
        row = db.execute("SELECT id, media_type FROM media WHERE id = ?", (media_id,)).fetchone()
    if row is None:
        return jsonify(error="unknown media"), 404
    return send_file(_store().media_file(row["id"]), mimetype=row["media_type"])


def _store() -> Store:
    store: Store = current_app.config["STORE"]
    return store
