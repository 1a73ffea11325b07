"""What is swept by the clock: drafts nobody sent, and tasks done long ago."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import outbox
from webapp.domain.intake import service as intake
from workers.run import Work

# Done tasks hold ids only; a season of them answers "what happened to this report" without growing for ever.
KEEP_DONE = timedelta(days=90)


def drafts(work: Work) -> None:
    """`drafts.stale`: what was typed and never sent is not kept longer than a day."""
    with work.finish():
        intake.sweep_drafts()


def tasks(work: Work) -> None:
    """`tasks.old`: forget what was done a season ago."""
    with work.finish():
        outbox.forget_done(KEEP_DONE)
