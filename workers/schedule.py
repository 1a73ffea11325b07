"""What happens by the clock: each timer posts its topic once a period, however many sweepers run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Timer:
    """Post `topic` once every `every`."""

    topic: str
    every: timedelta

    def key(self, moment: datetime) -> str:
        """The unique key of the period `moment` lies in."""
        return f"timer:{self.topic}:{int(moment.timestamp() // self.every.total_seconds())}"


TIMERS = (
    # As often as the sweeper winds them: what the cards of the queues show is no older than this.
    Timer("queues.counting", timedelta(seconds=15)),
    # Every quarter of a minute: what changed is found soon after (what was sent or decided, at once).
    Timer("search.due", timedelta(seconds=15)),
    # Every minute: a detector was installed, or its model taken away; pages say who does not look here.
    Timer("detectors.here", timedelta(minutes=1)),
    # Every minute: the shortest clock of the law is two hours (IN_2H), of the house five minutes (LIVENESS).
    Timer("clocks.due", timedelta(minutes=1)),
    # Every minute: a stream runs on while nobody answers.
    Timer("challenges.failing", timedelta(minutes=1)),
    # Every five minutes: content comes back on the day it must, reminders and arrivals count in hours.
    Timer("counters.arriving", timedelta(minutes=5)),
    Timer("counters.reminding", timedelta(minutes=5)),
    Timer("counters.elapsing", timedelta(minutes=5)),
    Timer("cures.lapsing", timedelta(minutes=5)),
    # Every ten minutes: reminders and lapse count in days, and a case that is over closes within the hour.
    Timer("notices.due", timedelta(minutes=10)),
    # Hourly, so that a draft lives a day and an hour at most (intake.service.DRAFT_LIFE).
    Timer("drafts.stale", timedelta(hours=1)),
    # Hourly, so that a file taken back lives two hours at most (evidence.queries.SETTLED).
    Timer("files.dropped", timedelta(hours=1)),
    # Hourly, so that a template outlives its reason by an hour at most (biometrics.toml).
    Timer("templates.due", timedelta(hours=1)),
    # Hourly: a detector was installed, or an impact assessment recorded.
    Timer("consented.waiting", timedelta(hours=1)),
    # Hourly: recordings that came before the workshop could re-encode them.
    Timer("previews.missing", timedelta(hours=1)),
    # Every five minutes: today's figures, and those of days that ended since (domain/figures).
    Timer("figures.due", timedelta(minutes=5)),
    Timer("tasks.old", timedelta(days=1)),
    # Daily: the bits of what is no longer listed are deleted.
    Timer("index.tidying", timedelta(days=1)),
)
