"""Stay-down by message: a decision was made, blocked content was seen again, a block's time is over."""

from __future__ import annotations

from webapp.domain.decisions import queries as decisions
from webapp.domain.staydown import service
from workers.run import Work


def decided(work: Work, decision_id: str) -> None:
    """`decision.made`: lists and blocks follow what is in force now."""
    with work.finish():
        service.follow(decisions.get(decision_id).case_id)


def seen(work: Work, query_id: str, found_id: str, how: str) -> None:
    """`content.seen`: a reported file is the same as decided content; where that is blocked, its case hears of it."""
    with work.finish():
        service.see(query_id, found_id, how)


def over(work: Work, block_id: str) -> None:
    """`block.over`: a block ends by its time."""
    with work.finish():
        service.over(block_id)
