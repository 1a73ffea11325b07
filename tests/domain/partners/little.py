"""A little platform: a real HTTP server with one post, that verifies signatures by itself and does what it is told."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests.builders import picture
from webapp.core.db import transaction
from webapp.domain.partners.models import Platform
from webapp.domain.partners.service import connect

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBsaXR0bGUgcGxhdGZvcm0="
TOKEN = "the little platform's reading token"


class Little:
    """Its post, what it was told, and the troubles ordered for it."""

    def __init__(self) -> None:
        self.media = {"/media/m1": picture(1)}
        self.post: dict[str, Any] = {}
        self.told: list[dict[str, Any]] = []
        self.seen_ids: list[str] = []
        self.unsigned = 0
        self.hook_answers: list[int] = []  # statuses to give to the next messages; nothing is done for a refused one
        self.obeys = True  # False: takes messages and does nothing
        self.others: set[str] = set()  # further posts by the same account
        self.raw: dict[str, tuple[int, dict[str, str], bytes]] = {}  # path → an answer given as it is
        self.dripping: set[str] = set()  # paths that answer a byte at a time, for ever
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.reset()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """One live post by one account in good standing."""
        digest = hashlib.sha256(self.media["/media/m1"]).hexdigest()
        self.post = {
            "id": "p1",
            "url": f"{self.url}/posts/p1",
            "state": "live",
            "labels": [],
            "limits": [],
            "title": "River at dusk",
            "created_at": "2026-11-20T08:00:00Z",
            "media": [{"url": f"{self.url}/media/m1", "media_type": "image/jpeg", "sha256": digest}],
            "account": {
                "id": "a1",
                "handle": "@copycat",
                "name": "Copy Cat",
                "state": "active",
                "suspended_until": None,
                "warnings": 0,
                "limits": [],
                "email": "cat@little.example",
                "language": "en",
            },
        }

    def connect(self) -> Platform:
        """Tell Redress where it is, under the slug the builders use."""
        with transaction():
            return connect("demo", "Little", self.url, f"{self.url}/hooks", SECRET, TOKEN, "inbound")

    def do(self, data: dict[str, Any]) -> None:
        """Carry a measure out."""
        account = self.post["account"]
        match data["kind"]:
            case "label_ai":
                self.post["labels"] = ["ai_generated"]
            case "unlabel_ai":
                self.post["labels"] = []
            case "remove" | "disable":
                self.post["state"] = "removed" if data["kind"] == "remove" else "disabled"
            case "restore":
                self.post["state"] = "live"
            case "demote" | "no_posting" as kind:
                owner = self.post if kind == "demote" else account
                owner["limits"] = ["demoted" if kind == "demote" else kind]
            case "undemote" | "allow_posting" as kind:
                (self.post if kind == "undemote" else account)["limits"] = []
            case "warn":
                account["warnings"] += 1
            case "unwarn":
                account["warnings"] -= 1
            case "suspend":
                account["state"], account["suspended_until"] = "suspended", data["ends_at"]
            case "close":
                account["state"], account["suspended_until"] = "closed", None
            case "unsuspend":
                account["state"], account["suspended_until"] = "active", None

    @property
    def orders(self) -> list[str]:
        """The kinds of measure it was asked for, oldest first."""
        return [m["data"]["kind"] for m in self.told if m["type"] == "action.requested"]

    def stop(self) -> None:
        """Shut the door."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(little: Little) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the server's own name
            if self.path in little.raw:
                return self._raw(*little.raw[self.path])
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._raw(401, {}, b"")
            if self.path == f"/content/{little.post['id']}":
                return self._raw(200, {"Content-Type": "application/json"}, json.dumps(little.post).encode())
            if self.path.removeprefix("/content/") in little.others:
                other = little.post | {"id": self.path.removeprefix("/content/"), "state": "live", "labels": []}
                return self._raw(200, {"Content-Type": "application/json"}, json.dumps(other).encode())
            if self.path in little.dripping:
                return self._drip()
            if self.path in little.media:
                return self._raw(200, {"Content-Type": "image/jpeg"}, little.media[self.path])
            return self._raw(404, {}, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                message = Webhook(SECRET).verify(body, dict(self.headers))
            except WebhookVerificationError:
                little.unsigned += 1
                return self._raw(401, {}, b"")
            status = little.hook_answers.pop(0) if little.hook_answers else 200
            little.seen_ids.append(self.headers["webhook-id"])
            if status == 200:
                if little.obeys and message["type"] == "action.requested":
                    little.do(message["data"])
                little.told.append(message)
            location = {"Location": "/elsewhere"} if status == 302 else {}
            return self._raw(status, location, b"{}")

        def _drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with suppress(OSError):  # the other side hangs up
                while not little.closing.wait(0.05):
                    self.wfile.write(b".")

        def _raw(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quietly."""

    return Handler
