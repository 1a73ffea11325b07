"""Writes the letters about one report when something happened to it: its own reporter's, and a notice's other side."""

from __future__ import annotations

from webapp.core.db import db
from webapp.domain.cases.models import Message, NoticeReturn
from webapp.domain.conduct.models import ConductStep
from webapp.domain.notifications import alerts, notices
from webapp.domain.reports.models import Report
from workers.run import Work


def receipt(work: Work, report_id: str) -> None:
    """`report.received`: the receipt, and for urgent kinds a word to the leads."""
    with work.finish():
        report = db.session.get_one(Report, report_id)
        notices.receipt(report)
        alerts.urgent(report)


def message(work: Work, message_id: str) -> None:
    """`message.sent`: the desk wrote to a reporter, or to the account."""
    with work.finish():
        notices.tell_message(db.session.get_one(Message, message_id))


def withdrawal(work: Work, report_id: str) -> None:
    """`report.withdrawn`: the confirmation."""
    with work.finish():
        notices.confirm_withdrawal(db.session.get_one(Report, report_id))


def returned(work: Work, return_id: str) -> None:
    """`notice.returned`: what is missing."""
    with work.finish():
        notices.tell_return(db.session.get_one(NoticeReturn, return_id))


def reminder(work: Work, return_id: str, number: int) -> None:
    """`notice.reminder`: it is still missing."""
    with work.finish():
        notices.remind_return(db.session.get_one(NoticeReturn, return_id), number)


def lapsed(work: Work, return_id: str) -> None:
    """`notice.lapsed`: the report was put aside, and can be taken up again."""
    with work.finish():
        notices.tell_lapse(db.session.get_one(NoticeReturn, return_id))


def forwarded(work: Work, report_id: str) -> None:
    """`notice.forwarded`: both sides hear of it."""
    with work.finish():
        notices.tell_forwarding(db.session.get_one(Report, report_id))


def consent_withdrawn(work: Work, report_id: str) -> None:
    """`consent.withdrawn`: what is deleted, what is kept."""
    with work.finish():
        notices.confirm_consent_withdrawn(db.session.get_one(Report, report_id))


def conduct(work: Work, step_id: str) -> None:
    """`conduct.stepped`: a step against misuse."""
    with work.finish():
        notices.tell_conduct(db.session.get_one(ConductStep, step_id))


def follow_up(work: Work, report_id: str) -> None:
    """`follow_up.due`: the one letter some time after the decision."""
    with work.finish():
        notices.follow_up(db.session.get_one(Report, report_id))
