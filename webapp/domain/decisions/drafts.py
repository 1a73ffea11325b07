"""What was typed is never lost: one draft for each case and reviewer, sealed, until it is decided or thrown away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.decisions.models import DecisionDraft
from webapp.domain.decisions.rules import Choice

LARGEST = 1_000_000  # characters of one draft: twice what a form without files may hold (core.requests)
# A draft of a case that is over, or that nobody came back to, is kept a season of work (D) and then erased.
LIFE = timedelta(days=30)


def keep(
    case: Case,
    staff_id: str,
    *,
    form: Sequence[tuple[str, str]] = (),
    choice: Choice | None = None,
    came_back: str = "",
) -> DecisionDraft:
    """Write down what the reviewer typed (`form`: names and values in their order) or had submitted (`choice`), over
    what was there. Raises Refused('draft_too_long'): nothing is ever cut silently.
    """
    require_transaction("drafts.keep")
    kept: Mapping[str, Any] = {"choice": choice.to_json()} if choice else {"form": [list(pair) for pair in form]}
    content = json.dumps(kept, ensure_ascii=False)
    if len(content) > LARGEST:
        raise Refused("draft_too_long")
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"content": content, "case_version": case.version, "saved_at": now(), "came_back": came_back}
    statement = insert(DecisionDraft).values(case_id=case.id, staff_id=staff_id, **values)
    key = [DecisionDraft.case_id, DecisionDraft.staff_id]
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
    return db.session.get_one(DecisionDraft, (case.id, staff_id), populate_existing=True)


def of(case_id: str, staff_id: str) -> DecisionDraft | None:
    """The reviewer's draft on this case."""
    return db.session.get(DecisionDraft, (case_id, staff_id), populate_existing=True)


def read(draft: DecisionDraft) -> tuple[list[tuple[str, str]], Choice | None]:
    """What the draft holds: the form's fields, or a choice."""
    kept = json.loads(draft.content)
    choice = Choice.from_json(kept["choice"]) if "choice" in kept else None
    return [(name, value) for name, value in kept.get("form", [])], choice


def returned(staff_id: str) -> list[tuple[DecisionDraft, Case]]:
    """Choices of this person that came back instead of becoming decisions, in cases that still wait, newest first."""
    rows = db.session.execute(
        select(DecisionDraft, Case)
        .join(Case, Case.id == DecisionDraft.case_id)
        .where(DecisionDraft.staff_id == staff_id, DecisionDraft.came_back != "", Case.state.in_(LIVE))
        .order_by(DecisionDraft.saved_at.desc())
        .limit(10)
    )
    return [(draft, case) for draft, case in rows]


def forget(case_id: str, staff_id: str) -> None:
    """Erase the draft: it was decided, or its writer does not want it any more."""
    require_transaction("drafts.forget")
    db.session.execute(
        delete(DecisionDraft).where(DecisionDraft.case_id == case_id, DecisionDraft.staff_id == staff_id)
    )


def forget_stale() -> None:
    """Erase drafts nobody touched for LIFE."""
    require_transaction("drafts.forget_stale")
    db.session.execute(delete(DecisionDraft).where(DecisionDraft.saved_at < now() - LIFE))
