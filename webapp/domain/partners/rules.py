"""Thinking about platforms: when to try again, when to give up, and whether what was decided shows over there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from webapp.core.lifecycle import Lifecycle

# Measures that are on their way, or hold: these restrict somebody, and can end, be replaced or be taken back.
IN_FORCE = ("pending", "sent", "confirmed", "drifted", "failed")
# A measure whose time has come: what is read now is whether it stopped.
LIFTING = ("ending", "ended", "stuck")

# An effect's life. `read back` gives confirm, drift, miss or lift; the desk's button is `resend`.
LIFE = Lifecycle(
    "effect",
    "pending",
    {
        ("pending", "deliver"): "sent",
        ("pending", "fail"): "failed",
        ("failed", "deliver"): "sent",
        ("sent", "confirm"): "confirmed",
        ("sent", "miss"): "failed",
        ("failed", "confirm"): "confirmed",
        ("confirmed", "drift"): "drifted",
        ("drifted", "confirm"): "confirmed",
        ("drifted", "resend"): "pending",
        ("failed", "resend"): "pending",
        **{(state, "end"): "ending" for state in IN_FORCE},
        ("ending", "deliver"): "ending",
        ("stuck", "deliver"): "ending",
        ("ending", "fail"): "stuck",
        ("ending", "miss"): "stuck",
        ("ending", "lift"): "ended",
        ("stuck", "lift"): "ended",
        ("ended", "drift"): "stuck",
        ("stuck", "resend"): "ending",
        # Over without anything to be sent: another measure holds the same, or the platform never had this one.
        **{(state, "replace"): "ended" for state in (*IN_FORCE, "ending", "stuck")},
        **{(state, "undo"): "undone" for state in (*IN_FORCE, "ending", "stuck")},
    },
)

# Waits between tries to deliver: seconds for a hiccup, then long enough for a platform's bad night (about nine hours).
DELIVERY_WAITS = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800, 3600, 7200, 18000))
# 4xx means "do not repeat this", but these four mean "not now": timeout, conflict, too early, too many.
TRY_AGAIN = frozenset({408, 409, 425, 429})

# Read back at once, then after a minute, ten minutes, an hour, then daily for as long as a decision can be contested
# (book.appeal_days, 180).
READING_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
DAILY = timedelta(days=1)
LAST_ROUND = len(READING_WAITS) + 180
# What was lifted is looked at for a week: a platform that restricts again by itself does so soon.
LAST_ROUND_LIFTED = len(READING_WAITS) + 7
# A measure that does not show after the one-hour reading was not carried out: the desk is told.
PATIENT_ROUNDS = len(READING_WAITS)
# Clocks differ: a suspension that is over a minute early has ended by itself.
CLOCK_SLACK = timedelta(minutes=1)

# `shows` of a measure that is counted (warnings), of which an account can have several at once.
COUNTED = "at_least_one"
# `shows` that begins so means: this must not be there (a wrong label taken off).
NOT = "not:"
# What the platform says when something stronger than the measure holds.
WEIGHTIER = {"disabled": ("removed",), "suspended": ("closed", "revoked"), "off": ("revoked",)}

Verb = Literal["confirm", "drift", "miss", "lift", ""]


def permanent(status: int | None) -> bool:
    """Whether an HTTP status (None: no answer) means that the same message would be refused again.

    A redirect is not followed and will be there next time too, so it counts as a refusal.
    """
    return status is not None and 300 <= status < 500 and status not in TRY_AGAIN


def retry_after(tries: int) -> timedelta | None:
    """How long to wait after `tries` failed tries; None: give up."""
    return DELIVERY_WAITS[tries - 1] if tries <= len(DELIVERY_WAITS) else None


def next_reading(round_: int, last: int = LAST_ROUND) -> timedelta | None:
    """How long after reading number `round_` (0 = right after delivery) the next one is; None: that was the last."""
    if round_ >= last:
        return None
    return READING_WAITS[round_] if round_ < len(READING_WAITS) else DAILY


def same_host(api_url: str, url: str) -> str:
    """`url` (absolute, or relative to `api_url`) when it is on the platform's own host; '' when it leads elsewhere."""
    try:
        full = urljoin(api_url, url)
        ours, theirs = urlsplit(api_url), urlsplit(full)
    except ValueError:  # not an address at all
        return ""
    agrees = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
    return full if agrees and ours.netloc and ours.scheme in ("http", "https") else ""


def seen_at(state: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path of what the platform said ('account.warnings'); None when it is not there."""
    value: Any = state
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def holds(shows: str, value: Any, most: int = 0) -> bool:
    """Whether a read value is what the book says the measure shows: 'at_least_one', an entry of a list, or equal.

    Something weightier holds too (WEIGHTIER); 'not:<word>' holds while that very word is not there. `most`: so many
    counted ones are there for other reasons.
    """
    if shows.startswith(NOT):
        return not _there(shows.removeprefix(NOT), value, most)
    return _there(shows, value, most) or (isinstance(value, str) and value in WEIGHTIER.get(shows, ()))


def _there(shows: str, value: Any, most: int) -> bool:
    if shows == COUNTED:
        return isinstance(value, int) and value > most
    return shows in value if isinstance(value, list) else bool(value == shows)


@dataclass(frozen=True)
class Measure:
    """What is known of one measure before the platform is read: its state here, what it must show, until when.

    `lifts`: this takes a measure back. `most`: of counted measures so many others are there. `held`: another measure in
    force is lifted by the same inverse, so that reading says nothing of the lifting.
    """

    state: str
    target: str
    reads: str
    shows: str
    ends_at: datetime | None
    lifts: bool = False
    most: int = 0
    held: bool = False


def over(measure: Measure, moment: datetime) -> bool:
    """Whether reading says nothing any more: taken back, held by another, or its time has come."""
    if measure.lifts:
        return measure.held
    return measure.state == "undone" or (measure.ends_at is not None and moment >= measure.ends_at - CLOCK_SLACK)


def judge(measure: Measure, state: Mapping[str, Any] | None, round_: int, moment: datetime) -> Verb:
    """What one reading means; '' = nothing changes.

    `state` is what the platform said, None when it could not be read, {'state': 'missing'} when it does not know the
    item (any more). A measure that ended has not drifted; neither has a label on an item that is gone.
    """
    if state is None or over(measure, moment):
        return ""
    value = seen_at(state, measure.reads)
    gone = state.get("state") in ("removed", "missing")
    if measure.target != "content" and value is None:
        return ""  # an item nobody knows says nothing of its account
    if measure.reads == "state" and gone:
        value = "removed"
    if holds(measure.shows, value, measure.most):
        return MET.get(measure.state, "")
    if measure.state == "confirmed" and gone and measure.target == "content" and not measure.lifts:
        return ""
    verb = UNMET.get(measure.state, "")
    return "" if verb == "miss" and round_ < PATIENT_ROUNDS else verb


# What a reading that shows what it should, or does not, means in each state.
MET: dict[str, Verb] = {
    "sent": "confirm",
    "failed": "confirm",
    "drifted": "confirm",
    "ending": "lift",
    "stuck": "lift",
}
UNMET: dict[str, Verb] = {"sent": "miss", "ending": "miss", "confirmed": "drift", "ended": "drift"}
