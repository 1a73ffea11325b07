"""How often one address may try something: one limiter for all faces, counted in the queue server.

While the queue server is away each web process counts for itself, so a limit may be looser then but never missing,
and no page waits for it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis.exceptions import RedisError

from webapp.core.config import Settings
from webapp.core.hints import PATIENCE


class PatientLimiter(Limiter):
    """Flask-Limiter that lets no request fail because the queue server went away under it.

    Of several requests that meet the dead server at the same moment the first switches to counting here, and the
    library raises in the others; they look again, and then count here too.
    """

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        try:
            super()._check_request_limit(callable_name, in_middleware)
        except RedisError:
            self.context.seen_limits.clear()
            super()._check_request_limit(callable_name, in_middleware)


limiter = PatientLimiter(key_func=get_remote_address, in_memory_fallback_enabled=True, key_prefix="redress")


def init_app(app: Flask, counted: Limiter = limiter) -> None:
    """Count in the queue server of the settings. The limits themselves stand at the pages that have one."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    settings: Settings = app.config["SETTINGS"]
    address = settings.redis
    options: dict[str, Any] = {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{address}" if address.startswith("unix:") else address
    app.config["RATELIMIT_STORAGE_OPTIONS"] = options
    counted.init_app(app)
