"""When a face or a voice may be measured, how long a template lives, what may be told, when the alarm rings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from webapp.domain.claimants.rules import Held, covers
from webapp.domain.policy.shape import Biometrics

# Why a template goes; the book words each (biometrics.toml `why`).
ENDS = ("consent_withdrawn", "report_withdrawn", "standing_lost", "case_closed", "expired", "erased")
# What a separate consent can be given for, with the first letter of its receipts. The detector of each is called so.
LETTERS = {"face": "F", "voice": "V"}
PURPOSES = tuple(LETTERS)
# What a reviewer may see of a comparison of faces or voices. An allow-list: a detector's finding may hold anything
# else, and what was measured of a stranger is kept nowhere.
TOLD = {
    "face": ("kind", "of", "box", "align", "pixels", "score", "warnings", "at"),
    "faces": ("kind", "found"),
    "length": ("kind", "of", "seconds"),
    "moments": ("kind", "pairs"),
    "ticks": ("kind", "at"),
    "times": ("kind", "spans"),
    "speech": ("kind", "of", "seconds", "segments"),
    "hearing": ("kind", "of", "warnings"),
    "voices": ("kind", "found", "speech", "best", "curve"),
}
# What of these tells of a file and of nobody in it: how long it is, how many faces or voices, where there is speech at
# all, how clear. It stays where she was not found.
OF_THE_FILE = {
    "faces": ("kind", "found"),
    "length": TOLD["length"],
    "speech": TOLD["speech"],
    "hearing": TOLD["hearing"],
    "voices": ("kind", "found"),
}
# Rows of "voices" that say of a moment how alike it sounds; the cosine is their last number.
ROWS = ("best", "curve")


class Given(Protocol):
    """What is needed of a consent to judge it; the row has it all."""

    @property
    def given_at(self) -> datetime:
        """When it was given."""

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it was taken back; None while it holds."""


def expiry(given_at: datetime, book: Biometrics) -> datetime:
    """When everything made on a consent is deleted at the latest."""
    return given_at + timedelta(days=book.longest_days.number)


def hindrance(
    consent: Given | None, standing: Held, kind: str, moment: datetime, book: Biometrics, *, enabled: bool
) -> str:
    """Why nothing may be measured for a report of `kind`; '' when it may.

    'consent_withdrawn'; 'no_consent': none was given, it is too old, or the standing no longer speaks for the person
    (refused, out of its term or its scope); 'not_enabled': the operator has recorded no impact assessment.
    """
    if consent is not None and consent.withdrawn_at is not None:
        return "consent_withdrawn"
    if consent is None or moment >= expiry(consent.given_at, book) or not covers(standing, kind, moment):
        return "no_consent"
    return "" if enabled else "not_enabled"


def told(findings: Sequence[Mapping[str, Any]], *, found: bool, least: float = -1.0) -> list[dict[str, Any]]:
    """A detector's findings, cut down to what may be kept.

    Where she was not `found` (band "none"), the nearest face or voice is a stranger's: nothing of it stays, not even
    where it is. Where she was, moments that sound less alike than `least` (a cosine) are other people's, and go too.
    """
    kept = []
    for finding in findings:
        allowed = TOLD if found or finding.get("of") == "reference" else OF_THE_FILE
        told = {key: finding[key] for key in allowed.get(str(finding.get("kind")), ()) if key in finding}
        if told.get("kind") == "voices":
            told |= {rows: _alike(told[rows], least) for rows in ROWS if rows in told}
        if told:
            kept.append(told)
    return kept


def _alike(rows: Sequence[Sequence[float]], least: float) -> list[Sequence[float]]:
    """The rows at least so much alike; the one most alike if none is (a whole may be nearer than its parts)."""
    return [row for row in rows if row[-1] >= least] or sorted(rows, key=lambda row: -row[-1])[:1]


def alarms(persons: int, book: Biometrics) -> bool:
    """Whether so many persons with templates come near the number from which an authority must be told."""
    return persons * 100 >= book.file_persons.number * book.file_percent
