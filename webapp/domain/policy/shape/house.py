"""The house: its numbers that are no clocks, the versions of its book, and what it publishes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from webapp.domain.policy.shape.words import Part, Words


class House(Part):
    """Numbers of the house that are no clocks."""

    claim_minutes: int = Field(gt=0)
    appeal_days: int = Field(gt=0)
    tracking_days: int = Field(gt=0)
    last_call_hours: int = Field(gt=0)  # an asked case is offered again this long before it is due
    reopen_days: int = Field(gt=0)  # a lapsed notice is reopened by the same link for so long
    return_reminder_days: tuple[int, ...]  # after so many days of waiting for missing items
    restore_reminder_days: tuple[int, ...]  # before content is restored after a counter-notice
    arrival_hours: int = Field(gt=0)  # a letter the mail server took counts as arrived after so long (law.md §4.2)
    live_tries: int = Field(gt=0)  # tries at a live challenge before the stream may be cut (law.md §4.7 LIVENESS)
    alert_percent: int = Field(gt=0, lt=100)  # a lead is told at this share of a clock
    cn_copyright_restore: Literal["wait", "immediate"]  # law.md §0 item 5


class Step(Part):
    """One step of the published flow, with the time limits shown beside it."""

    words: Words
    text: Words
    clocks: tuple[str, ...] = ()


class Published(Part):
    """What /how says beside the figures: the flow step by step, and the sentences between the tables."""

    steps: tuple[Step, ...]
    texts: dict[str, Words]


class Edition(Part):
    """A version of the book: since when it applied, and what it changed."""

    since: str
    changes: Words
