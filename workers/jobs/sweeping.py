"""What is swept by the clock: drafts nobody sent, files taken back, and tasks done long ago."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import outbox
from webapp.core.db import keep_statistics, transaction
from webapp.domain.decisions.drafts import forget_stale
from webapp.domain.evidence import arriving
from webapp.domain.evidence.service import store
from webapp.domain.intake import service as intake
from workers.run import Work

# Done tasks hold ids only; a season of them answers "what happened to this report" without growing for ever.
SWEPT = 500  # uploads nobody went on with, an hour
BATCH = 50  # files erased in one transaction: other writers wait for as long as that takes
KEEP_DONE = timedelta(days=90)
# A timer's task tells nothing; of those by the minute a season would be 130,000 rows. Kept for longer than any timer's
# period: without its row the period would be wound a second time.
KEEP_TIMERS = timedelta(days=2)
# No upload that still runs was last written to so long ago: the web server ends a silent one after two minutes.
UNFINISHED = timedelta(hours=1)


def drafts(work: Work) -> None:
    """`drafts.stale`: what was typed and never sent is not kept longer than a day (at the desk: than a case takes); nor
    are halves of uploads.
    """
    store().forget_unfinished(UNFINISHED)
    arriving.sweep_strays()
    with work.finish():
        arriving.sweep(SWEPT)
        intake.sweep_drafts()
        forget_stale()


def files(work: Work) -> None:
    """`files.dropped`: files taken back or left in a draft go from the disk, with all that was made of them."""
    while True:
        work.renew()
        with transaction():
            if intake.sweep_files(BATCH) == 0:
                break
    with work.finish():
        pass  # each batch was kept by itself; a repeat finds only what is left


def tasks(work: Work) -> None:
    """`tasks.old`: forget what was done a season ago, and the ticks of the clock after two days; count anew
    what the database plans by."""
    with work.finish():
        outbox.forget_done(KEEP_TIMERS, keys="timer:")
        outbox.forget_done(KEEP_DONE)
        keep_statistics()
