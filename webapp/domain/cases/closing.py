"""The end of a case: when every window is over and every letter is written; and its way to an authority."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.cases.life import as_actor, move, touch
from webapp.domain.cases.models import Case, Referral
from webapp.domain.clocks import service as clocks
from webapp.domain.clocks.models import Clock
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff

BATCH = 100  # messages left in one transaction; the next round leaves the rest


def _still_open() -> ColumnElement[bool]:
    """A clock keeps its case open: whatever the house still owes, however late; everything that runs on an appeal or
    a counter-notice; and a party's own window until it is over.
    """
    parties = [code for code, kind in book().clocks.items() if kind.duty == "party"]
    return exists().where(
        Clock.case_id == Case.id,
        Clock.state.in_(("running", "paused")),
        or_(
            Clock.code.not_in(parties),
            Clock.on_id.startswith("counter:"),
            Clock.on_id.startswith("appeal:"),
            Clock.due_at > now(),
        ),
    )


def _over() -> ColumnElement[bool]:
    """Decided, the house's own time for an appeal is over, and no clock keeps it open."""
    window = now() - timedelta(days=book().numbers.appeal_days)
    return and_(Case.state == "decided", Case.decided_at <= window, ~_still_open())


def close_due() -> int:
    """Post `case.closing` for decided cases whose windows are over; gives how many. Its handler asks the rooms above
    (letters written? an appeal, a counter-notice, a later decision open?) and then calls `close`.

    Once for each version of a case: while the handler waits for a letter, no second message is left.
    """
    require_transaction("cases.close_due")
    rows = db.session.execute(select(Case.id, Case.version).where(_over()).order_by(Case.decided_at, Case.id)).all()
    wanted = {f"case.closing:{case_id}:{version}": (case_id, version) for case_id, version in rows}
    known = set(db.session.scalars(select(Task.key).where(Task.topic == "case.closing", Task.key.is_not(None))))
    new = [key for key in wanted if key not in known][:BATCH]
    for key in new:
        case_id, version = wanted[key]
        outbox.post("case.closing", key=key, case_id=case_id, version=version)
    return len(new)


def is_over(case_id: str) -> bool:
    """Whether nothing this room knows of keeps the case open."""
    return db.session.scalar(select(Case.id).where(Case.id == case_id, _over())) is not None


def close(case: Case) -> None:
    """Close a decided case. Raises Refused: 'cannot_close' (not decided), 'window_open'.

    The caller has seen that every letter of its decisions is written: letters live above this room.
    """
    require_transaction("cases.close")
    if case.state == "decided" and not is_over(case.id):
        raise Refused("window_open")
    move(case, "close", SYSTEM)
    clocks.cancel_case(case.id)  # windows that ran out; nobody owes anything


def refer(case: Case, authority: str, note: str, staff: Staff) -> Referral:
    """Write down that the case was handed to an authority (police, hotline, regulator), outside Redress and at any
    time; nothing is mailed. The note is sealed. Raises Refused('authority_missing').
    """
    require_transaction("cases.refer")
    if not authority.strip():
        raise Refused("authority_missing")
    found = Referral(
        id=new_id(),
        case_id=case.id,
        authority=authority.strip(),
        note=note.strip(),
        staff_id=staff.id,
        referred_at=now(),
    )
    db.session.add(found)
    touch(case.id, staff.id)
    record(as_actor(staff), "case.refer", "case", case.id, authority=found.authority)
    return found
