"""What time does to counter-notices: copies arrive, claimants are reminded, content comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from webapp.core.db import transaction
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from workers.run import Work


def arrive(work: Work) -> None:
    """`counters.arriving`: letters the mail server took long enough ago have arrived (`letters.send` notes when)."""
    with work.finish():
        appeals.arrive_due()


def remind(work: Work) -> None:
    """`counters.reminding`: post the reminders whose day has come."""
    with work.finish():
        appeals.remind_due()


def elapse(work: Work) -> None:
    """`counters.elapsing`: put back what waited long enough, each in a transaction of its own."""
    one_by_one(work, queries.elapsed(), appeals.elapse)


def one_by_one(work: Work, ids: Iterable[str], verb: Callable[[str], bool]) -> None:
    """Do `verb` to each, in a transaction each: one that cannot be done holds nobody else up, and is raised at the end.

    A repeat finds only what is left.
    """
    broken: Exception | None = None
    for one in ids:
        work.renew()
        try:
            with transaction():
                verb(one)
        except Exception as error:
            broken = error
    if broken is not None:
        raise broken
    with work.finish():
        pass
