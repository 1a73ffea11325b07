"""Mail kept as files, one for each Message-ID: a mail that comes again is counted, not kept twice.

So do Dovecot and Cyrus with duplicate suppression on.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any


@dataclass
class Receipt:
    """What the envelope said: order of arrival, when first and last, for whom, how often again."""

    number: int
    received_at: str
    last_at: str
    recipients: list[str] = field(default_factory=list)
    repeats: int = 0


@dataclass(frozen=True)
class Mail:
    """One kept mail, read."""

    id: str
    receipt: Receipt
    message: EmailMessage

    @property
    def subject(self) -> str:
        return header(self.message, "Subject")

    @property
    def to(self) -> str:
        """Bare addresses of the To header, or of the envelope when there is none."""
        found = [address for _, address in getaddresses([header(self.message, "To")]) if address]
        return ", ".join(found or self.receipt.recipients)

    def part(self, kind: str) -> str:
        """The `plain` or `html` body as text; empty when there is none or it cannot be read."""
        try:
            body = self.message.get_body((kind,))
            return str(body.get_content()) if body is not None else ""
        except (
            LookupError,
            ValueError,
            KeyError,
            AttributeError,
        ):  # unknown charset or a broken structure: show the raw mail instead
            return ""

    @property
    def attachments(self) -> list[str]:
        return (
            [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]
            if self.message.is_multipart()
            else []
        )

    def as_json(self) -> dict[str, Any]:
        """For tests and scripts."""
        headers: dict[str, str] = {}
        for name in self.message:
            headers.setdefault(name, header(self.message, name))
        return {
            "id": self.id,
            "message_id": header(self.message, "Message-ID"),
            "to": self.to,
            "subject": self.subject,
            "date": header(self.message, "Date"),
            "received_at": self.receipt.received_at,
            "text": self.part("plain"),
            "html": self.part("html"),
            "headers": headers,
            "recipients": self.receipt.recipients,
            "repeats": self.receipt.repeats,
        }


def header(message: EmailMessage, name: str) -> str:
    """A header as text, empty when missing or unreadable."""
    try:
        return str(message.get(name, ""))
    except (
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
    ):  # the header parser of the standard library stumbles over some malformed values
        return ""


class Mailbox:
    """Files under a folder: `<key>.eml` as received and `<key>.json` for the envelope.

    Safe for the SMTP and the web thread.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._receipts = {
            path.stem: self._load(path)
            for path in sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        }

    def receive(self, content: bytes, recipients: list[str]) -> str:
        """Keep a mail safely on disk, or count it again; its key. Raises OSError when the disk refuses."""
        message_id = header(_parse(content), "Message-ID").strip()
        key = hashlib.sha256((message_id or uuid.uuid4().hex).encode()).hexdigest()[:24]
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            receipt = self._receipts.get(key)
            if receipt is None:
                receipt = Receipt(
                    max((item.number for item in self._receipts.values()), default=0) + 1, now, now, recipients
                )
                self._replace(key, ".eml", content)
            else:
                receipt.repeats += 1
                receipt.last_at = now
                receipt.recipients = list(dict.fromkeys(receipt.recipients + recipients))
            self._replace(key, ".json", json.dumps(asdict(receipt)).encode())
            self._receipts[key] = receipt
        return key

    def list(self, to: str = "") -> list[Mail]:
        """Newest first; `to` keeps those with that text in an address."""
        with self._lock:
            keys = sorted(self._receipts, key=lambda key: self._receipts[key].number, reverse=True)
        mails = [mail for key in keys if (mail := self.get(key)) is not None]
        wanted = to.strip().lower()
        return [mail for mail in mails if not wanted or wanted in " ".join([mail.to, *mail.receipt.recipients]).lower()]

    def get(self, key: str) -> Mail | None:
        """One mail, or None."""
        receipt = self._receipts.get(key)
        raw = self.raw(key)
        return Mail(key, receipt, _parse(raw)) if receipt is not None and raw is not None else None

    def raw(self, key: str) -> bytes | None:
        """The mail as it came, or None."""
        if key not in self._receipts:
            return None
        try:
            return (self.folder / f"{key}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def stamp(self) -> str:
        """Changes whenever something arrived, came again or was thrown away."""
        with self._lock:
            seen = max((item.last_at for item in self._receipts.values()), default="")
            return f"{len(self._receipts)}:{seen}:{sum(item.repeats for item in self._receipts.values())}"

    def clear(self) -> None:
        """Throw every mail away."""
        with self._lock:
            for key in list(self._receipts):
                (self.folder / f"{key}.eml").unlink(missing_ok=True)
                (self.folder / f"{key}.json").unlink(missing_ok=True)
            self._receipts.clear()

    def _load(self, path: Path) -> Receipt:
        """The envelope of a kept mail; one that died before its envelope was written counts as received once."""
        try:
            return Receipt(**json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            stat = path.stat()
            at = datetime.fromtimestamp(stat.st_mtime, UTC).isoformat(timespec="milliseconds")
            return Receipt(stat.st_mtime_ns, at, at)

    def _replace(self, key: str, suffix: str, content: bytes) -> None:
        """Whole or not at all, and on the disk before anyone is told 250."""
        target = self.folder / f"{key}{suffix}"
        draft = target.with_suffix(f"{suffix}.part")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)


def _parse(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    if not isinstance(message, EmailMessage):  # the default policy always builds this class
        raise TypeError("the parser returned another kind of message")
    return message
