"""Handing letters over to a real mail server: what is in the envelope, and what is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report
from tests.domain.notifications.conftest import go
from tests.domain.notifications.mailbox import Mailbox
from tests.processing import process_all
from webapp.core import outbox
from webapp.core.db import db, settings, transaction
from webapp.core.outbox import Task
from webapp.domain.notifications import mail, service
from webapp.domain.notifications.models import Letter
from webapp.domain.notifications.rendering import render
from workers.jobs.letters import WAITS

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def letter() -> Letter:
    """The one letter there is, freshly read."""
    db.session.expire_all()
    return db.session.scalars(select(Letter)).one()


def test_a_letter_arrives_whole_and_marked_as_automatic(mailbox: Mailbox) -> None:
    """Text and HTML, Chinese unharmed, no attachment, no picture, headers that stop auto-replies."""
    file_report(language="zh")
    go()
    (arrived,) = mailbox.letters
    kept = letter()
    assert (kept.state, kept.attempts) == ("sent", 1)
    assert arrived["Message-ID"] == kept.message_id
    assert kept.message_id.endswith("@localhost>")
    assert (arrived["Auto-Submitted"], arrived["Content-Language"]) == ("auto-generated", "zh-CN")
    assert arrived.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in arrived.iter_parts()] == ["text/plain", "text/html"]
    plain, page = (p.get_content() for p in arrived.iter_parts())
    assert plain.replace("\r\n", "\n") == kept.text
    assert 'lang="zh-CN"' in page
    assert "我们收到了您的举报" in page
    assert "src=" not in page
    assert not list(arrived.iter_attachments())


def test_dying_between_sending_and_saving_repeats_the_same_message_id(mailbox: Mailbox) -> None:
    """The letter goes out twice and is one letter to any mailbox; the row is sent once."""
    with time_machine.travel(NOON, tick=False) as clock:
        file_report()
        process_all("work")
        (task_id,) = outbox.due("mail", 5)
        with transaction():
            assert outbox.claim(task_id, "a worker that dies") is not None
        mail.send(mail.parcel(letter()), settings())  # … and here it dies
        clock.shift(timedelta(minutes=1))
        go()
    assert len(mailbox.letters) == 2
    assert len({m["Message-ID"] for m in mailbox.letters}) == 1
    assert len({m["Date"] for m in mailbox.letters}) == 1
    assert (letter().state, letter().attempts) == ("sent", 1)


@pytest.mark.parametrize("where", ["rcpt_answers", "answers"])
def test_a_mail_server_that_puts_off_is_asked_again(mailbox: Mailbox, where: str) -> None:
    """451 is not a refusal."""
    setattr(mailbox, where, ["451 greylisted"])
    with time_machine.travel(NOON, tick=False) as clock:
        file_report()
        go()
        assert (letter().state, letter().attempts) == ("queued", 1)
        assert "zhou" not in letter().last_error
        clock.shift(WAITS[0])
        go()
    assert letter().state == "sent"
    assert len(mailbox.letters) == 1


def test_a_refused_address_is_the_desks_to_know(mailbox: Mailbox) -> None:
    """550 parks the letter at once; the retry button sends it when the address works."""
    mailbox.rcpt_answers = ["550 nobody here"]
    file_report()
    go()
    assert letter().state == "failed"
    task = db.session.scalars(select(Task).where(Task.topic == "letter.written")).one()
    assert (task.state, task.last_error) == ("dead", "the mail server refused the recipient (550)")
    with transaction():
        outbox.retry(task.id)
    go()
    assert letter().state == "sent"


def test_no_mail_server_for_a_day_loses_no_letter(app: APIFlask, mailbox: Mailbox) -> None:
    """Refused connections: tried with growing waits, still queued after 20 hours, sent when it is back."""
    there = app.config["SETTINGS"]
    app.config["SETTINGS"] = there.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    with time_machine.travel(NOON, tick=False) as clock:
        file_report()
        for _ in range(40):
            go()
            clock.shift(timedelta(minutes=30))
        assert letter().state == "queued"
        app.config["SETTINGS"] = there
        clock.shift(max(WAITS))
        go()
    assert letter().state == "sent"
    assert len(mailbox.letters) == 1


def test_a_letter_nobody_takes_is_given_up_in_the_end(app: APIFlask) -> None:
    """After the last wait the desk sees it."""
    app.config["SETTINGS"] = (before := app.config["SETTINGS"]).model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    try:
        with time_machine.travel(NOON, tick=False) as clock:
            file_report()
            go()
            for wait in WAITS:
                clock.shift(wait)
                go()
    finally:
        app.config["SETTINGS"] = before
    assert (letter().state, letter().attempts) == ("failed", len(WAITS) + 1)


@pytest.mark.parametrize(
    "address", ["a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "nobody", "@"]
)
def test_what_is_not_one_address_is_written_to_nobody(app: APIFlask, mailbox: Mailbox, address: str) -> None:
    """Two addresses, a smuggled header, none at all."""
    parcel = mail.Parcel("<x@localhost>", address, "en", "s", "t", "<p>t</p>", NOON)
    with pytest.raises(mail.Undeliverable):
        mail.send(parcel, settings())
    assert mailbox.letters == []


def test_subjects_are_one_line(app: APIFlask) -> None:
    """Whatever a platform calls its content."""
    context = {"reference": "R-1\r\nBcc: x", "withdrawn": "x", "report_url": "x", "operator": "x", "track_url": "x"}
    assert render("report_withdrawn", "en", context).subject == "Withdrawn: R-1 Bcc: x"


def test_sent_is_noted_once(mailbox: Mailbox) -> None:
    """A late second worker changes nothing."""
    file_report()
    go()
    with transaction():
        service.sent(letter())
    assert letter().attempts == 1
