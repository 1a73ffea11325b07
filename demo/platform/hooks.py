"""The webhook door: only what Redress signed is done, and each message is done once."""

from __future__ import annotations

import json
import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from standardwebhooks import Webhook, WebhookVerificationError

from demo.platform.actions import challenge, perform
from demo.platform.measures import Refusal
from demo.platform.store import Store, account_state, as_json, content_state, now, record_delivery, use_up

door = Blueprint("hooks", __name__)
LARGEST_BODY = 256 * 1024  # an order is about one kilobyte


@door.post("/hooks/redress")
def receive() -> tuple[Response, int]:
    """Standard Webhooks receiver.

    200 done (now or before), 202 not for us, 401 unsigned, 404/409/422 refused, 503 when ordered on the tools page.
    """
    store: Store = current_app.config["STORE"]
    request.max_content_length = LARGEST_BODY
    body = request.get_data()
    webhook_id = request.headers.get("webhook-id", "")
    try:
        Webhook(current_app.config["HOOK_SECRET"]).verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: a signature header that is no base64 or has no version
        return _answer(store, webhook_id, "", "", 401, {"error": "the signature is missing or wrong"}, "unsigned", "")
    text = body.decode()
    try:
        message = json.loads(text)
        type_, data = str(message["type"]), dict(message.get("data") or {})
    except (ValueError, KeyError, TypeError):
        return _answer(store, webhook_id, "", "", 422, {"error": "the body is not a message"}, "unreadable", text)
    kind = str(data.get("kind") or "")
    delay, early, late = _troubles(store)
    time.sleep(delay)
    if early:
        return _answer(
            store,
            webhook_id,
            kind,
            type_,
            503,
            {"error": "ordered failure: nothing was done"},
            "failed on purpose",
            text,
        )
    status, answer, note = _once(store, webhook_id, type_, data)
    if late:
        return _answer(
            store,
            webhook_id,
            kind,
            type_,
            503,
            {"error": "ordered failure: it was done, the answer is lost"},
            f"{note}, then failed on purpose",
            text,
        )
    return _answer(store, webhook_id, kind, type_, status, answer, note, text)


def _troubles(store: Store) -> tuple[float, bool, bool]:
    with store.write() as db:
        slow, early = use_up(db, "slow"), use_up(db, "fail")
        late = None if early else use_up(db, "fail_after")
    return (float(slow["seconds"]) if slow else 0.0), early is not None, late is not None


def _once(store: Store, webhook_id: str, type_: str, data: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
    """Do the message and remember its answer in one transaction; a repeat gets the remembered answer.

    Refusals changed nothing, so they are judged afresh.
    """
    with store.write() as db:
        before = db.execute("SELECT status, answer FROM answered WHERE webhook_id = ?", (webhook_id,)).fetchone()
        if before is not None:
            return before["status"], json.loads(before["answer"]), "repeat: answered as before"
        try:
            status, answer, note = _do(db, type_, data)
        except Refusal as refusal:
            return refusal.status, {"ok": False, "error": refusal.reason}, f"refused: {refusal.reason}"
        db.execute("INSERT INTO answered VALUES (?, ?, ?, ?)", (webhook_id, status, as_json(answer), now()))
        return status, answer, note


def _do(db: Any, type_: str, data: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
    base = current_app.config["BASE_URL"]
    if type_ == "action.requested":
        post_id, account_id = perform(db, data)
        state = content_state(db, post_id, base) if post_id else {"account": account_state(db, account_id)}
        return 200, {"ok": True, "state": state}, "done"
    if type_ == "notice.respondent":
        account_id, url = str(data.get("account_id") or ""), str(data.get("url") or "")
        if account_state(db, account_id) is None:
            raise Refusal(404, "unknown account")
        if not url.startswith(("http://", "https://")):
            raise Refusal(422, "url must be an http address")
        kind, language = str(data.get("kind") or "decision")[:40], str(data.get("language") or "zh")
        db.execute(
            "INSERT OR IGNORE INTO notice (account_id, kind, url, language, at) VALUES (?, ?, ?, ?, ?)",
            (account_id, kind, url, language, now()),
        )
        return 200, {"ok": True, "state": {"account": account_state(db, account_id)}}, "notice shown"
    if type_ == "live.challenge":
        return 200, {"ok": True, "state": content_state(db, challenge(db, data), base)}, "phrase shown"
    return 202, {"ok": True, "ignored": type_[:80]}, "ignored"


def _answer(
    store: Store, webhook_id: str, kind: str, type_: str, status: int, answer: dict[str, Any], note: str, body: str
) -> tuple[Response, int]:
    with store.write() as db:
        record_delivery(db, webhook_id, kind, type_, status, note, body)
    return jsonify(answer), status
