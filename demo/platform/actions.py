"""What an order from Redress does: which post or account is meant, which measure, in the caller's transaction."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo.platform import measures as do
from demo.platform.measures import LABEL, Act, Refusal
from demo.platform.store import Row, now

# Kind of order → the word the API shows while it holds; and the order that takes it back → the same word.
LABELS = {
    "label_ai": LABEL,
    "label_possible": "ai_possible",
    "label_suspected": "ai_suspected",
    "label_digital_human": "digital_human",
    "label_disputed": "disputed",
    "correction_note": "correction",
}
UNLABELS = {
    "unlabel_ai": LABEL,
    "unlabel_possible": "ai_possible",
    "unlabel_suspected": "ai_suspected",
    "unlabel_digital_human": "digital_human",
    "unlabel_disputed": "disputed",
    "remove_note": "correction",
}
POST_LIMITS = {
    "age_gate": "age_gated",
    "interaction_off": "interaction_off",
    "demote": "demoted",
    "not_recommended": "not_recommended",
    "geo_block": "geo_blocked",
    "mute_audio": "audio_muted",
    "blur_region": "region_blurred",
    "stream_cut": "stream_cut",
    "demonetize": "demonetized",
}
POST_LIFTS = {
    "age_open": "age_gated",
    "interaction_on": "interaction_off",
    "undemote": "demoted",
    "recommend": "not_recommended",
    "geo_open": "geo_blocked",
    "unmute": "audio_muted",
    "unblur": "region_blurred",
    "stream_allow": "stream_cut",
    "remonetize": "demonetized",
}
ACCOUNT_LIMITS = {
    "no_posting": "no_posting",
    "limit": "limited",
    "reverify": "reverify",
    "notice_to_register": "registration_due",
    "realname_required": "realname_due",
    "live_off": "live_off",
}
ACCOUNT_LIFTS = {
    "allow_posting": "no_posting",
    "unlimit": "limited",
    "reverify_lift": "reverify",
    "notice_to_register_lift": "registration_due",
    "realname_required_lift": "realname_due",
    "live_on": "live_off",
}


def perform(db: sqlite3.Connection, order: dict[str, Any]) -> tuple[str | None, str]:
    """Carry out one `action.requested` order; says which (post or None, account) it touched. Raises Refusal.

    Every kind may be repeated: doing it twice leaves the same state.
    """
    kind = str(order.get("kind") or "")
    act = KINDS.get(kind)
    if act is None:
        raise Refusal(422, f"unknown kind of action: {kind[:40]!r}")
    if not order.get("action_id"):
        raise Refusal(422, "action_id is missing")
    post = _post(db, order) if order.get("content_id") or kind in FOR_POSTS else None
    account_id = str(order.get("account_id") or (post["account_id"] if post else ""))
    if post is not None and post["account_id"] != account_id:
        raise Refusal(409, "the content belongs to another account")
    if db.execute("SELECT 1 FROM account WHERE id = ?", (account_id,)).fetchone() is None:
        raise Refusal(404, "unknown account")
    post_id = str(post["id"]) if post is not None else None
    act(db, order, post_id if post_id is not None and kind in FOR_POSTS else account_id)
    return post_id, account_id


def challenge(db: sqlite3.Connection, data: dict[str, Any]) -> str:
    """Carry out one `live.challenge`: the stream shows the phrase until `due_at`. Gives the post. Raises Refusal."""
    post = _post(db, data)
    phrase, due = str(data.get("phrase") or "").strip()[:200], data.get("due_at")
    if post["form"] != "live":
        raise Refusal(409, "the content is no live stream")
    if not phrase:
        raise Refusal(422, "the phrase is missing")
    until = do.end({"ends_at": due})
    db.execute(
        "INSERT OR IGNORE INTO challenge (post_id, phrase, due_at, at) VALUES (?, ?, ?, ?)",
        (post["id"], phrase, until.isoformat(), now()),
    )
    return str(post["id"])


def _post(db: sqlite3.Connection, order: dict[str, Any]) -> Row:
    row: Row | None = db.execute("SELECT * FROM post WHERE id = ?", (str(order.get("content_id")),)).fetchone()
    if row is None:
        raise Refusal(404, "unknown content")
    return row


FOR_POSTS: dict[str, Act] = {
    **{kind: do.label(word) for kind, word in LABELS.items()},
    **{kind: do.take_off(word) for kind, word in UNLABELS.items()},
    **{kind: do.limit("post", word) for kind, word in POST_LIMITS.items()},
    **{kind: do.lift("post", word) for kind, word in POST_LIFTS.items()},
    "unlabel": do.unlabel,
    "relabel": do.relabel,
    "remove": do.remove,
    "disable": do.disable,
    "restore": do.restore,
    "block_hash": do.block,
    "unblock_hash": do.unblock,
}
KINDS: dict[str, Act] = FOR_POSTS | {
    **{kind: do.limit("account", word) for kind, word in ACCOUNT_LIMITS.items()},
    **{kind: do.lift("account", word) for kind, word in ACCOUNT_LIFTS.items()},
    "warn": do.warn,
    "unwarn": do.unwarn,
    "suspend": do.suspend,
    "unsuspend": do.unsuspend,
    "close": do.close,
    "reopen": do.reopen,
    "registration_suspended": do.hold_registration("suspended"),
    "registration_revoked": do.hold_registration("revoked"),
    "registration_resume": do.hold_registration(""),
    "registration_restore": do.hold_registration(""),
}
