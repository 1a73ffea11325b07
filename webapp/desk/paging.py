"""The place in a long list, as an address carries it: a moment and an id."""

from __future__ import annotations

from datetime import UTC, datetime


def key_of(moment: datetime, row_id: str) -> str:
    """The place after a row."""
    return f"{moment.isoformat()}|{row_id}"


def read_key(text: str) -> tuple[datetime, str] | None:
    """The place an address names; None for the beginning and for what is no place."""
    head, bar, tail = text.partition("|")
    try:
        moment = datetime.fromisoformat(head).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that does not exist in UTC
        return None
    return (moment, tail) if bar else None
