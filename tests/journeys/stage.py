"""A stage for stories that last weeks: the whole house in this process, a platform, a mail server, and a clock to move.

Everybody acts through HTTP, as browsers without scripts; what the workers and the sweeper do is run between the steps.
"""

from __future__ import annotations

import contextvars
import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer
from werkzeug.test import TestResponse

from demo.platform.site import Settings as PlatformSettings
from demo.platform.site import create_site
from demo.serving import bind
from tests.conftest import PASSWORD
from tests.demo.processes import SECRET, TOKEN, Caller
from tests.domain.notifications.mailbox import Mailbox
from tests.journeys import figures
from tests.processing import process_all
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.partners import service as partners
from workers.sweeper import wind

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Person(FlaskClient):
    """One browser; each request in a context of its own, as a server gives it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open a page or send a form."""
        return contextvars.Context().run(super().open, *args, **kwargs)

    def sees(self, path: str) -> str:
        """What the page says, after any redirect. Fails on anything but a page."""
        page = self.get(path, follow_redirects=True)
        assert page.status_code == 200, f"{path}: {page.status_code} {words(page)[:400]}"
        return words(page)

    def does(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form that must be accepted (a redirect); what the page says is in the failure."""
        answer = self.post(path, data=form or {}, **options)
        assert answer.status_code in (302, 303), f"{path}: {answer.status_code} {words(answer)[:1500]}"
        return answer

    def follow(self, letter: EmailMessage, path: str = "/") -> str:
        """Open the first link of a letter that leads to `path`…; gives the page's words."""
        for link in re.findall(r"https?://[^\s<>\"]+", text_of(letter)):
            parts = urlsplit(link)
            if parts.path.startswith(path):
                return self.sees(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        raise AssertionError(f"no link to {path}… in the letter: {text_of(letter)}")


def words(page: TestResponse) -> str:
    """What a page says, without its markup."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class Stage:
    """The house with its surroundings at one moment; `later` and `until` move the clock and let things happen."""

    DAY = timedelta(days=1)

    def __init__(self, app: APIFlask, lumo: Caller, mailbox: Mailbox, clock: time_machine.Traveller) -> None:
        self.app, self.lumo, self.mailbox, self.clock = app, lumo, mailbox, clock

    def person(self, lang: str = "en") -> Person:
        """Somebody new with a browser."""
        one = Person(self.app, self.app.response_class)
        one.set_cookie("lang", lang)
        return one

    def desk(self, name: str, lang: str = "en") -> Person:
        """Somebody of the cast, signed in now (a sign-in ends by itself: take a new one after days)."""
        one = self.person(lang)
        one.does("/desk/sign-in", {"email": f"{name}@desk.example", "password": PASSWORD})
        return one

    def settle(self) -> None:
        """Let workers do everything that is due."""
        wind()
        process_all(at_most=2000)
        db.session.rollback()

    def until(self, moment: datetime, step: timedelta = timedelta(hours=6)) -> None:
        """Move the clock forward to `moment`, a step at a time, with everything that happens on the way."""
        while now() < moment:
            self.clock.move_to(min(now() + step, moment))
            self.settle()

    def later(self, step: timedelta = timedelta(hours=6), **span: float) -> None:
        """Move the clock forward by `days=…`, `hours=…`, `minutes=…`."""
        self.until(now() + timedelta(**span), step)

    def letters(self, to: str, about: str = "") -> list[EmailMessage]:
        """The letters that reached this address, oldest first; `about` is looked for in subject and text."""
        return [
            letter
            for letter in self.mailbox.letters
            if to in str(letter["To"]) and about in f"{letter['Subject']}\n{text_of(letter)}"
        ]

    def content(self, content_id: str) -> Any:
        """The platform's own view of an item."""
        return self.lumo.api(f"/api/content/{content_id}")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """An instant as people write it, in Shanghai unless told: at('2026-11-20 10:00')."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@contextmanager
def lumo_here(folder: Path) -> Iterator[Caller]:
    """The demo platform in a thread of this process, so that it lives in the same moved time."""

    def site(port: int) -> Any:
        return create_site(PlatformSettings(folder, f"http://127.0.0.1:{port}", "http://localhost", SECRET, TOKEN))

    server: BaseWSGIServer = bind(site, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    caller = Caller(f"http://127.0.0.1:{server.server_port}")
    try:
        yield caller
    finally:
        caller.close()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def staged(app: APIFlask, folder: Path, start: datetime) -> Iterator[Stage]:
    """The stage at `start`; the platform connected, the mail server known to the app."""
    before = app.config["SETTINGS"]
    with time_machine.travel(start, tick=False) as clock, lumo_here(folder) as lumo:
        box = Mailbox()
        app.config["SETTINGS"] = before.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{box.port}"})
        try:
            with transaction():
                hooks = f"{lumo.base}/hooks/redress"
                partners.connect("demo", "Lumo", f"{lumo.base}/api", hooks, SECRET, TOKEN, "inbound")
            yield Stage(app, lumo, box, clock)
            figures.note()
        finally:
            app.config["SETTINGS"] = before
            box.stop()
