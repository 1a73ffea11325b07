"""Do reviewers agree? Decided cases are drawn for a second look, and what it says of a rule is weighed."""

from __future__ import annotations

from webapp.domain.decisions import queries as decisions
from webapp.domain.quality import queries, service
from workers.run import Work


def draw(work: Work, decision_id: str) -> None:
    """`decision.made`: is it in the sample?"""
    with work.finish():
        service.draw(decisions.get(decision_id))


def weigh(work: Work, look_id: str) -> None:
    """`look.found`: do people still read this rule alike?"""
    with work.finish():
        service.weigh_rule(queries.get(look_id).kind)
