"""Deleting what was measured of faces and voices: by the clock, with receipts, and what a consent leaves behind."""

from __future__ import annotations

import logging

from webapp.domain.biometrics import queries
from webapp.domain.biometrics.rules import PURPOSES
from webapp.domain.calibration import service as calibration
from webapp.domain.intake import consents
from workers.run import Work

log = logging.getLogger(__name__)


def withdrawn(work: Work, report_id: str) -> None:
    """`consent.withdrawn`: how near a decided report's faces or voices had been goes too. Templates and matches are
    gone already, with the withdrawal itself; what was counted of all reports together names nobody and stays."""
    with work.finish():
        for purpose in PURPOSES:
            calibration.forget(report_id, purpose)


def sweep(work: Work) -> None:
    """`templates.due`: what is over goes; past 80 % of the number that has to be filed the log says so each time."""
    with work.finish():
        consents.sweep()
    status = queries.status()
    if status.alarm:
        log.warning("faces or voices of %d persons are held: see `flask biometrics status`", status.persons)
