"""What is swept by the clock leaves no bytes of people behind that nobody kept."""

from __future__ import annotations

import os
import time

from apiflask import APIFlask

from tests.builders import picture
from webapp.core import outbox
from webapp.core.db import transaction
from webapp.domain.evidence.service import store
from workers.run import run_task


def test_the_half_of_an_upload_whose_server_was_killed_is_erased(app: APIFlask) -> None:
    """One that still arrives, and what was kept, stay."""
    halves = [store().writer() for _ in range(2)]
    for half in halves:
        half.write(picture(1)[:500])
    left, arriving = (half.temporary for half in halves)
    long_ago = time.time() - 2 * 3600
    os.utime(left, (long_ago, long_ago))
    kept = store().put(picture(2))
    os.utime(store().path(kept.sha256), (long_ago, long_ago))
    with transaction():
        task = outbox.post("drafts.stale", handler="workers.jobs.sweeping.drafts").id
    assert run_task(task) == "done"
    assert not left.exists()
    assert arriving.exists() and store().path(kept.sha256).exists()
    for half in halves:
        half.close()
