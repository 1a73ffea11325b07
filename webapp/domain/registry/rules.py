"""What a registration must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from webapp.core.errors import Refused

KINDS = ("work", "virtual_human")
LONGEST = 200  # characters of number, title and holder


@dataclass(frozen=True)
class Entry:
    """A registration as it is handed in. `registered_on` is an ISO date, '' for today."""

    number: str
    kind: str
    title: str
    holder: str
    registered_on: str = ""

    def trimmed(self) -> Entry:
        return Entry(*(part.strip() for part in vars(self).values()))


def check(entry: Entry, today: date) -> datetime:
    """When it was registered. Raises Refused with the first thing wrong: 'registration_number_missing',
    'registration_kind_unknown', 'registration_title_missing', 'registration_holder_missing', 'registration_too_long',
    'registration_date_wrong'."""
    for name in ("number", "title", "holder"):
        if not getattr(entry, name):
            raise Refused(f"registration_{name}_missing")
        if len(getattr(entry, name)) > LONGEST:
            raise Refused("registration_too_long", limit=LONGEST)
    if entry.kind not in KINDS:
        raise Refused("registration_kind_unknown", kind=entry.kind)
    try:
        day = date.fromisoformat(entry.registered_on) if entry.registered_on else today
    except ValueError:
        raise Refused("registration_date_wrong") from None
    if day > today:
        raise Refused("registration_date_wrong")
    return datetime.combine(day, time(), UTC)
