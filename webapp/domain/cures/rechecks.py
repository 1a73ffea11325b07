"""The second look after an account put its label: asked for with the tap, settled when the copy was read again.

Whatever comes out is told to the desk and nothing else: a label can be shown beside the content without being in the
file, and a platform can take its time. No penalty follows from it by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.ids import new_id
from webapp.domain.cures.models import CureOffer, LabelCheck
from webapp.domain.labels.rules import Answer
from webapp.domain.policy.queries import book

STATES: dict[Answer | None, str] = {
    "declared": "found",
    "suspected": "trace",
    "no_evidence": "not_found",
    None: "unread",  # there was no copy, or nobody could read it
}


def ask(offer: CureOffer) -> LabelCheck | None:
    """Ask for a second look where the kind is about labels; None for other kinds. Posts `label.recheck`, due later."""
    require_transaction("cures.rechecks.ask")
    kind = book().kinds.get(offer.kind)
    if kind is None or not kind.reads_labels:
        return None
    due_at = now() + timedelta(minutes=book().labels.recheck_minutes)
    made = LabelCheck(id=new_id(), case_id=offer.case_id, offer_id=offer.id, state="waiting", due_at=due_at)
    db.session.add(made)
    db.session.flush()
    outbox.post("label.recheck", key=f"recheck:{offer.id}", due_at=due_at, check_id=made.id)
    return made


def get(check_id: str) -> LabelCheck:
    """The check. Raises NotFound."""
    return need(LabelCheck, check_id, "no_such_check")


def settle(check: LabelCheck, state: str, items: Sequence[str] = ()) -> None:
    """Write down how the second look ended: a state of the check, and the copies that were read.

    A platform that could not be reached may be asked again; any other end is the last word.
    """
    require_transaction("cures.rechecks.settle")
    if check.state not in ("waiting", "unreachable"):
        return
    again = check.state == state
    check.state, check.items, check.checked_at = state, list(items), now()
    if not again:
        record(SYSTEM, "label.recheck", "case", check.case_id, outcome=state)
