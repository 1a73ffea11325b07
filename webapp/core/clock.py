"""The one place that knows what time it is; tests make it stand still."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC, with its zone."""
    return datetime.now(UTC)
