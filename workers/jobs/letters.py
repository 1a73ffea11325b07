"""Hands frozen letters to the mail server, each until it is taken or refused for good."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import outbox
from webapp.core.db import settings, transaction
from webapp.core.outbox import Later, Permanent
from webapp.domain.appeals.waiting import mark_mailed
from webapp.domain.notifications import mail, queries, service
from webapp.domain.notifications.models import Letter
from workers.run import Work

# Waits between tries: a restarting mail server costs seconds, one that is down for a day costs no letter (28 h in all).
WAITS = tuple(timedelta(seconds=s) for s in (3, 15, 60, 300, 1800, 3600, 7200, 14400, 28800, 43200))


def send(work: Work, letter_id: str) -> None:
    """`letter.written`: hand it over. Dying between the server's "taken" and our saving sends it once more, under the
    same Message-ID, by which a mailbox knows it has it already.
    """
    letter = queries.get(letter_id)
    if letter.state in ("sent", "no_address"):
        with work.finish():
            return
    tries = letter.attempts + 1
    try:
        parcel = mail.parcel(letter)
        with work.holding():
            mail.send(parcel, settings())
    except mail.Undeliverable as error:
        _failed(work, letter_id, str(error), None)
    except mail.NotNow as error:
        _failed(work, letter_id, str(error), WAITS[tries - 1] if tries <= len(WAITS) else None)
    with work.finish():
        _taken(queries.get(letter_id))


def _taken(letter: Letter) -> None:
    """The mail server has it. A copy of a counter-notice counts as arrived some time after this (law.md §4.2)."""
    service.sent(letter)
    if letter.name == "counter_forwarded":
        mark_mailed(letter.cause.partition(":")[2], letter.recipient.partition(":")[2], letter.sent_at)


def _failed(work: Work, letter_id: str, error: str, wait: timedelta | None) -> None:
    with transaction():
        outbox.renew(work.task_id, work.fence)  # only the holder of the lease may count a try
        service.failed(queries.get(letter_id), error, final=wait is None)
    if wait is None:
        raise Permanent(error)
    raise Later(wait, error)
