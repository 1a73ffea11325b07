"""What decisions say of the detectors is counted; moved bands reach the cases that are still open."""

from __future__ import annotations

from webapp.core.db import db
from webapp.domain.calibration import service
from webapp.domain.decisions import queries as decisions
from webapp.domain.matching.models import ThresholdChange
from workers.run import Work


def judge(work: Work, decision_id: str) -> None:
    """`decision.made`: how near had the detectors put what a person now answered?"""
    with work.finish():
        service.judge(decisions.get(decision_id))


def reband(work: Work, change_id: str, after: str = "") -> None:
    """`thresholds.moved`: the matches of open cases, a batch at a time."""
    with work.finish():
        service.reband(db.session.get_one(ThresholdChange, change_id), after)
