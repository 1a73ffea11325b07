"""Naming content, so that two ways of writing one address lead to the same subject; and how urgent a report is."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from webapp.domain.policy.shape import Book


def normal_address(address: str) -> str:
    """An address without what does not change the item: scheme, case of the host, port, fragment, end slash."""
    parts = urlsplit(address.strip())
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return urlunsplit(("", f"{host}{port}", parts.path.rstrip("/"), parts.query, "")).lstrip("/")


def subject_key(platform: str, content_ref: str, address: str) -> str:
    """The key under which reports about one item meet."""
    return f"content:{platform}:{content_ref}" if platform and content_ref else f"address:{normal_address(address)}"


def priority(kind: str, circumstances: Iterable[str], book: Book) -> str:
    """'P0' … 'P4': the kind's priority, raised by the circumstances named ("It is live now"), never lowered."""
    entry = book.kinds[kind]
    named = [entry.raises[c].priority for c in circumstances if c in entry.raises]
    return min([entry.priority, *named])
