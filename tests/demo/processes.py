"""Start the demo's real processes on free ports, talk to them over HTTP and SMTP, and stop them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3
from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_bHVtby1kZW1vLXNlY3JldC1mb3ItdGVzdHM="
TOKEN = "read-back-token"
STOP_WITHIN = 10.0


@dataclass
class Process:
    """One running program and its ready line."""

    child: subprocess.Popen[str]
    ready: str

    @property
    def url(self) -> str:
        found = re.search(r"http://[\d.:]+", self.ready)
        assert found is not None, self.ready
        return found.group()

    @property
    def smtp_port(self) -> int:
        found = re.search(r"SMTP 127\.0\.0\.1:(\d+)", self.ready)
        assert found is not None, self.ready
        return int(found.group(1))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.child.send_signal(how)
        try:
            return self.child.wait(STOP_WITHIN)
        finally:
            if self.child.stdout is not None:
                self.child.stdout.close()


def start(*arguments: str) -> Process:
    """Run `python -m …` and wait for the line that says it is ready."""
    child = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert child.stdout is not None
    line = child.stdout.readline()  # empty when the program ended, which the assertion reports
    assert "is ready" in line, f"did not start: {line!r}, exit {child.poll()}"
    return Process(child, line)


def start_platform(folder: Path, redress: str = "http://127.0.0.1:9") -> Process:
    return start(
        "demo.platform",
        "--port",
        "0",
        "--data",
        str(folder),
        "--redress-url",
        redress,
        "--secret",
        SECRET,
        "--api-token",
        TOKEN,
    )


def start_inbox(folder: Path) -> Process:
    return start("demo.inbox", "--smtp-port", "0", "--http-port", "0", "--data", str(folder))


class Caller:
    """A small HTTP client for one process."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._pool = urllib3.PoolManager(retries=False, timeout=20.0)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request("GET", self.base + path, headers=headers, redirect=False)

    def page(self, path: str, lang: str = "zh") -> str:
        return self.get(f"{path}?lang={lang}").data.decode()

    def api(self, path: str) -> Any:
        return self.get(path, Authorization=f"Bearer {TOKEN}").json()

    def form(self, path: str, **fields: str) -> int:
        return int(
            self._pool.request("POST", self.base + path, fields=fields, encode_multipart=False, redirect=False).status
        )

    def upload(self, data: bytes, account: str) -> str:
        """Post a file on the tools page; gives where the page goes on."""
        fields = {"file": ("picture.jpg", data, "image/jpeg"), "account": account}
        answer = self._pool.request("POST", f"{self.base}/demo/tools/upload", fields=fields, redirect=False)
        return str(answer.headers.get("Location", answer.status))

    def hook(self, webhook_id: str, body: dict[str, Any], secret: str = SECRET) -> urllib3.BaseHTTPResponse:
        """Deliver a signed message."""
        text = json.dumps(body)
        at = datetime.now(UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(webhook_id, at, text),
            "content-type": "application/json",
        }
        return self._pool.request("POST", f"{self.base}/hooks/redress", body=text.encode(), headers=headers)

    def order(
        self, webhook_id: str, kind: str, content: str | None, account: str, **more: Any
    ) -> urllib3.BaseHTTPResponse:
        """Deliver one `action.requested`."""
        data = {
            "action_id": more.pop("action_id", f"act-{webhook_id}"),
            "kind": kind,
            "content_id": content,
            "account_id": account,
            "days": None,
            "ends_at": None,
            "reason_code": "copyright.image",
        } | more
        return self.hook(
            webhook_id, {"type": "action.requested", "timestamp": datetime.now(UTC).isoformat(), "data": data}
        )

    def close(self) -> None:
        self._pool.clear()
