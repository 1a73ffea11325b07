"""Decisions become precedents for those that follow; what an appeal made of them is noted."""

from __future__ import annotations

from webapp.domain.appeals import blind
from webapp.domain.decisions import queries as decisions
from webapp.domain.precedents import service
from workers.run import Work


def keep(work: Work, decision_id: str) -> None:
    """`decision.made`: later cases find it."""
    with work.finish():
        service.keep(decisions.get(decision_id))


def heard(work: Work, appeal_id: str) -> None:
    """`appeal.decided`: one that left the decision as it was made no new one, so it is told here."""
    with work.finish():
        appeal = blind.get(appeal_id)
        if appeal.outcome == "upheld":
            service.left(appeal.case_id)
