"""When to try again, when to give up, and what a reading means: tables, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.partners.rules import (
    DELIVERY_WAITS,
    IN_FORCE,
    LAST_ROUND,
    LAST_ROUND_LIFTED,
    LIFE,
    Measure,
    holds,
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
    """A minute, ten, an hour, then daily for 180 days; for a week where a measure was lifted."""
    day = timedelta(days=1)
    waits = [next_reading(n) for n in range(5)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), day, day]
    assert next_reading(LAST_ROUND) is None
    assert next_reading(LAST_ROUND_LIFTED, LAST_ROUND_LIFTED) is None
    assert LAST_ROUND_LIFTED < 12


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


@pytest.mark.parametrize(
    ("shows", "value", "expected"),
    [
        ("removed", "removed", True),
        ("disabled", "removed", True),  # something weightier holds
        ("removed", "disabled", False),
        ("suspended", "closed", True),
        ("suspended", "revoked", True),
        ("no_posting", ["limited", "no_posting"], True),
        ("no_posting", ["limited"], False),
        ("at_least_one", 2, True),
        ("at_least_one", 0, False),
        ("not:suspended", "closed", True),  # that very word is gone
        ("not:suspended", "suspended", False),
        ("not:no_posting", [], True),
        ("not:no_posting", ["no_posting"], False),
        ("suspended", None, False),
    ],
)
def test_what_the_platform_says_against_what_the_book_waits_for(shows: str, value: Any, expected: bool) -> None:
    """One word, an entry of a list, a count, something weightier, or the word being gone."""
    assert holds(shows, value) is expected


LIFTS = {
    "remove": ("content", "state", "not:removed"),
    "label": ("content", "labels", "not:ai_generated"),
    "suspend": ("account", "account.state", "not:suspended"),
    "warn": ("account", "account.warnings", "not:at_least_one"),
}


@pytest.mark.parametrize(
    ("kind", "state", "seen", "round_", "verb"),
    [
        # Its time came: it is lifted when it no longer shows.
        ("suspend", "ending", told(), 0, "lift"),
        ("suspend", "stuck", told(), 9, "lift"),
        ("suspend", "ending", told(account="suspended"), 0, ""),
        ("suspend", "ending", told(account="suspended"), 3, "miss"),
        ("suspend", "stuck", told(account="suspended"), 5, ""),
        ("suspend", "ended", told(), 6, ""),
        ("suspend", "ended", told(account="suspended"), 6, "drift"),
        ("suspend", "ended", {"state": "missing"}, 6, ""),
        # Taken back: the inverse is carried out when the measure no longer shows.
        ("remove", "sent", told(), 0, "confirm"),
        ("remove", "sent", told(state="removed"), 2, ""),
        ("remove", "sent", told(state="removed"), 3, "miss"),
        ("remove", "sent", {"state": "missing"}, 3, "miss"),  # still not there for anybody
        ("remove", "confirmed", told(state="removed"), 5, "drift"),
        ("label", "sent", told(), 0, "confirm"),
        ("label", "sent", told(labels=("ai_generated",)), 3, "miss"),
    ],
)
def test_what_one_reading_means_for_what_is_lifted(
    kind: str, state: str, seen: dict[str, Any], round_: int, verb: str
) -> None:
    """An end at its time, or an inverse: read until it no longer shows."""
    assert judge(Measure(state, *LIFTS[kind], None, lifts=True), seen, round_, NOON) == verb


def test_of_several_warnings_one_is_taken_back() -> None:
    """Two other warnings may stay; a third means that nothing was taken back."""
    measure = Measure("sent", *LIFTS["warn"], None, lifts=True, most=2)
    assert judge(measure, told(warnings=2), 0, NOON) == "confirm"
    assert judge(measure, told(warnings=3), 3, NOON) == "miss"


def test_while_another_measure_holds_the_same_a_lifting_is_not_judged() -> None:
    """Reading would see the other one."""
    held = Measure("ended", *LIFTS["suspend"], None, lifts=True, held=True)
    assert judge(held, told(account="suspended"), 9, NOON) == ""


def test_whatever_restricts_can_end_be_replaced_or_be_taken_back_and_what_is_over_stays_over() -> None:
    """From every state in force; an ended or undone measure is never sent again by the button."""
    for state in IN_FORCE:
        assert {"end", "replace", "undo"} <= set(LIFE.can(state))
    assert LIFE.can("undone") == ()
    assert LIFE.can("ended") == ("drift",)
    assert "resend" in LIFE.can("stuck")


def test_a_suspension_that_ran_out_has_not_drifted() -> None:
    """A minute's difference between clocks is forgiven; ending a day early is drift."""
    measure = Measure("confirmed", *SUSPEND, NOON)
    assert judge(measure, told(), 8, NOON + timedelta(hours=1)) == ""
    assert judge(measure, told(), 8, NOON - timedelta(seconds=30)) == ""
    assert judge(measure, told(), 8, NOON - timedelta(days=1)) == "drift"
