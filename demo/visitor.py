"""A visitor over real HTTP who files a report through the public form, as a browser without scripts does."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

from urllib3 import HTTPConnectionPool
from urllib3.response import BaseHTTPResponse

TOKEN = re.compile(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"')
# What is answered, by page; a page takes of it what it asks. The boxes are the statements that notices need.
ANSWERS: dict[str, dict[str, str]] = {
    "kind": {"kind": "COPY_IMAGE"},
    "who": {"basis": "SELF"},
    "standing": {},
    "content": {"wrong": "This is my painting, mirrored.", "work_title": "Evening on the river"},
    "contact": {
        "name": "Zhou Yun",
        "email": "zhou.yun@mail.com",
        "postal_address": "杭州市湖滨路 8 号",
        "language": "en",
        "good_faith": "y",
        "no_consent": "y",
    },
}


class Visitor:
    """One person with cookies and a kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.pool = HTTPConnectionPool("127.0.0.1", port, maxsize=1, timeout=60)
        self.cookies: dict[str, str] = {}
        self.hidden: dict[str, str] = {}

    def get(self, path: str) -> BaseHTTPResponse:
        """Open a page."""
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> BaseHTTPResponse:
        """Send a form with the hidden fields of the page last opened."""
        return self._send("POST", path, fields=self.hidden | fields)

    def _send(self, method: str, path: str, **options: Any) -> BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        answer = self.pool.request(method, path, headers=headers, redirect=False, retries=False, **options)
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status >= 500:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        self.hidden = dict(TOKEN.findall(answer.data.decode("utf-8", "replace"))) or self.hidden
        return answer

    def report(
        self, post: str, files: list[tuple[str, bytes]], platform: str = "none", **answers: dict[str, str]
    ) -> str:
        """File one report about `post` with files (role, or code of a paper; bytes); gives the reference.

        `answers` by page ('kind', 'who', 'standing', 'content', 'contact') replace those of ANSWERS.
        """
        path = "/report"
        while path != "/report/review":
            name = path.removeprefix("/report").strip("/") or "kind"
            if name == "files":
                path = self._files(files)
                continue
            self.get(path)
            where = {"platform": platform, "content_ref": post} if name in ("kind", "content") else {}
            path = self._on(path, ANSWERS[name] | answers.get(name, {}) | where)
        self.get("/report/review")
        self.post("/report/review", {})
        page = self.get("/report/receipt").data.decode()
        found = re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
        if found is None:
            raise RuntimeError("no reference on the receipt")
        return found[0]

    def _on(self, path: str, fields: dict[str, Any]) -> str:
        """Send a page; where it leads."""
        answer = self.post(path, fields)
        if answer.status != 302 or answer.headers["Location"] == path:
            raise RuntimeError(f"{path}: {answer.status}")
        return answer.headers["Location"]

    def _files(self, files: list[tuple[str, bytes]]) -> str:
        self.get("/report/files")
        for role, data in files:
            answer = self.post("/report/files", {"do": "add", role: (f"{role}.jpg", data, "image/jpeg")})
            if answer.status != 302:
                raise RuntimeError(f"/report/files: {answer.status}")
            self.get("/report/files")
        return self._on("/report/files", {"do": "go"})
