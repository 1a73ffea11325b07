"""A visitor who types, clicks and follows redirects; every request starts with a clean slate, as on a real server."""

from __future__ import annotations

import html
import io
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask import g
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.builders import picture
from tests.public.phone import CHROMIUM, PHONE, SWITCHES, Phone
from webapp.domain.policy.queries import book

ADDRESS = "https://example.org/v/123"
# What people answer, by page. Fields a page does not have are sent all the same, as an old page would.
ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"kind": "COPY_IMAGE"},
    "who": {"basis": "SELF"},
    "standing": {"claimant_name": "Zhou Ming", "matters": "Reports of every sort", "valid_to": "2099-12-31"},
    "content": {
        "address": ADDRESS,
        "wrong": "This is my painting, mirrored.",
        "work_title": "Evening",
        "time_position": "0:12",
        "registry_ref": "VH-0001",
    },
    "files": {"do": "go"},
    "contact": {
        "name": "Zhou Yun",
        "email": "zhou@example.org",
        "postal_address": "杭州市湖滨路 8 号",
        "signature": "Zhou Yun",
        "language": "en",
    },
}
BOXES = {entry.name: "y" for entry in book().evidence.values() if entry.form == "statement"}
STEPS = ("/report", "/report/who", "/report/content", "/report/files", "/report/contact")  # those COPY_IMAGE takes


class Visitor:
    """One browser. `lang` is the language of every page it opens."""

    def __init__(self, client: FlaskClient, lang: str = "en") -> None:
        self.client = client
        self.lang = lang
        client.set_cookie("lang", lang)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        g.pop("language", None)  # the test's own context outlives a request
        g.pop("_flask_babel", None)
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form."""
        g.pop("language", None)
        g.pop("_flask_babel", None)
        response = self.client.post(path, data=data or {}, **options)
        response.request.environ["wsgi.input"].close()  # a large body lies in a file the test client leaves open
        return response

    def send_file(self, data: bytes, name: str = "a.jpg", role: str = "alleged") -> TestResponse:
        """Send one file as the script does."""
        form = {"role": role, "file": (io.BytesIO(data), name)}
        return self.post("/report/files", form, headers={"Accept": "application/json"})

    def fill(self, until: str = "/report/review", papers: bool = True, **changes: dict[str, Any]) -> list[str]:
        """Go through the pages before `until`, wherever each leads; gives the pages. `changes` replace answers of a
        page; `papers`: send every file a whole notice needs."""
        path, seen = "/report", list[str]()
        while path not in (until, "/report/review"):
            assert path not in seen, said(self.get(path))
            seen.append(path)
            name = path.removeprefix("/report").strip("/") or "kind"
            boxes = BOXES if name in ("standing", "contact") else {}
            files = self.papers() if name == "files" and papers else {}
            response = self.post(path, boxes | ANSWERS[name] | files | changes.get(name, {}))
            assert response.status_code == 302, said(response)
            path = response.location
        return seen

    def papers(self) -> dict[str, Any]:
        """A file for every place on the step with the files that is not optional."""
        page = self.get("/report/files").text
        places = re.findall(r'<label[^>]* for="(\w+)">([^<]*<span[^>]*>)?([^<]*)', page)
        return {name: (io.BytesIO(picture(50)), f"{name}.jpg") for name, _label, mark in places if "follow" in mark}

    def send(self) -> TestResponse:
        """Press "Send the report" on the review page."""
        page = self.get("/report/review")
        return self.post("/report/review", {"form_key": form_key(page)})

    def report(self, **changes: dict[str, Any]) -> tuple[str, str]:
        """File a whole report: (reference, secret) as the receipt shows them."""
        self.fill(**changes)
        assert self.send().location == "/report/receipt"
        return receipt(self.get("/report/receipt"))


def said(response: TestResponse) -> str:
    """What a page says, without its markup."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def form_key(page: TestResponse) -> str:
    """The key hidden in the review page."""
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', page.text)
    assert found, said(page)
    return found.group(1)


def receipt(page: TestResponse) -> tuple[str, str]:
    """Reference and secret on a receipt page."""
    found = [re.search(rf'id="{name}">\s*([A-Z0-9-]+)', page.text) for name in ("reference", "secret")]
    assert all(found), said(page)
    return found[0].group(1), found[1].group(1)  # type: ignore[union-attr]  # asserted in the line above


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """A reporter reading English."""
    return Visitor(client)


@pytest.fixture
def stranger(app: APIFlask) -> Visitor:
    """Somebody else with another browser."""
    return Visitor(app.test_client())


@pytest.fixture
def photo() -> bytes:
    """A picture as phones make them."""
    return picture(7)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for a file of tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def site(app: APIFlask) -> Iterator[str]:
    """The app behind a real socket: its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # Closing waits for the last answer: a page that is left still sends something, and the next test has new tables.
    server.daemon_threads = False  # type: ignore[attr-defined]  # of the threaded one
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Phone]:
    """A phone with scripts."""
    context = chromium.new_context(viewport=PHONE)
    yield Phone(context.new_page(), site)
    context.close()


@pytest.fixture
def plain_phone(chromium: Browser, site: str) -> Iterator[Phone]:
    """A phone with scripts switched off."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield Phone(context.new_page(), site)
    context.close()


@pytest.fixture
def photos(tmp_path: Path) -> dict[str, str]:
    """Files on the phone: two pictures and a program that calls itself one."""
    contents = {"face.jpg": picture(1), "selfie.png": picture(2, format="PNG"), "trick.jpg": b"MZ" + b"\0" * 900}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {name: str(tmp_path / name) for name in contents}
