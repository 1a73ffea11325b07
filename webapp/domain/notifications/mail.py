"""Handing a letter to a mail server: text and HTML, no attachment, no picture from elsewhere, marked as automatic."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from webapp.core.config import Settings
from webapp.domain.notifications.models import Letter

# A mail server that needs longer than this for one step is treated as away.
STEP_SECONDS = 20.0


class Undeliverable(Exception):
    """The letter will never be taken: the address is none, or the server refused it for good. Holds no address."""


class NotNow(Exception):
    """The mail server is away or busy; the same letter may be taken later."""


@dataclass(frozen=True)
class Parcel:
    """A letter as plain values, read before the slow part."""

    message_id: str
    address: str
    language: str
    subject: str
    text: str
    html: str
    written_at: datetime


def parcel(letter: Letter) -> Parcel:
    """The plain values of a letter's row. Raises Undeliverable without an address."""
    if not letter.address:
        raise Undeliverable("there is no address")
    return Parcel(
        letter.message_id, letter.address, letter.language, letter.subject, letter.text, letter.html, letter.created_at
    )


def build(sent: Parcel, sender: str) -> EmailMessage:
    """The message, the same at each try. Raises Undeliverable when the address is not one address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    try:
        message["To"] = Address(addr_spec=sent.address)
        message["Subject"] = sent.subject
    except (ValueError, IndexError, MessageError):
        # Two addresses in one, a line break, no domain: the header classes refuse each in their own way.
        raise Undeliverable("the address cannot be written to") from None
    message["Message-ID"] = sent.message_id
    message["Date"] = format_datetime(sent.written_at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message["Precedence"] = "bulk"
    message.set_content(sent.text)
    message.add_alternative(sent.html, subtype="html")
    # Last: add_alternative moves every Content-* header it finds into the first part.
    message["Content-Language"] = "zh-CN" if sent.language == "zh" else "en"
    return message


def send(sent: Parcel, settings: Settings) -> None:
    """Hand the letter to settings.smtp_url. Raises Undeliverable (refused for good) or NotNow.

    smtp:// speaks plainly, smtp+starttls:// insists on encryption before it signs in, smtps:// encrypts from the start.
    """
    message = build(sent, settings.mail_from)
    try:
        server = _connect(settings.smtp_url)
        try:
            server.send_message(message, to_addrs=[sent.address])
            _leave(server)
        finally:
            server.close()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()), (450, b""))[0]
        raise _failure(code, "the recipient") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _failure(error.smtp_code, "the letter") from None
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable("the mail server cannot write to such an address") from None
    except (smtplib.SMTPException, OSError) as error:
        # Also a refused sign-in: that is the operator's to mend, not the letter's fate.
        raise NotNow(f"the mail server did not take it ({type(error).__name__})") from None


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. The letter is taken by now, so a server that stumbles here must not make us send it again."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        pass  # its own business


def _failure(code: int, what: str) -> Exception:
    if 500 <= code < 600:
        return Undeliverable(f"the mail server refused {what} ({code})")
    return NotNow(f"the mail server puts {what} off ({code})")


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=STEP_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=STEP_SECONDS)
    try:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
