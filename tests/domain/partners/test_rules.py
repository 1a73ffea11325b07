"""When to try again, when to give up, and what a reading means: tables, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.partners.rules import (
    DELIVERY_WAITS,
    LAST_ROUND,
    Measure,
    judge,
    next_reading,
    permanent,
    retry_after,
    same_host,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK = timedelta(days=7)

LABEL = ("content", "labels", "ai_generated")
REMOVE = ("content", "state", "removed")
WARN = ("account", "account.warnings", "at_least_one")
SUSPEND = ("account", "account.state", "suspended")


def told(
    state: str = "live", labels: tuple[str, ...] = (), warnings: int = 0, account: str = "active"
) -> dict[str, Any]:
    """What a platform says of an item."""
    return {"state": state, "labels": list(labels), "account": {"warnings": warnings, "state": account}}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, False) for status in (None, 500, 503, 408, 409, 425, 429)),
        *((status, True) for status in (400, 401, 404, 410, 422, 302)),
    ],
)
def test_which_answers_mean_do_not_repeat_this(status: int | None, expected: bool) -> None:
    """Silence and 5xx pass; 4xx and redirects stay, but for the four that say "not now"."""
    assert permanent(status) is expected


def test_tries_go_on_for_a_bad_night_and_then_end() -> None:
    """About nine hours of growing waits."""
    waits = [retry_after(n) for n in range(1, len(DELIVERY_WAITS) + 1)]
    assert waits == sorted(DELIVERY_WAITS)
    assert timedelta(hours=8) < sum(DELIVERY_WAITS, timedelta()) < timedelta(hours=10)
    assert retry_after(len(DELIVERY_WAITS) + 1) is None


def test_readings_thin_out_and_end_with_the_time_to_contest() -> None:
    """A minute, ten, an hour, then daily for 180 days."""
    day = timedelta(days=1)
    waits = [next_reading(n) for n in range(5)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), day, day]
    assert next_reading(LAST_ROUND) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://p.example:81/media/1", "http://p.example:81/media/1"),
        ("/media/1", "http://p.example:81/media/1"),
        ("http://p.example/media/1", ""),
        ("https://p.example:81/media/1", ""),
        ("http://p.example:81@evil.example/1", ""),
        ("//evil.example/1", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
    ],
)
def test_media_comes_from_the_platform_itself_or_not_at_all(url: str, expected: str) -> None:
    """Scheme, host and port must agree with the address the operator gave."""
    assert same_host("http://p.example:81/api", url) == expected


@pytest.mark.parametrize(
    ("kind", "state", "seen", "round_", "verb"),
    [
        # It shows: confirmed once, then quietly so.
        (LABEL, "sent", told(labels=("ai_generated",)), 0, "confirm"),
        (REMOVE, "sent", told(state="removed"), 0, "confirm"),
        (WARN, "sent", told(warnings=2), 0, "confirm"),
        (SUSPEND, "sent", told(account="suspended"), 0, "confirm"),
        (REMOVE, "confirmed", told(state="removed"), 9, ""),
        # It shows after all.
        (REMOVE, "failed", told(state="removed"), 5, "confirm"),
        (REMOVE, "drifted", told(state="removed"), 5, "confirm"),
        # Not yet; after the one-hour reading that is a failure.
        (LABEL, "sent", told(labels=("satire",)), 0, ""),
        (WARN, "sent", told(), 2, ""),
        (REMOVE, "sent", told(), 3, "miss"),
        # It held and no longer does.
        (REMOVE, "confirmed", told(), 1, "drift"),
        (LABEL, "confirmed", told(), 7, "drift"),
        (SUSPEND, "confirmed", told(), 2, "drift"),
        (REMOVE, "drifted", told(), 9, ""),
        # Gone altogether counts as removed, and is no missing label.
        (REMOVE, "sent", {"state": "missing"}, 0, "confirm"),
        (LABEL, "confirmed", {"state": "missing"}, 4, ""),
        (LABEL, "confirmed", told(state="removed"), 4, ""),
        # An item nobody knows says nothing of its account; silence says nothing at all.
        (SUSPEND, "confirmed", {"state": "missing"}, 4, ""),
        (REMOVE, "confirmed", None, 4, ""),
        # Delivery is still on its way: whatever shows is not our doing yet.
        (REMOVE, "pending", told(state="removed"), 0, ""),
    ],
)
def test_what_one_reading_means(
    kind: tuple[str, str, str], state: str, seen: dict[str, Any] | None, round_: int, verb: str
) -> None:
    """Measure, its state here, what the platform says, which reading → the verb that follows."""
    ends = NOON + WEEK if kind is SUSPEND else None
    assert judge(Measure(state, *kind, ends), seen, round_, NOON) == verb


def test_a_suspension_that_ran_out_has_not_drifted() -> None:
    """A minute's difference between clocks is forgiven; ending a day early is drift."""
    measure = Measure("confirmed", *SUSPEND, NOON)
    assert judge(measure, told(), 8, NOON + timedelta(hours=1)) == ""
    assert judge(measure, told(), 8, NOON - timedelta(seconds=30)) == ""
    assert judge(measure, told(), 8, NOON - timedelta(days=1)) == "drift"
