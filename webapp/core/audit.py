"""The audit log: who did what to what, append-only and chained, so that a changed row shows.

Each entry's hash covers its own content and the hash before it. It holds ids and facts, never contact data.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import now
from webapp.core.db import Base, append_only, db, require_transaction


@dataclass(frozen=True)
class Actor:
    """Who acts. `kind` is staff, reporter, respondent, partner or system; `id` names the row or the component."""

    kind: str
    id: str
    name: str = ""


SYSTEM = Actor("system", "redress", "Redress")


class AuditEntry(Base):
    """One act. `hash` = SHA-256 of the canonical JSON of all other fields with `previous_hash`."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(index=True)
    object_kind: Mapped[str]
    object_id: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


append_only(AuditEntry.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table here


def _hash(entry: AuditEntry) -> str:
    fields = (
        entry.at.isoformat(),
        entry.actor_kind,
        entry.actor_id,
        entry.verb,
        entry.object_kind,
        entry.object_id,
        entry.facts,
        entry.previous_hash,
    )
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def wait_for_turn() -> None:
    """Until the open transaction ends, no other one gets past this line. SQLite's writers take turns anyway."""
    require_transaction("audit.wait_for_turn")
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(7201)"))


def record(actor: Actor, verb: str, object_kind: str, object_id: str, **facts: Any) -> None:
    """Write that `actor` did `verb` to an object, in the command's own transaction. `facts` must be JSON-able."""
    require_transaction("audit.record")
    session = db.session
    wait_for_turn()  # one chain, one writer at a time
    session.flush()  # earlier entries of this transaction must be visible to the next line
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or ""
    entry = AuditEntry(
        at=now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        verb=verb,
        object_kind=object_kind,
        object_id=object_id,
        facts=facts,
        previous_hash=last,
    )
    entry.hash = _hash(entry)
    session.add(entry)


def verify() -> int | None:
    """Walk the chain; the id of the first entry that does not fit, or None when all is whole."""
    before = ""
    entries = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with closing(db.session.scalars(entries)) as walk:
        for entry in walk:
            if entry.previous_hash != before or _hash(entry) != entry.hash:
                return entry.id
            before = entry.hash
    return None
