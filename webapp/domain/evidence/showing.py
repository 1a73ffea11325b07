"""What is shown and played of an item: what is there, what could not be made and why; and what nobody needs now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.domain.evidence.models import Custody, Evidence, Preview

# The custody act of a preview that could not be made; its facts say `of` what, and the `reason`.
FAILED = "preview_failed"
PICTURES, PLAY, MOMENT = "pictures", "play", "at-"
ABSENT = "detector_absent"  # the reason where the workshop lacks the optional group: no fault of the file
# Seconds of a recording that can be played at most; of a longer one its first part. The workshop keeps to it.
LONGEST = 1800.0
# Younger recordings wait their turn; older ones came before the workshop could play them.
OWN_TURN = timedelta(hours=1)


@dataclass(frozen=True)
class Playing:
    """How a recording can be played: what was re-encoded (`sha256`, `media_type`, `seconds` of it), the original where
    the workshop cannot re-encode (`original`), or not, and `why` ("" while it is still being made)."""

    sha256: str = ""
    media_type: str = ""
    seconds: float | None = None
    original: bool = False
    why: str = ""

    @property
    def can(self) -> bool:
        """Whether there is something to play."""
        return bool(self.sha256 or self.original)


def playing(items: Iterable[Evidence]) -> dict[str, Playing]:
    """How each sound and film among these items can be played, in one query at most (their previews are loaded).

    A stranger's file reaches a browser's decoder only where nothing here can re-encode it: see `docs/house.md`.
    """
    found: dict[str, Playing] = {}
    open_still: list[str] = []
    for item in items:
        if item.medium not in ("audio", "video"):
            continue
        made = next((p for p in item.previews if p.kind == PLAY), None)
        if made is not None:
            found[item.id] = Playing(made.sha256, made.media_type, made.seconds)
        else:
            open_still.append(item.id)
    reasons = why_not(open_still)
    for evidence_id in open_still:
        why = reasons.get((evidence_id, PLAY), "")
        found[evidence_id] = Playing(original=why == ABSENT, why="" if why == ABSENT else why)
    return found


def why_not(evidence_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """(item, "pictures" or "play") → why it could not be made, as the workshop said last."""
    if not evidence_ids:
        return {}
    rows = select(Custody).where(Custody.evidence_id.in_(evidence_ids), Custody.act == FAILED).order_by(Custody.id)
    return {
        (one.evidence_id, str(one.facts.get("of", PICTURES))): str(one.facts.get("reason", ""))
        for one in db.session.scalars(rows)
    }


def unplayed(limit: int, after: str = "") -> list[str]:
    """Ids of recordings that came an hour ago or earlier and have nothing to play, in their order behind `after`,
    unless their own bytes are the reason."""
    has_play = exists().where(Preview.evidence_id == Evidence.id, Preview.kind == PLAY)
    wanted = select(Evidence.id).where(
        or_(Evidence.media_type.startswith("audio/"), Evidence.media_type.startswith("video/")),
        Evidence.received_at < now() - OWN_TURN,
        Evidence.dropped_at.is_(None),
        Evidence.erased_at.is_(None),
        ~has_play,
    )
    while ids := list(db.session.scalars(wanted.where(Evidence.id > after).order_by(Evidence.id).limit(limit))):
        reasons = why_not(ids)
        if left := [one for one in ids if reasons.get((one, PLAY), ABSENT) == ABSENT]:
            return left
        after = ids[-1]  # all of these cannot be played: they must not stand before those that can
    return []


def kinds_of(evidence_id: str) -> set[str]:
    """Which previews an item has."""
    return set(db.session.scalars(select(Preview.kind).where(Preview.evidence_id == evidence_id)))


def forget_moments(evidence_id: str, wanted: Collection[str]) -> set[str]:
    """Take away single frames of a film that nothing names any more (`wanted`: kinds that stay). Gives the hashes that
    may go from the store: see service.discard."""
    require_transaction("evidence.forget_moments")
    mine = (Preview.evidence_id == evidence_id, Preview.kind.startswith(MOMENT), Preview.kind.not_in(wanted))
    hashes = set(db.session.scalars(select(Preview.sha256).where(*mine)))
    db.session.execute(delete(Preview).where(*mine))
    return hashes
