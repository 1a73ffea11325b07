"""A sender of files in pieces without a browser, and recordings that need no encoder."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.public.conftest import Visitor

TUS = {"Tus-Resumable": "1.0.0"}


def wav(size: int, seed: int = 0) -> bytes:
    """A WAV of about `size` bytes: eight kilohertz, eight bits, a saw that `seed` tunes."""
    sound = bytes((n * (seed + 3)) & 0xFF for n in range(4096)) * (size // 4096 + 1)
    sound = sound[: size - 44]
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(sound),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        8000,
        8000,
        1,
        8,
        b"data",
        len(sound),
    )
    return head + sound


@dataclass
class Sender:
    """Somebody's browser behind a door: '/report', '/track/R-…' or '/respond/C-…'."""

    who: Visitor
    door: str = "/report"

    def announce(
        self, size: int, name: str = "call.wav", field: str = "alleged", sign: str = "1", **headers: str
    ) -> TestResponse:
        """Say that a file will come."""
        said = {"filename": name, "field": field, "sign": sign}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        told = TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata} | headers
        return self.who.post(f"{self.door}/pieces", headers=told)

    def send(self, where: str, data: bytes, offset: int, **headers: str) -> TestResponse:
        """Send bytes that begin at `offset`."""
        told = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"} | headers
        return self.who.client.patch(where, data=data, headers=told)

    def asked(self, where: str) -> TestResponse:
        """How much is there?"""
        return self.who.client.head(where, headers=TUS)

    def whole(self, data: bytes, name: str = "call.wav", field: str = "alleged") -> str:
        """Send a file in two pieces; gives the id under which it waits for a form."""
        where = self.announce(len(data), name, field).location
        half = len(data) // 2
        assert self.send(where, data[:half], 0).status_code == 204
        assert self.send(where, data[half:], half).headers["Upload-Offset"] == str(len(data))
        return where.rsplit("/", 1)[-1]

    def attach(self, upload_id: str, role: str = "alleged") -> Any:
        """Let what has arrived join the draft, as the script does."""
        return self.who.post(
            "/report/files", {"role": role, "arrived": upload_id}, headers={"Accept": "application/json"}
        )
