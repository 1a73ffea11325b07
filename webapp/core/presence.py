"""Who is where right now: ids in the queue server that fade after seconds; without the server nobody is seen.

Nothing here is ever written to the database: presence is a courtesy among colleagues and no record of work.
"""

from __future__ import annotations

import time
from typing import Any

from flask import current_app

from webapp.core.db import settings
from webapp.core.hints import AWAY, PATIENCE

# Seconds without a sign after which somebody is gone: five missed pulses (FreeScout's viewer cache: 25 s).
FADES = 25
VIEWING, TYPING = "viewing", "typing"


class Presence:
    """One connection to the queue server for this purpose. Never raises because of it, nor waits for it twice."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._server: Any = None
        self._away_until = 0.0

    def seen(self, place: str, who: str, doing: str) -> dict[str, str]:
        """Note that `who` is at `place`, and give everybody there: id → VIEWING or TYPING, without `who`."""
        if time.monotonic() < self._away_until:
            return {}
        from redis.exceptions import RedisError

        key = f"redress:here:{place}"
        try:
            with self._connect().pipeline(transaction=False) as calls:
                calls.hset(key, who, f"{time.time():.0f}:{doing}")
                calls.expire(key, FADES)
                calls.hgetall(key)
                found = calls.execute()[-1]
        except (RedisError, OSError):
            self._away_until = time.monotonic() + AWAY
            return {}
        return _present({k.decode(): v.decode() for k, v in found.items() if k.decode() != who})

    def _connect(self) -> Any:
        if self._server is None:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            self._server = Redis.from_url(
                self.url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
            )
        return self._server


def _present(signs: dict[str, str]) -> dict[str, str]:
    faded, found = time.time() - FADES, {}
    for who, sign in signs.items():
        at, _colon, doing = sign.partition(":")
        if float(at) >= faded:
            found[who] = TYPING if doing == TYPING else VIEWING
    return found


def presence() -> Presence:
    """The presence of the running app; made when it is first asked for."""
    kept: Presence = current_app.extensions.setdefault("presence", Presence(settings().redis))
    return kept
