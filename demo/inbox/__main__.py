"""`python -m demo.inbox`: take mail by SMTP and show it on a page, both on loopback."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo.inbox.mailbox import Mailbox
from demo.inbox.site import create_site
from demo.inbox.smtp import Door, SmtpThread, Trouble
from demo.serving import bind, serve


def main() -> int:
    """Command line to exit status."""
    parser = argparse.ArgumentParser(prog="demo.inbox", description="A local SMTP inbox with a page to read the mail.")
    parser.add_argument("--smtp-port", type=int, default=8025, help="SMTP port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--http-port", type=int, default=8026, help="web port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for the mail")
    options = parser.parse_args()
    mailbox, trouble = Mailbox(options.data.resolve()), Trouble()
    smtp = SmtpThread(Door(mailbox, trouble), options.smtp_port)
    try:
        smtp.start()
    except OSError as error:
        print(f"The inbox cannot listen on SMTP port {options.smtp_port}: {error.strerror}", file=sys.stderr)
        return 1
    server = bind(lambda port: create_site(mailbox, trouble), options.http_port)
    return serve(
        server, f"Inbox is ready: http://127.0.0.1:{server.server_port} (SMTP 127.0.0.1:{smtp.port})", smtp.stop
    )


if __name__ == "__main__":
    sys.exit(main())
