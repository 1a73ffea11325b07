"""The inbox keeps each mail once, counts what comes again, and shows letters without letting them act."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.demo.processes import Caller, Process, start_inbox

SUBJECT = "关于您的举报 R-7K3M-9QF2：我们已收到（并开始处理）"


def letter(
    message_id: str = "<one@redress.example>", to: str = "沈荷 <shen@example.org>", subject: str = SUBJECT
) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"], mail["To"], mail["From"], mail["Subject"] = (
        message_id,
        to,
        "Redress <post@redress.example>",
        subject,
    )
    mail.set_content("查看进度：http://127.0.0.1:8000/track/R-7K3M-9QF2?a=1&b=2。\n<script>alert(1)</script>\n")
    mail.add_alternative(
        "<html><head><title>x</title></head><body><p>您好</p><script>top.document.title='stolen'</script></body></html>",
        subtype="html",
    )
    return mail


def send(process: Process, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", process.smtp_port, timeout=10) as client:
        client.send_message(mail)


def kept(inbox: Caller, to: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = inbox.get(f"/api/messages?to={to}").json()
    return found


def test_a_chinese_letter_comes_through_whole(inbox_process: Process, inbox: Caller) -> None:
    send(inbox_process, letter())
    (mail,) = kept(inbox)
    assert (mail["subject"], mail["to"], mail["message_id"], mail["repeats"]) == (
        SUBJECT,
        "shen@example.org",
        "<one@redress.example>",
        0,
    )
    assert "查看进度" in mail["text"]
    assert "您好" in mail["html"]
    assert mail["headers"]["From"] == "Redress <post@redress.example>"
    assert SUBJECT in inbox.page("/")
    assert SUBJECT in inbox.page(f"/m/{mail['id']}", "en")
    assert b"Message-ID: <one@redress.example>" in inbox.get(f"/m/{mail['id']}.eml").data


def test_a_message_id_seen_before_is_counted_not_kept_again(inbox_process: Process, inbox: Caller) -> None:
    for _ in range(3):
        send(inbox_process, letter())
    send(inbox_process, letter("<two@redress.example>", "other@example.org"))
    assert [(mail["message_id"], mail["repeats"]) for mail in kept(inbox)] == [
        ("<two@redress.example>", 0),
        ("<one@redress.example>", 2),
    ]
    assert "又收到 ×2" in inbox.page("/")
    assert "received again ×2" in inbox.page("/", "en")
    assert [mail["to"] for mail in kept(inbox, "other@")] == ["other@example.org"]


def test_links_are_clickable_and_nothing_else_of_the_text_is_html(inbox_process: Process, inbox: Caller) -> None:
    send(inbox_process, letter())
    page = inbox.page(f"/m/{kept(inbox)[0]['id']}")
    assert '<a href="http://127.0.0.1:8000/track/R-7K3M-9QF2?a=1&amp;b=2" rel="noreferrer">' in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_html_part_is_sandboxed_by_its_own_header(inbox_process: Process, inbox: Caller) -> None:
    send(inbox_process, letter())
    answer = inbox.get(f"/m/{kept(inbox)[0]['id']}/html")
    rules = answer.headers["Content-Security-Policy"]
    assert rules.startswith("sandbox ")
    assert "allow-scripts" not in rules
    assert "allow-same-origin" not in rules
    assert "default-src 'none'" in rules
    assert 'sandbox="allow-popups' in inbox.page(f"/m/{kept(inbox)[0]['id']}")


def test_ordered_refusals_and_lost_answers(inbox_process: Process, inbox: Caller) -> None:
    inbox.form("/tools/trouble", word="refuse", times="1")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(inbox_process, letter())
    assert refused.value.smtp_code == 451
    assert kept(inbox) == []
    inbox.form("/tools/trouble", word="lose", times="1")
    with pytest.raises(smtplib.SMTPDataError):
        send(inbox_process, letter())
    send(inbox_process, letter())
    assert [mail["repeats"] for mail in kept(inbox)] == [1]


def test_mail_and_counts_survive_a_restart(tmp_path: Path) -> None:
    first = start_inbox(tmp_path)
    send(first, letter())
    send(first, letter())
    first.child.kill()
    first.child.wait(10)
    assert first.child.stdout is not None
    first.child.stdout.close()
    second = start_inbox(tmp_path)
    caller = Caller(second.url)
    send(second, letter())
    assert [(mail["subject"], mail["repeats"]) for mail in kept(caller)] == [(SUBJECT, 2)]
    caller.close()
    assert second.stop() == 0


def test_a_broken_mail_is_still_shown(inbox_process: Process, inbox: Caller) -> None:
    with smtplib.SMTP("127.0.0.1", inbox_process.smtp_port, timeout=10) as client:
        client.sendmail(
            "a@example.org",
            ["b@example.org"],
            b"Subject: =?utf-8?b?!!!\r\nTo: <<<\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
        )
    (mail,) = kept(inbox)
    assert mail["recipients"] == ["b@example.org"]
    assert inbox.get(f"/m/{mail['id']}").status == 200
    assert inbox.get("/").status == 200


def test_another_name_for_this_machine_is_not_answered(inbox: Caller) -> None:
    assert inbox.get("/api/messages", Host="evil.example").status == 400
