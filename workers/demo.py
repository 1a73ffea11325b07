"""The demo beside Redress: a small platform and an inbox on this machine, their keys, whether their data is there."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from workers.startup import Ports


class Demo:
    """Where the demo's two processes live and what they share with Redress."""

    def __init__(self, folder: Path, ports: Ports, redress_url: str) -> None:
        self.folder, self.ports, self.redress_url = folder, ports, redress_url
        self.platform_url = f"http://127.0.0.1:{ports.platform}"
        self.inbox_url = f"http://127.0.0.1:{ports.inbox}"
        self.secret, self.token = self._keys()

    def _keys(self) -> tuple[str, str]:
        """The secret webhooks are signed with and the token that opens the platform's state; made once."""
        path = self.folder / "keys.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode("ascii")
            handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump({"hook_secret": secret, "api_token": secrets.token_urlsafe(32)}, file)
        keys = json.loads(path.read_text(encoding="ascii"))
        return str(keys["hook_secret"]), str(keys["api_token"])

    def environment(self) -> dict[str, str]:
        """What `flask demo seed` needs to connect the platform, and the platform to know Redress by."""
        return {
            "DEMO_PLATFORM_URL": self.platform_url,
            "DEMO_HOOK_SECRET": self.secret,
            "DEMO_API_TOKEN": self.token,
            "LUMO_SECRET": self.secret,
            "LUMO_API_TOKEN": self.token,
            # The demo's people are invented; for real ones a person has to assess the impact first.
            "PIPIA_REF": os.environ.get("PIPIA_REF") or "DEMO",
            "PIPIA_REF_VOICES": os.environ.get("PIPIA_REF_VOICES") or "DEMO",
            # Everybody who tries the demo comes from this one machine.
            "LIMIT_REPORTS": os.environ.get("LIMIT_REPORTS") or "600 per hour",
        }

    def platform_arguments(self) -> list[str]:
        """`python -m …` of the platform."""
        options = ["--port", str(self.ports.platform), "--data", str(self.folder / "platform")]
        return ["demo.platform", *options, "--redress-url", self.redress_url]

    def inbox_arguments(self) -> list[str]:
        """`python -m …` of the inbox."""
        ports = ["--smtp-port", str(self.ports.smtp), "--http-port", str(self.ports.inbox)]
        return ["demo.inbox", *ports, "--data", str(self.folder / "inbox")]

    def to_register(self) -> Path | None:
        """The folder of works to register at the first start; None when that was done, or the platform offers none."""
        mark, folder = self.folder / "registered", self.folder / "platform" / "registered"
        if mark.exists() or not (folder / "manifest.csv").exists():
            return None
        mark.touch()
        return folder

    def visit_arguments(self) -> list[str]:
        """`python -m …` of the visitors whose reports are on the desk at the first start; empty when they were here."""
        mark = self.folder / "visited"
        if mark.exists():
            return []
        mark.touch()
        return ["demo.visitors", "--redress-url", self.redress_url, "--platform-url", self.platform_url]

    def is_seeded(self) -> bool:
        """Whether the data was made, for the platform's present address."""
        return self._seeded()[:1] == [self.platform_url]

    def mark_seeded(self, accounts: str) -> None:
        """Remember it, and the staff accounts, for the next start."""
        (self.folder / "seeded").write_text(f"{self.platform_url}\n{accounts}", encoding="utf-8")

    def _seeded(self) -> list[str]:
        try:
            return (self.folder / "seeded").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def where(self, desk_url: str) -> list[str]:
        """What to open, under the line that says ready."""
        lines = [f"  Demo platform  {self.platform_url}", f"  Inbox          {self.inbox_url}"]
        return [*lines, f"  Desk           {desk_url}", *(f"    {account}" for account in self._seeded()[1:])]
