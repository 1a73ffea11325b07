"""A report as it was filled in, typed: the same for the form's draft, the API and a report already received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

GOOD_FAITH = "GF"  # the one statement that has a box, and a field, of its own


@dataclass(frozen=True)
class FilledReport:
    """A draft as a whole. Codes: `statements` of evidence.toml (NOCONS, PERJURY, NO_SPOUSE …), `scope` of kinds,
    `elected` of regimes, `circumstances` of the kind's `raises`. Days are written YYYY-MM-DD, the last one included.
    """

    kind: str = ""
    basis: str = ""
    claimant_name: str = ""
    # The standing: an earlier one to rest on (checked by the face: the session may use it), or what is claimed now.
    standing_id: str = ""
    matters: str = ""
    scope: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    prior_arrangement: str = ""
    registry_ref: str = ""
    # The content, and what is wrong with it.
    platform: str = ""
    content_ref: str = ""
    address: str = ""
    wrong: str = ""
    work_title: str = ""
    time_position: str = ""
    # Of a live stream: 'now', 'was' or 'no', and when it was seen (YYYY-MM-DDTHH:MM, in the legal time zone or with its
    # own). Of the recording that is sent along: the part to look at, as typed ('0:12').
    live: str = ""
    seen_at: str = ""
    part_from: str = ""
    part_to: str = ""
    source: str = ""
    loss: str = ""
    circumstances: tuple[str, ...] = ()
    # The person and what they say.
    consent: bool = False
    anonymous: bool = False
    name: str = ""
    email: str = ""
    postal_address: str = ""
    language: str = "zh"
    elected: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    signature: str = ""
    good_faith: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FilledReport:
        """Take the known fields out of a stored draft. Unknown ones, and values of another type, are left behind: a
        draft may be older or newer than this code."""
        known: dict[str, Any] = {}
        for field in fields(cls):
            value = data.get(field.name)
            if isinstance(field.default, tuple) and isinstance(value, list | tuple):
                known[field.name] = tuple(v for v in value if isinstance(v, str))
            elif type(value) is type(field.default):
                known[field.name] = value
        return cls(**known)

    @property
    def stated(self) -> frozenset[str]:
        """Codes of all statements given, good faith among them."""
        return frozenset(self.statements) | ({GOOD_FAITH} if self.good_faith else frozenset())

    @property
    def unreadable(self) -> list[str]:
        """Names of the day fields that hold no day."""
        return [n for n in ("valid_from", "valid_to") if getattr(self, n) and day(getattr(self, n)) is None]


def day(text: str) -> date | None:
    """The day written as YYYY-MM-DD; None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
