"""A large file on a phone: the line is cut, the server is killed, the page is closed; each time it goes on.

The site is the real web server in a process of its own, so that it can be killed as the world kills servers.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.builders import answers_for
from tests.public.phone import PHONE, Phone
from tests.public.pieces import wav
from webapp.core.db import db, transaction
from webapp.domain.evidence.models import Arriving, Evidence
from webapp.domain.evidence.service import store
from webapp.domain.intake import service as intake
from webapp.public.steps import DRAFT_COOKIE

pytestmark = pytest.mark.browser

SOUND = wav(3_000_000)
SPEED = 1_500_000  # bytes a second: two seconds for the file
ROOT = Path(__file__).parents[2]


class Server:
    """The web server on the test's own database, until somebody kills it."""

    def __init__(self, app: APIFlask) -> None:
        settings = app.config["SETTINGS"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "REDRESS_DATA": str(settings.data),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "LIMIT_REPORTS": settings.reports_per_hour,
        }
        self.start()

    def start(self) -> None:
        """Begin to serve; returns when it answers."""
        options = [f"--bind=127.0.0.1:{self.port}", "--worker-class=gthread", "--threads=8", "--log-level=error"]
        command = [sys.executable, "-m", "gunicorn", *options, "app:app"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        for _attempt in range(600):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """As a power cut or the kernel does: no goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class SlowPhone(Phone):
    """A phone on a line on which the file takes a few seconds, and which can be cut."""

    def __init__(self, page: Page, site: str) -> None:
        super().__init__(page, site)
        self.network = page.context.new_cdp_session(page)
        self.network.send("Network.enable")

    def line(self, up: bool) -> None:
        """Cut the line in the middle of whatever runs, or give it back."""
        limits = {"offline": not up, "latency": 5, "downloadThroughput": -1, "uploadThroughput": SPEED}
        self.network.send("Network.emulateNetworkConditions", limits)


def draft() -> str:
    """The cookie of somebody who has come to the step with the files of a report about a cloned voice."""
    with transaction():
        return intake.create_draft(answers_for(kind="VOICE", wrong="我从未同意使用我的声音。"))[1]


@contextmanager
def slowly(chromium: Browser, site: str, cookie: str) -> Iterator[SlowPhone]:
    """A slow phone with that draft."""
    context = chromium.new_context(viewport=PHONE)
    context.add_cookies(
        [{"name": name, "value": value, "url": site} for name, value in ((DRAFT_COOKIE, cookie), ("lang", "en"))]
    )
    phone = SlowPhone(context.new_page(), site)
    phone.page.goto(f"{site}/report/files")
    phone.line(up=True)
    yield phone
    context.close()


@pytest.fixture
def slow_phone(chromium: Browser, site: str) -> Iterator[SlowPhone]:
    """Such a phone on a site that lives."""
    with slowly(chromium, site, draft()) as phone:
        yield phone


@pytest.fixture
def song(tmp_path: Path) -> str:
    """A recording on the phone."""
    path = tmp_path / "song.wav"
    path.write_bytes(SOUND)
    return str(path)


def kept_whole() -> bool:
    """Whether exactly the file is among the evidence, byte for byte, and nothing is on its way any more."""
    db.session.rollback()
    (item,) = db.session.scalars(select(Evidence))
    return store().path(item.sha256).read_bytes() == SOUND and db.session.scalar(select(Arriving)) is None


def offsets(phone: Phone) -> list[int]:
    """Where each piece began, as they are sent from now on."""
    found: list[int] = []
    phone.page.on("request", lambda r: found.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None)
    return found


def begun(phone: Phone, song: str) -> None:
    """Pick the file and wait until some of it is through."""
    phone.page.set_input_files("#alleged", song)
    expect(phone.page.locator(".file__state")).to_contain_text("of 2.9 MB")
    expect(phone.page.locator(".file__state")).to_contain_text(re.compile("(4|5|6|7)[0-9]% of"))


def test_the_line_is_cut_and_comes_back(slow_phone: SlowPhone, song: str) -> None:
    """Nobody has to do anything: it says what is safe, and goes on by itself."""
    page = slow_phone.page
    sent = offsets(slow_phone)
    begun(slow_phone, song)
    slow_phone.line(up=False)
    expect(page.locator(".file__state")).to_contain_text("is safe; it goes on by itself")
    assert slow_phone.examine() == []
    slow_phone.line(up=True)
    expect(page.locator(".file[data-id] .file__state")).to_contain_text("Kept")
    assert kept_whole()
    assert sent == sorted(sent)  # never back to the beginning
    assert sent.count(0) == 1
    assert slow_phone.faults == []


def test_the_server_is_killed_and_started_again(app: APIFlask, chromium: Browser, song: str) -> None:
    """What it had is there when it is back; the rest follows, and "Continue" pressed meanwhile waits for it."""
    cookie = draft()
    db.session.remove()
    server = Server(app)
    with slowly(chromium, f"http://127.0.0.1:{server.port}", cookie) as phone:
        sent = offsets(phone)
        begun(phone, song)
        server.kill()
        expect(phone.page.locator(".file__state")).to_contain_text("is safe; it goes on by itself")
        phone.page.click("button[value=go]")
        server.start()
        phone.page.wait_for_url("**/report/contact", timeout=60_000)
        assert kept_whole()
        assert sent == sorted(sent)
        assert sent.count(0) == 1
        assert phone.faults == []
    server.kill()


def test_paused_closed_and_gone_on_with_another_day(slow_phone: Phone, song: str) -> None:
    """The page names the half that is here; the same file, chosen again, goes on from there."""
    page = slow_phone.page
    begun(slow_phone, song)
    page.get_by_role("button", name="Pause sending song.wav").click()
    expect(page.locator(".file__state")).to_contain_text("Paused at")
    page.reload()
    half = page.locator(".file[data-coming]")
    expect(half).to_contain_text("Choose the same file again: it goes on where it stopped.")
    assert slow_phone.examine() == []
    sent = offsets(slow_phone)
    page.set_input_files("#alleged", song)
    expect(page.locator(".file[data-id]")).to_contain_text("Kept")
    assert kept_whole()
    assert min(sent) > 0
    assert page.locator(".file").count() == 1


def test_a_half_nobody_wants_is_removed(slow_phone: Phone, song: str) -> None:
    """With script and keyboard, on the page it was begun on and after coming back."""
    page = slow_phone.page
    begun(slow_phone, song)
    page.get_by_role("button", name="Pause sending song.wav").press("Enter")
    page.reload()
    page.get_by_role("button", name="Remove song.wav").press("Enter")
    expect(page.locator(".file")).to_have_count(0)
    page.reload()
    expect(page.locator(".file")).to_have_count(0)
    db.session.rollback()
    assert db.session.scalar(select(Arriving)) is None
