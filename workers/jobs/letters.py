"""Writes letters when something happened, and hands them to the mail server."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import outbox
from webapp.core.db import db, settings, transaction
from webapp.core.outbox import Later, Permanent
from webapp.domain.cases.models import Message
from webapp.domain.decisions import queries as decisions
from webapp.domain.notifications import mail, queries, service
from webapp.domain.reports.models import Report
from workers.run import Work

# Waits between tries: a restarting mail server costs seconds, one that is down for a day costs no letter (28 h in all).
WAITS = tuple(timedelta(seconds=s) for s in (3, 15, 60, 300, 1800, 3600, 7200, 14400, 28800, 43200))


def receipt(work: Work, report_id: str) -> None:
    """`report.received`: the receipt."""
    with work.finish():
        service.receipt(db.session.get_one(Report, report_id))


def message(work: Work, message_id: str) -> None:
    """`message.sent`: the desk wrote to a reporter."""
    with work.finish():
        service.tell_message(db.session.get_one(Message, message_id))


def decision(work: Work, decision_id: str) -> None:
    """`decision.made`: a letter to each reporter, the statement of reasons to the respondent."""
    with work.finish():
        service.tell_decision(decisions.get(decision_id))


def withdrawal(work: Work, report_id: str) -> None:
    """`report.withdrawn`: the confirmation."""
    with work.finish():
        service.confirm_withdrawal(db.session.get_one(Report, report_id))


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
        service.sent(queries.get(letter_id))


def _failed(work: Work, letter_id: str, error: str, wait: timedelta | None) -> None:
    with transaction():
        outbox.renew(work.task_id, work.fence)  # only the holder of the lease may count a try
        service.failed(queries.get(letter_id), error, final=wait is None)
    if wait is None:
        raise Permanent(error)
    raise Later(wait, error)
