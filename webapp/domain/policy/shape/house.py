"""The house: its numbers that are no clocks, how long biometric data lives, the book's versions, what is published."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from webapp.domain.policy.shape.words import Mark, Part, Words


class House(Part):
    """Numbers of the house that are no clocks."""

    claim_minutes: int = Field(gt=0)
    appeal_days: int = Field(gt=0)
    tracking_days: int = Field(gt=0)
    last_call_hours: int = Field(gt=0)  # an asked case is offered again this long before it is due
    answer_days: int = Field(gt=0)  # a question to a party waits for its answer so long
    reopen_days: int = Field(gt=0)  # a lapsed notice is reopened by the same link for so long
    return_reminder_days: tuple[int, ...]  # after so many days of waiting for missing items
    restore_reminder_days: tuple[int, ...]  # before content is restored after a counter-notice
    arrival_hours: int = Field(gt=0)  # a letter the mail server took counts as arrived after so long (law.md §4.2)
    live_tries: int = Field(gt=0)  # tries at a live challenge before the stream may be cut (law.md §4.7 LIVENESS)
    alert_percent: int = Field(gt=0, lt=100)  # a lead is told at this share of a clock
    cn_copyright_restore: Literal["wait", "immediate"]  # law.md §0 item 5


class Limit(Part):
    """One number of a rule, with where it stands and how sure it is."""

    number: int = Field(gt=0)
    citation: Words
    mark: Mark


class Ends(Part):
    """Why a template was deleted, as its receipt says."""

    consent_withdrawn: Words
    report_withdrawn: Words
    standing_lost: Words
    case_closed: Words
    expired: Words
    erased: Words


class Purposes(Part):
    """What a template is for, as its owner is told: one entry for each purpose of a separate consent."""

    face: Words
    voice: Words


class Biometrics(Part):
    """How long measured faces and voices live, and from how many persons on an authority must be told (law.md §9.1)."""

    closed_days: Limit  # after a case closed for good its templates live so long
    longest_days: Limit  # and never longer than this after the consent
    file_persons: Limit  # from so many persons on: file with the provincial authority
    file_percent: int = Field(gt=0, lt=100)  # the alarm rings at this share of it
    purposes: Purposes
    why: Ends


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
