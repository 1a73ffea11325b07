"""Who may see a report or a decision here: a signed cookie remembers what this browser has opened, for a few hours.

The cookie holds row ids and times, no secret; it opens nothing without the key of this installation.
"""

from __future__ import annotations

from flask import session

from webapp.core.clock import now

OPEN_SECONDS = 4 * 3600  # a shared computer must not keep a report open for days
AT_ONCE = 5  # the cookie stays small


def _stamp() -> int:
    return int(now().timestamp())


def remember(door: str, row_id: str) -> None:
    """This browser proved that it may see `row_id` through `door` ('report' or 'respond')."""
    kept = [pair for pair in session.get(door, []) if pair[0] != row_id]
    session[door] = [*kept[-(AT_ONCE - 1) :], [row_id, _stamp()]]


def may_see(door: str, row_id: str) -> bool:
    """Whether it proved so within the last hours."""
    return any(kept == row_id and _stamp() - at < OPEN_SECONDS for kept, at in session.get(door, []))


def forget() -> None:
    """Close everything on this device."""
    for door in ("report", "respond"):
        session.pop(door, None)
