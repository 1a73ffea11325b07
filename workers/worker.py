"""One RQ worker for one queue: `python -m workers.worker QUEUE`. Runs hints, and nothing but hints.

A message in the queue server cannot make it run anything else: the only function is `drain`, arguments are JSON, and
RQ's callbacks, webhooks and remote commands are off. Its forked child dies with it. It outlives the queue server.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
import uuid
from types import FrameType
from typing import Any, NoReturn

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from webapp.core.config import Settings, SettingsError
from webapp.core.hints import FUNCTION
from workers.context import after_fork, workshop_app
from workers.jobs.drain import drain
from workers.queues import QUEUES, STANDS_BACK
from workers.warm import warm_up

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
# Crashed jobs are looked for every half minute instead of RQ's ten; a child's death is seen within 5 s. The rows make
# this a matter of tidiness: leases and the sweeper decide when work is done again.
MAINTENANCE_SECONDS = 30
MONITOR_SECONDS = 5
# RQ waits `worker_ttl - 15` seconds for a hint before it looks after itself.
WORKER_TTL = 45


class RefusedJob(Exception):
    """A message named something no hint may name."""


class HintJob(Job):
    """A job that can only be a hint. RQ reads functions, callbacks and webhooks from the queue: none is trusted."""

    @property
    def func(self) -> Any:
        """`drain`, or RefusedJob."""
        if self.func_name != FUNCTION or self.instance is not None:
            raise RefusedJob("only hints run here")
        return drain

    success_callback = failure_callback = stopped_callback = property(lambda self: None)

    def send_webhooks(self, status: Any, *, exc_string: str | None = None) -> None:
        """Never: an address in the queue is nobody we know."""


class HintWorker(Worker):
    """RQ's forking worker for one queue, without remote commands, and with a child that never outlives it."""

    job_class = HintJob
    max_connection_wait_time = 1.0
    leaving = False

    def subscribe(self) -> None:
        """No command channel: whoever reaches the queue server must not be able to stop or kill workers."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish what runs, then end; also while the queue server is away."""
        self.leaving = True
        try:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ leaves it untyped
        except RedisError:
            raise SystemExit(0) from None

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the child: die when the parent dies, and open connections of our own."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self.pid:
            os._exit(1)
        after_fork()
        super().main_work_horse(job, queue)


def connect(url: str) -> Redis:
    """A connection for a worker: it may wait long for a hint, but not for the server to accept."""
    return Redis.from_url(url, socket_connect_timeout=2)


def serve(queue: str, url: str) -> int:
    """Work until asked to stop, then 0. When the queue server goes away, wait for it and go on."""
    os.nice(STANDS_BACK.get(queue, 0))
    while True:
        worker: HintWorker | None = None
        try:
            connection = connect(url)
            worker = HintWorker(
                [queue],
                name=f"{queue}-{os.getpid()}-{uuid.uuid4().hex[:6]}",
                connection=connection,
                serializer=JSONSerializer,
                default_result_ttl=0,
                maintenance_interval=MAINTENANCE_SECONDS,
                job_monitoring_interval=MONITOR_SECONDS,
                worker_ttl=WORKER_TTL,
                log_job_description=False,
            )
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as error:
            log.info("the queue server is away (%s)", type(error).__name__)
        if worker is not None:
            if worker.leaving:
                return 0
            if worker.horse_pid:
                worker.wait_for_horse()
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        time.sleep(0.3)


def _leave(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def quiet() -> None:
    """Settings of the process, before anything heavy is loaded: one thread, and words only for what is wrong."""
    # The sandbox forks: a numeric library that starts threads of its own would break that.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("rq").setLevel(logging.CRITICAL)


def main(arguments: list[str]) -> int:
    """`QUEUE`. 0 after a stop, 1 with one sentence when it cannot start."""
    quiet()
    if len(arguments) != 1 or arguments[0] not in QUEUES:
        print(f"usage: python -m workers.worker {'|'.join(QUEUES)}", file=sys.stderr)
        return 1
    try:
        settings = Settings.from_env()
        workshop_app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    warm_up()
    return serve(arguments[0], settings.redis)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
