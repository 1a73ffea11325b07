"""Holding a case: a lease for one reviewer at a time, renewed by activity, free again when it runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.domain.cases import queries
from webapp.domain.cases.life import as_actor, tell_clocks, touch
from webapp.domain.cases.models import Claim, Handover
from webapp.domain.cases.rules import LIVE
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff


def lease() -> timedelta:
    """How long a claim lasts without activity (book.toml)."""
    return timedelta(minutes=book().numbers.claim_minutes)


def take(case_id: str, staff: Staff) -> Claim:
    """Take the lease for a while; the case counts as triaged, and whoever took it as having touched it.

    Raises Conflict('claimed_by_other', name) while somebody else holds a live one, Refused('case_not_open').
    """
    require_transaction("cases.take")
    moment = now()
    case = queries.get(case_id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    expires = moment + lease()
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(Claim).values(case_id=case_id, staff_id=staff.id, taken_at=moment, expires_at=expires)
    taken = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[Claim.case_id],
            set_={"staff_id": staff.id, "taken_at": moment, "expires_at": expires} | _wish_kept(staff),
            where=(Claim.expires_at < moment) | (Claim.staff_id == staff.id),
        ).returning(Claim.case_id)
    )
    if taken is None:
        holder = queries.holder(case_id)
        raise Conflict("claimed_by_other", name=holder.name if holder else "")
    end_handover(case_id, staff)
    touch(case_id, staff.id)
    record(as_actor(staff), "case.take", "case", case_id, until=expires.isoformat())
    tell_clocks(case, "triaged")
    claim = db.session.get(Claim, case_id, populate_existing=True)
    if claim is None:
        raise NotFound("no_such_claim")
    return claim


def _wish_kept(staff: Staff) -> dict[str, Any]:
    """A colleague's request stays while the same person takes the case again, and ends with anybody else's lease."""
    same = Claim.staff_id == staff.id
    return {
        "wanted_by_id": sql_case((same, Claim.wanted_by_id), else_=None),
        "wanted_at": sql_case((same, Claim.wanted_at), else_=None),
        "wanted_why": sql_case((same, Claim.wanted_why), else_=None),
    }


def renew(case_id: str, staff: Staff) -> bool:
    """Hold the lease longer because the reviewer is active. False when it is no longer theirs."""
    require_transaction("cases.renew")
    expires = now() + lease()
    result: Any = db.session.execute(
        update(Claim).where(Claim.case_id == case_id, Claim.staff_id == staff.id).values(expires_at=expires)
    )
    return bool(result.rowcount)


def release(case_id: str, staff: Staff) -> None:
    """Give the case back to the queue; giving back what one does not hold changes nothing."""
    require_transaction("cases.release")
    result: Any = db.session.execute(delete(Claim).where(Claim.case_id == case_id, Claim.staff_id == staff.id))
    if result.rowcount:
        end_handover(case_id, staff)
        record(as_actor(staff), "case.release", "case", case_id)


def end_handover(case_id: str, staff: Staff) -> None:
    """Somebody took the case or gave it back: it waits for nobody by name any more."""
    require_transaction("cases.end_handover")
    given = db.session.scalar(select(Handover).where(Handover.case_id == case_id, Handover.ended_at.is_(None)))
    if given is not None:
        given.ended, given.ended_at = "taken" if given.to_id == staff.id else "passed", now()
        db.session.flush()  # only one may wait (partial unique index)


def require_claim(case_id: str, staff: Staff) -> Claim:
    """The live lease `staff` holds on the case. Raises Conflict: 'claim_lost', 'claimed_by_other'."""
    claim = db.session.get(Claim, case_id, populate_existing=True)
    if claim is None or claim.expires_at < now():
        raise Conflict("claim_lost")
    if claim.staff_id != staff.id:
        raise Conflict("claimed_by_other", name=claim.staff.name)
    return claim
