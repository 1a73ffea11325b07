"""Naming content: two ways of writing one address, or a platform's own id, lead to the same subject."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def normal_address(address: str) -> str:
    """An address without what does not change the item: scheme, case of the host, port, fragment, end slash."""
    parts = urlsplit(address.strip())
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return urlunsplit(("", f"{host}{port}", parts.path.rstrip("/"), parts.query, "")).lstrip("/")


def subject_key(platform: str, content_ref: str, address: str) -> str:
    """The key under which reports about one item meet."""
    return f"content:{platform}:{content_ref}" if platform and content_ref else f"address:{normal_address(address)}"
