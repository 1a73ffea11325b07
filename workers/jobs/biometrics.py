"""Deleting templates of faces by the clock, each with a receipt; and saying when their number comes near the law's."""

from __future__ import annotations

import logging

from webapp.domain.biometrics import queries
from webapp.domain.intake import consents
from workers.run import Work

log = logging.getLogger(__name__)


def sweep(work: Work) -> None:
    """`templates.due`: what is over goes; past 80 % of the number that has to be filed the log says so each time."""
    with work.finish():
        consents.sweep()
    status = queries.status()
    if status.alarm:
        log.warning("faces of %d persons are held: see `flask biometrics status`", status.persons)
