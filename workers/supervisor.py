"""`make run`: starts every part of Redress, says when it is ready, restarts what dies, and ends it all in order.

Queue server (unless REDIS_URL is set), web, the workshop (a worker for each queue, and the sweeper), and, unless
--no-demo, the demo platform and the inbox. Their words go to files under the data folder's `logs/`; here only what a
person should know is printed.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.core.config import Settings, SettingsError
from webapp.domain.policy import loading
from workers import demo, embedded
from workers.children import Child, end
from workers.startup import ROOT, CannotStart, Ports, lock, require_database, require_free, schema_is_current
from workers.stop import Stop

READY_SECONDS = 90
# A page someone waits for goes before work in the background.
BACKGROUND = 2
# A child that died this often before everything was ready will not get better by itself.
HOPELESS = 5
# All children end within 10 s: what runs may finish, then is dropped (leases bring it back), then is killed.
STOP_SECONDS, DROP_SECONDS, QUEUE_STOP_SECONDS = 6.0, 3.0, 2.0


class Supervisor:
    """One run of Redress on one data folder."""

    def __init__(self, settings: Settings, ports: Ports, with_demo: bool) -> None:
        self.settings, self.ports, self.with_demo = settings, ports, with_demo
        self.address = f"http://127.0.0.1:{ports.web}"
        self.environment = os.environ | {
            "REDRESS_DATA": str(settings.data),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL") or self.address,
            "PYTHONUNBUFFERED": "1",
        }
        self.demo: demo.Demo | None = None
        if with_demo:
            self.demo = demo.Demo(settings.data / "demo", ports, self.environment["PUBLIC_URL"])
            self.environment.setdefault("SMTP_URL", f"smtp://127.0.0.1:{ports.smtp}")
            self.environment |= self.demo.environment()
        self.logs = settings.data / "logs"
        self.queue = None if settings.redis_url else self._queue_server()
        self.others = list(self._parts())
        self.stopping = Stop()
        self.visitors: Child | None = None

    def _child(self, name: str, *arguments: str, nice: int = 0) -> Child:
        command = (sys.executable, "-m", *arguments)
        return Child(name, lambda: command, self.environment, ROOT, self.logs / f"{name}.log", nice)

    def _queue_server(self) -> Child:
        folder = self.settings.data / "queue"
        return Child(
            "queue-server",
            lambda: embedded.prepare(folder),  # again at each start: somebody may have deleted the folder
            self.environment,
            ROOT,
            self.logs / "queue-server.log",
            well=lambda: embedded.answers(folder),
            mend=lambda: embedded.set_aside(folder),
        )

    def _parts(self) -> Iterator[Child]:
        yield self._child("web", "gunicorn", *web_options(self.ports.web), "app:app")
        if self.demo:
            yield self._child("demo-platform", *self.demo.platform_arguments())
            yield self._child("inbox", *self.demo.inbox_arguments())
        yield self._child("workshop", "workers.workshop", nice=BACKGROUND)

    @property
    def children(self) -> list[Child]:
        """Every part, the queue server first."""
        return ([self.queue] if self.queue else []) + self.others

    def run(self) -> int:
        """Until a signal says stop; gives the exit status."""
        self.stopping.listen()
        try:
            if not schema_is_current(self.settings.database):
                self._command("The database could not be brought up to date.", "db", "upgrade")
            for child in self.children:
                child.start()
            self._seed()
            if self._until_ready():
                print(self.ready(), flush=True)
                self._register_works()
                self._welcome_visitors()
            while not self.stopping.wait(0.2):
                self._look_after()
            return 0
        finally:
            end(self.others + ([self.visitors] if self.visitors else []), STOP_SECONDS, DROP_SECONDS)
            if self.queue:
                end([self.queue], QUEUE_STOP_SECONDS, QUEUE_STOP_SECONDS)

    def _seed(self) -> None:
        """The demo's data, at the first start and when its address changed. Raises CannotStart."""
        if self.demo is None or self.demo.is_seeded():
            return
        accounts = self._command("The demo data could not be made.", "demo", "seed")
        if accounts:
            self.demo.mark_seeded(accounts)

    def _register_works(self) -> None:
        """The demo's registered works, once. Trying Redress does not depend on them: a failure is said, no more."""
        folder = self.demo.to_register() if self.demo else None
        if folder is None:
            return
        try:
            self._command("The demo's works could not be registered.", "registry", "import", str(folder), "--quiet")
        except CannotStart as error:
            print(error, flush=True)

    def _welcome_visitors(self) -> None:
        """Let the demo's first reports come in while the evaluator reads; nothing waits for them."""
        arguments = self.demo.visit_arguments() if self.demo else []
        if arguments:
            self.visitors = self._child("visitors", *arguments, nice=BACKGROUND)
            self.visitors.start()

    def _command(self, sorry: str, *arguments: str) -> str:
        """Run `flask …` to its end and give what it said; a stop in between ends it. Raises CannotStart."""
        if self.stopping.asked():
            return ""
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = self.logs / "prepare.log"
        with log.open("wb") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
            )
            while process.poll() is None:
                if self.stopping.asked():
                    process.terminate()
                    process.wait()
                    return ""
                time.sleep(0.02)
        said = log.read_text(encoding="utf-8", errors="replace")
        if process.returncode != 0:
            raise CannotStart("\n".join([f"{sorry} The log is {log}; it ends with:", *said.splitlines()[-6:]]))
        return said

    def _look_after(self) -> None:
        for child in self.children:
            if sentence := child.look_after():
                print(sentence, file=sys.stderr, flush=True)

    def _until_ready(self) -> bool:
        """Wait for the pages people will open; False after a stop. Raises CannotStart."""
        pages = [(self.ports.web, "/healthz")]
        if self.demo:
            pages += [(self.ports.platform, "/"), (self.ports.inbox, "/")]
        ends = time.monotonic() + READY_SECONDS
        while pages and not self.stopping.asked():
            self._look_after()
            hopeless = next((c for c in self.children if c.deaths >= HOPELESS), None)
            if hopeless or time.monotonic() > ends:
                raise CannotStart(_why(hopeless, pages, self.others))
            pages = [page for page in pages if not answers(*page)]
            time.sleep(0.05)
        return not self.stopping.asked()

    def ready(self) -> str:
        """The last words of the start."""
        lines = [f"Redress is ready: {self.address}"]
        return "\n".join(lines + (self.demo.where(f"{self.address}/desk/") if self.demo else []))


def _why(hopeless: Child | None, pages: list[tuple[int, str]], children: list[Child]) -> str:
    if hopeless:
        return f"{hopeless.name} does not start; its log {hopeless.log} ends with:\n{hopeless.last_words()}"
    silent = ", ".join(f"http://127.0.0.1:{port}{path}" for port, path in pages)
    return f"No answer from {silent} after {READY_SECONDS} s; the logs are in {children[0].log.parent}."


def web_options(port: int) -> list[str]:
    """How gunicorn runs: threads, because pages wait for the database; no socket of its own in the home folder."""
    shared = Path("/dev/shm")  # noqa: S108  # gunicorn makes its own unnamed file there
    heartbeat = ["--worker-tmp-dir", str(shared)] if shared.is_dir() else []
    return [
        "--no-control-socket",
        "--preload",
        "--worker-class=gthread",
        "--workers=2",
        "--threads=8",
        f"--bind=127.0.0.1:{port}",
        "--timeout=120",  # a phone may take this long over one upload
        "--graceful-timeout=4",
        "--log-level=warning",
        *heartbeat,
    ]


def answers(port: int, path: str) -> bool:
    """Whether a page of this machine answers 200."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


@contextmanager
def held(data: Path, address: str) -> Iterator[None]:
    """The data folder's lock, for as long as this run lasts."""
    handle = lock(data, address)
    try:
        yield
    finally:
        os.close(handle)


def main(arguments: list[str]) -> int:
    """`[--no-demo]`. 0 after a stop, 1 with one sentence when it cannot start."""
    unknown = [a for a in arguments if a != "--no-demo"]
    if unknown:
        print(f"unknown option {unknown[0]}; usage: python -m workers.supervisor [--no-demo]", file=sys.stderr)
        return 1
    with_demo = not arguments
    os.umask(0o077)  # whatever the data folder's own mode is: database, logs and media are this account's alone
    try:
        settings, ports = Settings.from_env(), Ports.from_env()
        with held(settings.data, f"http://127.0.0.1:{ports.web}"):
            require_free(_wanted(ports, with_demo))
            require_database(settings.database)
            loading.kept(settings.book_folder)
            return Supervisor(settings, ports, with_demo).run()
    except (SettingsError, CannotStart, embedded.CannotEmbed) as error:
        print(error, file=sys.stderr)
        return 1


def _wanted(ports: Ports, with_demo: bool) -> dict[int, str]:
    wanted = {ports.web: "the site"}
    if with_demo:
        wanted |= {ports.platform: "the demo platform", ports.inbox: "the inbox", ports.smtp: "mail to the inbox"}
    return wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
