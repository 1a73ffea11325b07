"""Hints: tell the queue server, after a commit, that a task is waiting. A hint may be lost; the row never is.

A hint is an RQ job that names one function, by text, and two plain words: the queue and the task's id.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask

from webapp.core.config import Settings

log = logging.getLogger(__name__)

# The only function a hint may name; the workers refuse every other.
FUNCTION = "workers.jobs.drain.drain"
# A person waits for the page while a hint is sent: an absent queue server may cost this much, once, and then nothing
# for AWAY seconds. What was not hinted is found by the sweeper.
PATIENCE = 0.3
AWAY = 2.0
# One hint lets a worker take up to 25 tasks, so a list this long needs no more.
ENOUGH = 4
# Seconds one hint's work may take before RQ ends it: far above any single task's own limits.
JOB_TIMEOUT = 300
# A long film is looked at by several detectors, minutes each: what it may take is bounded by their own limits.
JOB_TIMEOUTS = {"media": 2 * 3600}


class Hints:
    """Sends hints to one queue server. Never raises because of it; connects at the first hint."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: Any = None
        self._away_until = 0.0

    def send(self, queue: str, task_id: str) -> bool:
        """Hint that `task_id` waits in `queue`. False when the list is long enough or the server is away."""
        waiting = self.waiting(queue)
        if waiting is None or waiting >= ENOUGH:
            return False
        return self._try(lambda: self._enqueue(queue, task_id)) is not None

    def waiting(self, queue: str) -> int | None:
        """How many hints wait in `queue`, or None while the server is away."""
        length: int | None = self._try(lambda: self._connect().llen(f"rq:queue:{queue}"))
        return length

    def _enqueue(self, queue: str, task_id: str) -> Any:
        from rq import Queue
        from rq.serializers import JSONSerializer

        return Queue(queue, connection=self._connect(), serializer=JSONSerializer).enqueue_call(
            FUNCTION,
            args=[queue, task_id],
            timeout=JOB_TIMEOUTS.get(queue, JOB_TIMEOUT),
            result_ttl=0,
            failure_ttl=3600,
            description=task_id,
        )

    def _connect(self) -> Any:
        if self._connection is None:
            # Imported with the first hint: a command such as `flask staff` never needs it.
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            self._connection = Redis.from_url(
                self.url,
                socket_connect_timeout=PATIENCE,
                socket_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
            )
        return self._connection

    def _try(self, call: Any) -> Any:
        if time.monotonic() < self._away_until:
            return None
        from redis.exceptions import RedisError

        try:
            return call()
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + AWAY
            log.warning("the queue server does not answer (%s); tasks wait for the sweeper", type(error).__name__)
            return None


def install(app: Flask) -> Hints:
    """Let `outbox.post` hint after each commit of this app."""
    settings: Settings = app.config["SETTINGS"]
    hints = Hints(settings.redis)
    app.extensions["hints"] = hints
    app.extensions["hint"] = hints.send
    return hints
