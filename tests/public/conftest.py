"""A visitor who types, clicks and follows redirects; every request starts with a clean slate, as on a real server."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import picture

ADDRESS = "https://example.org/v/123"
STEPS: dict[str, dict[str, Any]] = {
    "/report": {"kind": "COPY_IMAGE"},
    "/report/who": {"basis": "SELF"},
    "/report/content": {"address": ADDRESS, "wrong": "This is my painting, mirrored.", "work_title": "Evening"},
    "/report/files": {"do": "go"},
    "/report/contact": {"name": "Zhou Yun", "email": "zhou@example.org", "language": "en", "good_faith": "y"},
}


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

    def fill(self, until: str = "/report/review", **changes: dict[str, Any]) -> None:
        """Go through the steps before `until`; `changes` replace answers of a step."""
        for path, answers in STEPS.items():
            if path == until:
                return
            name = "kind" if path == "/report" else path.rsplit("/", 1)[-1]
            response = self.post(path, answers | changes.get(name, {}))
            assert response.status_code == 302, said(response)

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
