"""Stay-down follows the decisions: what is decided is listed, what is blocked is watched for, what is reversed goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record, wait_for_turn
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Action
from webapp.domain.index import service as index
from webapp.domain.index.book import index_book
from webapp.domain.staydown import queries
from webapp.domain.staydown.models import Block, BlockedItem, Sighting

KEEPS_OUT = "block_hash"  # the measure of the book that opens a block


def follow(case_id: str) -> None:
    """Bring lists and blocks of a case to what is in force now; a repeat changes nothing.

    Upheld: the content found to violate is listed as decided, for the book's time or as long as its block. Anything
    else (dismissed, put right, put back, reversed): it is taken out, and its blocks end.
    """
    require_transaction("staydown.follow")
    held = {a.id: a for a in decisions.in_force(case_id) if a.kind == KEEPS_OUT and a.decision.verdict == "upheld"}
    for block in queries.open_blocks(case_id):
        if block.action_id not in held:
            end(block, "time" if block.ends_at is not None and block.ends_at <= now() else "taken_back")
    violating = queries.violating(case_id)
    for action in held.values():
        _open(case_id, action, violating)
    ends = [action.ends_at for action in held.values()]
    if violating:
        until = _until(queries.decided_at(case_id), ends)
        for evidence_id in violating:
            index.enter(evidence_id, "decided", until)
    index.leave(set(queries.alleged(case_id)) - set(violating), "decided")


def _until(decided_at: datetime, ends: list[datetime | None]) -> datetime | None:
    """How long decided content stays listed: the book's time, longer only for a block that is longer."""
    if None in ends:
        return None
    return max([decided_at + timedelta(days=index_book().decided_days), *(e for e in ends if e is not None)])


def _open(case_id: str, action: Action, items: list[str]) -> None:
    if db.session.scalar(select(Block.id).where(Block.action_id == action.id)) is not None:
        return
    block = Block(
        id=new_id(),
        case_id=case_id,
        decision_id=action.decision_id,
        action_id=action.id,
        starts_at=action.decision.decided_at,
        ends_at=action.ends_at,
    )
    db.session.add(block)
    db.session.flush()
    db.session.add_all(BlockedItem(block_id=block.id, evidence_id=evidence_id) for evidence_id in items)
    record(SYSTEM, "block.open", "case", case_id, block=block.id, days=action.days, files=len(items))
    if action.ends_at is not None:
        outbox.post("block.over", key=f"block:{block.id}", due_at=action.ends_at, block_id=block.id)


def end(block: Block, why: str) -> None:
    """The block is over ('time' or 'taken_back'); a repeat changes nothing. What was seen stays on record."""
    require_transaction("staydown.end")
    if block.ended_at is not None:
        return
    block.ended_at, block.ended_why = now(), why
    record(SYSTEM, "block.end", "case", block.case_id, block=block.id, why=why, sightings=block.sightings)


def over(block_id: str) -> None:
    """`block.over`: its time has come."""
    block = db.session.get(Block, block_id)
    if block is not None and block.ends_at is not None and block.ends_at <= now():
        end(block, "time")


def see(query_id: str, found_id: str, how: str) -> list[Sighting]:
    """A reported file was found to be blocked content ('identical' bytes, or a supported 'match').

    For each block in force that the found file belongs to, a sighting joins the old case with the next number, once a
    file; its own case is none. Both cases' histories say so. Gives the new sightings.
    """
    require_transaction("staydown.see")
    case_id = queries.case_with(query_id)
    if case_id is None:
        return []
    wait_for_turn()  # two workers must not give the same number
    made = []
    for block in queries.blocks_on(found_id):
        known = select(Sighting.id).where(Sighting.block_id == block.id, Sighting.evidence_id == query_id)
        if block.case_id == case_id or db.session.scalar(known) is not None:
            continue
        block.sightings += 1
        seen = Sighting(
            id=new_id(),
            block_id=block.id,
            evidence_id=query_id,
            found_id=found_id,
            case_id=case_id,
            number=block.sightings,
            how=how,
            seen_at=now(),
        )
        db.session.add(seen)
        db.session.flush()
        record(SYSTEM, "block.sighting", "case", block.case_id, block=block.id, number=seen.number, how=how)
        record(SYSTEM, "block.seen", "case", case_id, block=block.id, number=seen.number, how=how)
        made.append(seen)
    return made
