"""The SMTP door on loopback: takes every mail, unless ordered to refuse or to lose its answer."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.inbox.mailbox import Mailbox

LARGEST_MAIL = 32 * 1024 * 1024  # what common mail providers take at most, with room
READY_WITHIN = 10.0  # seconds; binding a socket takes milliseconds


@dataclass
class Trouble:
    """Ordered failures: `refuse` mails answered 451 unseen, `lose` mails kept but answered 451."""

    refuse: int = 0
    lose: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, word: str, times: int) -> None:
        """Set `refuse` or `lose` to that many mails."""
        with self.lock:
            setattr(self, "lose" if word == "lose" else "refuse", times)

    def use_up(self) -> str:
        """The trouble the next mail meets, or an empty word."""
        with self.lock:
            if self.refuse:
                self.refuse -= 1
                return "refuse"
            if self.lose:
                self.lose -= 1
                return "lose"
            return ""


class Door:
    """aiosmtpd's handler: a mail is answered 250 only when it lies on the disk."""

    def __init__(self, mailbox: Mailbox, trouble: Trouble) -> None:
        self.mailbox = mailbox
        self.trouble = trouble

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd calls this name
        """Keep the mail and answer."""
        word = self.trouble.use_up()
        if word == "refuse":
            return "451 4.3.0 Ordered failure: the mail was not kept"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
        try:
            await asyncio.to_thread(self.mailbox.receive, content, list(envelope.rcpt_tos))
        except OSError as error:
            return f"452 4.3.1 The mail could not be kept: {error.strerror}"
        return (
            "451 4.3.0 Ordered failure: the mail was kept, the answer is lost" if word == "lose" else "250 2.0.0 Kept"
        )


class SmtpThread:
    """Runs the door in a thread of its own on 127.0.0.1. Raises OSError from `start` when the port is taken."""

    def __init__(self, door: Door, port: int) -> None:
        self._door = door
        self._wanted = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self.port = 0

    def start(self) -> None:
        """Listen; afterwards `port` is the port taken."""
        self._thread.start()
        try:
            server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(READY_WITHIN)
        except BaseException:
            self._end()
            raise
        self._server = server
        self.port = int(server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Take no more mail; a mail half sent is not answered, so its sender sends it again."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._end()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: SMTP(
                self._door,
                hostname="inbox.localhost",
                data_size_limit=LARGEST_MAIL,
                enable_SMTPUTF8=True,
                loop=self._loop,
            ),
            "127.0.0.1",
            self._wanted,
        )

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(READY_WITHIN)
