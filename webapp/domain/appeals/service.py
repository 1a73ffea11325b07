"""The verbs against a decision, gathered: the faces and jobs take them from here."""

from __future__ import annotations

from webapp.domain.appeals.counters import add_proof, complete_counter, file_counter, forward
from webapp.domain.appeals.hearing import decide, file, find, foresee, release, take
from webapp.domain.appeals.restoring import (
    elapse,
    elapse_due,
    end_hold,
    extend,
    prove,
    withdraw,
    withdraw_claim,
)
from webapp.domain.appeals.waiting import arrive_due, confirm_arrival, mark_mailed, mark_read, remind_due

__all__ = [
    "add_proof",
    "arrive_due",
    "complete_counter",
    "confirm_arrival",
    "decide",
    "elapse",
    "elapse_due",
    "end_hold",
    "extend",
    "file",
    "file_counter",
    "find",
    "foresee",
    "forward",
    "mark_mailed",
    "mark_read",
    "prove",
    "release",
    "remind_due",
    "take",
    "withdraw",
    "withdraw_claim",
]
